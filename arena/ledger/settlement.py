"""What the market does to the books: splits, dividends and the fills of pending orders.

In one session splits come first, then dividends, then fills at the open, then fills at the close; sales
before purchases, so that their proceeds are there. Settling twice adds nothing.

A corporate action takes effect on the first session with a bar on or after its ex-date. A dividend the
vendor tells of late is credited late, for the shares held before its ex-date. A split told of late is dated
the day after what is recorded of the line (a contestant and a ticker), so that it scales the orders decided
in old shares; told of after the line has traded on, it cannot be put right and raises LedgerError.

What is recorded stays valid: a fill that comes late goes to its own session, and where something recorded
behind it counts on the shares or the cash without it, that one order is rejected.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from arena.config.model import TradingSettings
from arena.errors import LedgerError
from arena.ledger.effects import split_shares
from arena.ledger.execution import executed, execution, price_of
from arena.ledger.places import place_of
from arena.ledger.replay import Ledger
from arena.ledger.sizing import reject
from arena.records.market import Dividend, PriceHistory, Split
from arena.records.trading import DividendPaid, Fill, LedgerEvent, Order, SplitApplied

PATIENCE = 5
"""Later bars after which an order whose own session has none is rejected."""

LAPSE = timedelta(days=14)
"""After this an order that nothing filled is rejected: a delisted or halted ticker has no later bars."""


def settle(
    events: Iterable[LedgerEvent],
    histories: Mapping[str, PriceHistory],
    settings: TradingSettings,
    through: date,
) -> tuple[LedgerEvent, ...]:
    """The new events that `histories` (by ticker, as traded) bring up to and including `through`.

    An order whose session has no bar waits until five later bars exist (a history that begins later proves
    nothing) or `through` is 14 days later, and is then rejected; one whose ticker has no history simply
    waits. LedgerError where the events break an invariant.
    """
    settlement = _Settlement(Ledger(events), histories, settings)
    sessions = {bar.session for history in histories.values() for bar in history.bars}
    for session in sorted(sessions):
        if session <= through:
            settlement.run(session)
    settlement.lapse(through)
    return tuple(settlement.new)


class _Settlement:
    """One pass over sessions in order."""

    def __init__(self, ledger: Ledger, histories: Mapping[str, PriceHistory], settings: TradingSettings) -> None:
        self.ledger = ledger
        self.settings = settings
        self.new: list[LedgerEvent] = []
        self.bars = {
            ticker: {bar.session: bar for bar in history.bars} for ticker, history in sorted(histories.items())
        }
        self.sessions = {ticker: list(bars) for ticker, bars in self.bars.items()}
        self.splits: defaultdict[date, list[tuple[str, Split]]] = defaultdict(list)
        self.dividends: defaultdict[date, list[tuple[str, date, Decimal]]] = defaultdict(list)
        for ticker, history in sorted(histories.items()):
            for split in sorted(history.splits, key=lambda split: split.ex_date):
                if session := self._effective(ticker, split.ex_date):
                    self.splits[session].append((ticker, split))
            for ex_date, amount in _by_ex_date(history.dividends):
                if session := self._effective(ticker, ex_date):
                    self.dividends[session].append((ticker, ex_date, amount))

    def run(self, session: date) -> None:
        contestants = sorted(self.ledger.books)
        for contestant in contestants:
            for ticker, split in self.splits[session]:
                self._split(contestant, ticker, split, session)
        for contestant in contestants:
            for ticker, ex_date, amount in self.dividends[session]:
                self._pay(contestant, ticker, ex_date, amount, session)
        self._each_pending(lambda order: order.fills_on == session and order.rule == "next_open", self._fill)
        self._each_pending(lambda order: order.fills_on == session and order.rule != "next_open", self._fill)
        self._each_pending(
            lambda order: order.fills_on < session and session in self.bars.get(order.ticker, {}),
            lambda order: self._pass_over(order, session),
        )

    def lapse(self, through: date) -> None:
        """Reject what has waited too long for a ticker whose history was answered."""
        self._each_pending(
            lambda order: order.ticker in self.bars and through - order.fills_on >= LAPSE,
            lambda order: self._reject(order, through, self._why_lapsed(order, through)),
        )

    def _effective(self, ticker: str, ex_date: date) -> date | None:
        sessions = self.sessions[ticker]
        index = bisect_left(sessions, ex_date)
        return sessions[index] if index < len(sessions) else None

    def _each_pending(self, wanted: Callable[[Order], bool], act: Callable[[Order], None]) -> None:
        pending = [order for book in self.ledger.books.values() for order in book.pending if wanted(order)]
        for order in sorted(pending, key=lambda order: (order.side == "BUY", order.contestant, order.ticker)):
            act(order)

    def _emit(self, event: LedgerEvent) -> None:
        self.ledger.apply(event)
        self.new.append(event)

    def _split(self, contestant: str, ticker: str, split: Split, session: date) -> None:
        key = f"split:{ticker}:{split.ex_date}:{contestant}"
        if key in self.ledger.keys or not self.ledger.shares_at_open(contestant, ticker, session):
            return
        if self.ledger.traded_since(contestant, ticker, session):
            raise LedgerError(
                f"{key}: the vendor told of this split after {contestant} had traded {ticker} at prices behind it; "
                f"the season cannot go on with {ticker} unless the split is wrong and leaves the data"
            )
        shares = self.ledger.books[contestant].shares(ticker)
        after, fraction = split_shares(shares, split.ratio)
        applied = SplitApplied(
            key=key,
            contestant=contestant,
            session=session,
            ticker=ticker,
            ratio=split.ratio,
            shares_before=shares,
            shares_after=after,
            cash_in_lieu=fraction * self.bars[ticker][session].open,
        )
        self._emit(self._behind_all(applied))

    def _pay(self, contestant: str, ticker: str, ex_date: date, amount: Decimal, session: date) -> None:
        key = f"dividend:{ticker}:{ex_date}:{contestant}"
        shares = self.ledger.shares_at_open(contestant, ticker, ex_date)
        if key in self.ledger.keys or not shares:
            return
        self._emit(
            DividendPaid(
                key=key,
                contestant=contestant,
                session=self._not_behind(contestant, ticker, session),
                ticker=ticker,
                ex_date=ex_date,
                shares=shares,
                amount=amount,
            )
        )

    def _not_behind(self, contestant: str, ticker: str, session: date) -> date:
        last = self.ledger.last_place(contestant, ticker)
        return max(session, last[0]) if last else session

    def _behind_all(self, split: SplitApplied) -> SplitApplied:
        """The split where it belongs, or the day after the line's last event where that stands behind it."""
        last = self.ledger.last_place(split.contestant, split.ticker)
        if last is None or last <= place_of(split):
            return split
        return split.model_copy(update={"session": last[0] + timedelta(days=1)})

    def _reject(self, order: Order, session: date, reason: str) -> None:
        self._emit(reject(order, self._not_behind(order.contestant, order.ticker, session), reason))

    def _fill(self, order: Order) -> None:
        bar = self.bars.get(order.ticker, {}).get(order.fills_on)
        if bar is None:
            return
        at = place_of(executed(order, 1, price_of(order, bar), self.settings))
        if moved_on := self.ledger.rests_on(order.contestant, order.ticker, at):
            reason = f"the bar of {order.fills_on} came after the book had moved on to {moved_on}"
            self._reject(order, order.fills_on, reason)
            return
        done = execution(order, bar, self.settings, self.ledger.spendable(order.contestant, at))
        if isinstance(done, Fill):
            self._emit(done)
        else:
            self._reject(order, order.fills_on, done)

    def _why_lapsed(self, order: Order, through: date) -> str:
        sessions = [session for session in self.sessions[order.ticker] if session <= through]
        since = f" on {order.fills_on}"
        if not sessions or sessions[-1] < order.fills_on:
            since = f" since {sessions[-1]}" if sessions else ""
        return f"no price of {order.ticker}{since}; the order lapsed after {LAPSE.days} days"

    def _pass_over(self, order: Order, session: date) -> None:
        sessions = self.sessions[order.ticker]
        later = sessions[bisect_left(sessions, order.fills_on) : bisect_left(sessions, session) + 1]
        if sessions[0] < order.fills_on and order.fills_on not in later and len(later) >= PATIENCE:
            reason = f"no bar for {order.ticker} on {order.fills_on}, and {PATIENCE} later ones have come"
            self._reject(order, session, reason)


def _by_ex_date(dividends: Iterable[Dividend]) -> list[tuple[date, Decimal]]:
    """A regular and a special dividend on one ex-date are one payment."""
    amounts: defaultdict[date, Decimal] = defaultdict(Decimal)
    for dividend in dividends:
        amounts[dividend.ex_date] += dividend.amount
    return sorted(amounts.items())
