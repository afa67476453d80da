"""A ledger's events against each other and against the prices: cash, shares, orders and what became of them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import assert_never

from arena.audit.prices import KnownPrices
from arena.errors import LedgerError
from arena.ledger import Book, replay
from arena.ledger.splitting import split_shares
from arena.ledger.places import DIVIDENDS, Place, beginning_of, place_of
from arena.market import calendar
from arena.records.audit import Finding, FindingKind
from arena.records.base import micro
from arena.records.trading import BookOpened, DividendPaid, Fill, LedgerEvent, Order, Rejection, SplitApplied

AT_OPEN = frozenset({"next_open", "same_open"})
SAME_SESSION = frozenset({"same_open", "same_close"})


def check_books(events: Sequence[LedgerEvent], prices: KnownPrices) -> Iterator[Finding]:
    """Every violation, a contestant after the other. `events` stand in the order they were written."""
    yield from _check_writing(events)
    audited = {name: _Audited(name) for name in sorted({event.contestant for event in events})}
    for name, mine in audited.items():
        for event in sorted((event for event in events if event.contestant == name), key=place_of):
            yield from mine.take(event, prices)
    yield from _against_the_ledger(events, audited.values())


def unchecked_fills(events: Iterable[LedgerEvent], prices: KnownPrices) -> tuple[str, ...]:
    """A sentence for every fill of whose session no bar is kept."""
    return tuple(
        f"{event.key}: no bar of {event.ticker} on {event.session} is kept, so its price was not checked"
        for event in events
        if isinstance(event, Fill) and not prices.bars(event.ticker, event.session)
    )


def _check_writing(events: Sequence[LedgerEvent]) -> Iterator[Finding]:
    written: set[str] = set()
    for event in events:
        if event.key in written:
            yield _found("id", event, "its key is a duplicate of an earlier event's")
        if isinstance(event, Fill | Rejection) and event.order_key not in written:
            known = any(event.order_key == other.key for other in events)
            fault = f"it was written before its order {event.order_key}" if known else f"no order {event.order_key}"
            yield _found("id", event, fault)
        written.add(event.key)


def _against_the_ledger(events: Sequence[LedgerEvent], audited: Iterable["_Audited"]) -> Iterator[Finding]:
    try:
        books = replay(events)
    except LedgerError as error:
        yield Finding(kind="ledger", where="replay", what=f"the ledger refuses it: {error}")
        return
    for mine in audited:
        book = books[mine.name]
        if book.cash != mine.cash:
            what = f"its cash does not follow: the events leave {mine.cash} dollars, the book says {book.cash}"
            yield Finding(kind="cash", where=mine.name, what=what)
        if _held(book) != mine.shares:
            what = f"its positions do not follow: the events leave {mine.shares}, the book says {_held(book)}"
            yield Finding(kind="position", where=mine.name, what=what)


def _held(book: Book) -> dict[str, int]:
    return {ticker: holding.shares for ticker, holding in book.holdings.items()}


class _Audited:
    """One contestant's cash, shares and pending orders, reckoned along the events."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cash = Decimal(0)
        self.shares: dict[str, int] = {}
        self._open = False
        self._pending: dict[str, Order] = {}
        self._places: list[Place] = []
        self._held: list[dict[str, int]] = []
        self._split_tickers: set[str] = set()

    def take(self, event: LedgerEvent, prices: KnownPrices) -> Iterator[Finding]:
        if not self._open and not isinstance(event, BookOpened):
            yield _found("position", event, f"{self.name} has no book yet")
            self._open = True
        match event:
            case BookOpened():
                if self._open:
                    yield _found("cash", event, f"{self.name} already has a book")
                self._open, self.cash = True, self.cash + event.cash
            case Order():
                self._pending[event.key] = event
                yield from _check_order(event)
            case Rejection():
                yield from self._answer(event)
            case Fill():
                yield from self._answer(event)
                yield from _check_price(event, prices)
                yield from self._trade(event)
            case DividendPaid():
                yield from self._dividend(event, prices)
            case SplitApplied():
                yield from self._split(event)
            case _:
                assert_never(event)
        self._places.append(place_of(event))
        self._held.append(dict(self.shares))

    def _answer(self, event: Fill | Rejection) -> Iterator[Finding]:
        order = self._pending.pop(event.order_key, None)
        if order is None:
            yield _found("id", event, f"no order {event.order_key} is pending")
            return
        if isinstance(event, Rejection):
            return
        if (order.ticker, order.side, order.rule, order.fills_on) != (
            event.ticker,
            event.side,
            event.rule,
            event.session,
        ):
            yield _found("id", event, f"it is not what its order {order.key} asked for")
        if order.budget is not None and -micro(event.cash_change) > order.budget:
            what = f"it costs {-micro(event.cash_change)} dollars, more than its order's budget of {order.budget}"
            yield _found("beyond_cash", event, what)
        if order.shares is not None and order.shares != event.shares and order.ticker not in self._split_tickers:
            yield _found("position", event, f"it sells {event.shares} shares, its order {order.shares}")

    def _trade(self, fill: Fill) -> Iterator[Finding]:
        if not calendar.is_session(fill.session):
            yield _found("no_session", fill, f"it is of {fill.session}, a {fill.session:%A} without a session")
        held, change = self.shares.get(fill.ticker, 0), micro(fill.cash_change)
        if fill.side == "SELL" and fill.shares > held:
            yield _found("position", fill, f"it sells {fill.shares} {fill.ticker}, and {held} are held")
        if fill.side == "BUY" and -change > self.cash:
            yield _found("beyond_cash", fill, f"it costs {-change} dollars, and the cash is {self.cash}")
        self.cash = micro(self.cash + change)
        self._set(fill.ticker, held + (fill.shares if fill.side == "BUY" else -fill.shares))

    def _dividend(self, paid: DividendPaid, prices: KnownPrices) -> Iterator[Finding]:
        at = bisect_left(self._places, beginning_of(paid.ex_date, DIVIDENDS))
        held = self._held[at - 1].get(paid.ticker, 0) if at else 0
        if held != paid.shares:
            what = f"it pays for {paid.shares} {paid.ticker}, and {held} were held before {paid.ex_date}"
            yield _found("position", paid, what)
        known = prices.dividends(paid.ticker, paid.ex_date)
        if known and paid.amount not in {*(one.amount for one in known), sum(one.amount for one in known)}:
            told = ", ".join(sorted(str(one.amount) for one in known))
            yield _found("price", paid, f"it pays {paid.amount} a share, and the prices that are kept say {told}")
        self.cash = micro(self.cash + micro(paid.cash_change))

    def _split(self, split: SplitApplied) -> Iterator[Finding]:
        held = self.shares.get(split.ticker, 0)
        after, fraction = split_shares(held, split.ratio)
        if (split.shares_before, split.shares_after) != (held, after):
            what = (
                f"it makes {split.shares_after} of {split.shares_before} shares; {held} at {split.ratio} make {after}"
            )
            yield _found("position", split, what)
        if split.cash_in_lieu and not fraction:
            yield _found("cash", split, "it pays cash in lieu where no fraction of a share is left")
        self._split_tickers.add(split.ticker)
        self._set(split.ticker, split.shares_after)
        self.cash = micro(self.cash + split.cash_in_lieu)

    def _set(self, ticker: str, shares: int) -> None:
        self.shares[ticker] = shares
        if not shares:
            del self.shares[ticker]


def _check_order(order: Order) -> Iterator[Finding]:
    if not calendar.is_session(order.session):
        yield _found("no_session", order, f"it is of {order.session}, a {order.session:%A} without a session")
        return
    due = order.session if order.rule in SAME_SESSION else calendar.next_session(order.session)
    if order.fills_on != due:
        yield _found("date", order, f"it is to fill on {order.fills_on}; {order.rule} after {order.session} is {due}")


def _check_price(fill: Fill, prices: KnownPrices) -> Iterator[Finding]:
    bars = prices.bars(fill.ticker, fill.session)
    if not bars:
        return
    bar, name = bars[-1], "open" if fill.rule in AT_OPEN else "close"
    if not any(bar.low <= fill.price <= bar.high for bar in bars):
        side = "above the high" if fill.price > bar.high else "below the low"
        what = f"{fill.ticker} is filled at {fill.price}, {side} of {fill.session}, {bar.low} to {bar.high}"
        yield _found("fill_price", fill, what)
    elif fill.price not in {bar.open if fill.rule in AT_OPEN else bar.close for bar in bars}:
        asked = bar.open if fill.rule in AT_OPEN else bar.close
        what = f"{fill.ticker} is filled at {fill.price}, which is not the {name} of {fill.session}, {asked}"
        yield _found("fill_price", fill, what)


def _found(kind: FindingKind, event: LedgerEvent, what: str) -> Finding:
    return Finding(kind=kind, where=event.key, what=what)
