"""What the market does to the books: splits, dividends and the fills of pending orders; what days earn and cost.

In one session interest and borrow fees come first, then splits, dividends, fills at the open, fills at the close, and
margin calls; sales before purchases, so that their proceeds are there. Settling twice adds nothing.

A corporate action takes effect on the first session with a bar on or after its ex-date.

What is recorded stays valid: a fill that comes late goes to its own session, and where something recorded
behind it counts on the shares or the cash without it, that one order is rejected.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from arena.config.trading import TradingSettings
from arena.ledger.calls import call_margins, cover
from arena.ledger.carry import Carry
from arena.ledger.corporate import apply_splits, pay_dividends
from arena.ledger.execution import executed, execution, price_of
from arena.ledger.passing import Pass
from arena.ledger.places import place_of
from arena.ledger.prices import Prices
from arena.ledger.replay import Ledger
from arena.records.market import PriceHistory
from arena.records.shares import WHOLE
from arena.records.trading import Fill, FillRule, LedgerEvent, Order

PATIENCE = 5
"""Later bars after which an order whose own session has none is rejected."""

LAPSE = timedelta(days=14)
"""After this an order that nothing filled is rejected: a delisted or halted ticker has no later bars."""


def settle(
    events: Iterable[LedgerEvent],
    histories: Mapping[str, PriceHistory],
    settings: TradingSettings,
    through: date,
    sessions: Sequence[date] = (),
) -> tuple[LedgerEvent, ...]:
    """The new events that `histories` (by ticker, as traded) bring up to and including `through`.

    An order whose session has no bar waits until five later bars exist (a history that begins later proves
    nothing) or `through` is 14 days later, and is then rejected; one whose ticker has no history simply
    waits. A margin call waits for the next bar there is. `sessions` are those between whose closes books whose terms
    say so earn interest and pay borrow fees, in order. LedgerError where the events break an invariant.
    """
    settlement = Settlement(Pass(Ledger(events), Prices(histories), settings), sessions)
    traded = {bar.session for history in histories.values() for bar in history.bars}
    for session in sorted(traded.union(sessions)):
        if session <= through:
            settlement.run(session)
    settlement.lapse(through)
    return tuple(settlement.settling.new)


class Settlement:
    """Settling a session at a time. Running one again finds only what has come since."""

    def __init__(self, settling: Pass, sessions: Sequence[date] = ()) -> None:
        """`sessions` are those of `settle`."""
        self.settling = settling
        self.prices = settling.prices
        self.carry = Carry(sessions)

    def run(self, session: date) -> None:
        """Everything that happens in a session, in its order."""
        self.carry.accrue(self.settling, session)
        apply_splits(self.settling, session)
        pay_dividends(self.settling, session)
        for one in self.settling.with_calls(self._due(session, "next_open")):
            if isinstance(one, Order):
                self._fill(one)
            elif one.session < session:
                cover(self.settling, one, session)
        for order in self._due(session, "next_close"):
            self._fill(order)
        call_margins(self.settling, session)
        for order in self._due(session, "same_close"):
            self._fill(order)
        for order in self.settling.orders(lambda order: order.fills_on < session):
            if self.prices.bar(order.ticker, session):
                self._pass_over(order, session)

    def lapse(self, through: date) -> None:
        """Reject what has waited too long for a ticker whose history was answered."""
        for order in self.settling.orders(lambda order: through - order.fills_on >= LAPSE):
            if order.ticker in self.prices.bars:
                self.settling.reject(order, through, self._why_lapsed(order, through))

    def _due(self, session: date, rule: FillRule) -> list[Order]:
        return self.settling.orders(lambda order: order.fills_on == session and order.rule == rule)

    def _fill(self, order: Order) -> None:
        bar, ledger = self.prices.bar(order.ticker, order.fills_on), self.settling.ledger
        if bar is None or not self.settling.waits(order):
            return
        at = place_of(executed(order, WHOLE, price_of(order, bar), self.settling.settings))
        if moved_on := ledger.rests_on(order.contestant, order.ticker, at):
            reason = f"the bar of {order.fills_on} came after the book had moved on to {moved_on}"
            self.settling.reject(order, order.fills_on, reason)
            return
        book = ledger.book_before(order.contestant, at) or self.settling.book(order.contestant)
        done = execution(order, bar, self.settling.settings, book, ledger.spendable(order.contestant, at))
        if isinstance(done, Fill) and not self.settling.try_to_emit(done, at):
            done = f"the bar of {order.fills_on} came after the book had moved on, and leaves no room for it"
        if isinstance(done, str):
            self.settling.reject(order, order.fills_on, done)

    def _why_lapsed(self, order: Order, through: date) -> str:
        sessions = [session for session in self.prices.sessions[order.ticker] if session <= through]
        since = f" on {order.fills_on}"
        if not sessions or sessions[-1] < order.fills_on:
            since = f" since {sessions[-1]}" if sessions else ""
        return f"no price of {order.ticker}{since}; the order lapsed after {LAPSE.days} days"

    def _pass_over(self, order: Order, session: date) -> None:
        sessions = self.prices.sessions[order.ticker]
        later = sessions[bisect_left(sessions, order.fills_on) : bisect_left(sessions, session) + 1]
        if sessions[0] < order.fills_on and order.fills_on not in later and len(later) >= PATIENCE:
            reason = f"no bar for {order.ticker} on {order.fills_on}, and {PATIENCE} later ones have come"
            self.settling.reject(order, session, reason)
