"""What should stand in a ledger and does not: nothing that is left out contradicts anything that is there.

A mark is written together with all that settling at its session brings. So where a ticker has one, the orders of its
bars are answered, and its dividends and splits have come to whoever held it. The benchmark's marks are written by
themselves; of a ticker that is the benchmark its fills tell how far it is settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from arena.audit.account import Account
from arena.ledger import LAPSE
from arena.ledger.places import SPLITS, beginning_of
from arena.market.market import SourcedHistory
from arena.records.audit import Finding
from arena.records.chat import ModelChat
from arena.records.market import PriceHistory
from arena.records.shares import shares_text
from arena.records.trading import BookOpened, Fill, LedgerEvent, Mark, Order, Rejection


def settled_through(
    events: Iterable[LedgerEvent], marks: Iterable[Mark], benchmark: str | None = None
) -> dict[str, date]:
    """The last session by ticker at which the books were settled."""
    told = [(mark.ticker, mark.session) for mark in marks if mark.ticker != benchmark]
    told += [(event.ticker, event.session) for event in events if isinstance(event, Fill)]
    return dict(sorted(told, key=lambda one: one[1]))


def missing(
    events: Sequence[LedgerEvent],
    accounts: Iterable[Account],
    settled_at: Iterable[SourcedHistory],
    through: Mapping[str, date],
) -> Iterator[Finding]:
    """A finding for every order without an answer, and every dividend and split that never came.

    `settled_at` are the prices that books were settled at; `through` says how far, by ticker.
    """
    histories = [one.history for one in settled_at]
    keys = {event.key for event in events}
    yield from dict.fromkeys(_unanswered(events, histories, through))
    for account in accounts:
        yield from dict.fromkeys(_of_companies(account, keys, histories, through))


def without_orders(events: Sequence[LedgerEvent], chats: Iterable[ModelChat]) -> Iterator[Finding]:
    """A finding for every decision to buy or sell that no order follows from, in rounds that have led to any."""
    opened = {event.contestant: event.session for event in events if isinstance(event, BookOpened)}
    orders = [event for event in events if isinstance(event, Order)]
    ordered = {(order.contestant, order.session, order.ticker) for order in orders}
    last = max((order.session for order in orders), default=date.min)
    newest = {(chat.contestant, chat.session, chat.ticker): chat for chat in chats if chat.outcome.kind == "decision"}
    for place, chat in newest.items():
        traded = chat.session <= last and opened.get(chat.contestant, date.max) <= chat.session
        action = chat.outcome.action if chat.outcome.kind == "decision" else "HOLD"
        if traded and place not in ordered and action != "HOLD":
            what = f"it decided to {action} {chat.ticker}, and no order follows from that"
            yield Finding(kind="position", where=chat.id, what=what)


def _unanswered(
    events: Iterable[LedgerEvent], histories: Iterable[PriceHistory], through: Mapping[str, date]
) -> Iterator[Finding]:
    known = tuple(events)
    priced = {(history.ticker, bar.session) for history in histories for bar in history.bars}
    answered = {event.order_key for event in known if isinstance(event, Fill | Rejection)}
    for order in known:
        if not isinstance(order, Order) or order.key in answered:
            continue
        settled = through.get(order.ticker, date.min)
        if settled - order.fills_on >= LAPSE or (
            settled >= order.fills_on and (order.ticker, order.fills_on) in priced
        ):
            what = f"neither a fill nor a rejection answers it, and {order.ticker} is settled through {settled}"
            yield Finding(kind="position", where=order.key, what=what)


def _of_companies(
    account: Account, keys: set[str], histories: Iterable[PriceHistory], through: Mapping[str, date]
) -> Iterator[Finding]:
    for history in histories:
        ticker = history.ticker
        for paid in history.dividends:
            held = account.held_before(ticker, paid.ex_date)
            due = _effective(history, paid.ex_date, through) is not None and held
            if due and (key := f"dividend:{ticker}:{paid.ex_date}:{account.name}") not in keys:
                what = f"{shares_text(held)} {ticker} were held before {paid.ex_date}, and no dividend of it is booked"
                yield Finding(kind="cash", where=key, what=what)
        for split in history.splits:
            session = _effective(history, split.ex_date, through)
            then = account.before(beginning_of(session, SPLITS)) if session else None
            held_then = then.shares.get(ticker) if then else None
            if held_then and (key := f"split:{ticker}:{split.ex_date}:{account.name}") not in keys:
                what = f"{shares_text(held_then)} {ticker} were held at its split of {split.ratio}, which is not booked"
                yield Finding(kind="position", where=key, what=what)


def _effective(history: PriceHistory, ex_date: date, through: Mapping[str, date]) -> date | None:
    """The first session with a bar on or after an ex-date; None where the books have not been settled at it."""
    session = next((bar.session for bar in history.bars if bar.session >= ex_date), None)
    return session if session is not None and session <= through.get(history.ticker, date.min) else None
