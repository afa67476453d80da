"""A ledger's events against each other and against the prices: cash, shares, orders and what became of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never

from arena.audit.account import Account
from arena.audit.carry import check_borrow_fee, check_interest, last_paid, unpaid
from arena.audit.corporate import check_dividend, check_split
from arena.audit.finding import found
from arena.audit.margin import check_call, uncalled
from arena.audit.missing import missing
from arena.audit.orders import check_fill, check_order
from arena.audit.prices import KnownPrices
from arena.audit.trades import check_after, check_answer
from arena.errors import LedgerError
from arena.ledger import Book, replay
from arena.ledger.places import place_of
from arena.market.market import SourcedHistory
from arena.records.audit import Finding
from arena.records.shares import shares_text
from arena.records.trading import (
    BookOpened,
    BorrowFee,
    DividendPaid,
    Fill,
    InterestPaid,
    LedgerEvent,
    MarginCall,
    Order,
    Rejection,
    SplitApplied,
)

_NOTHING_SETTLED: Mapping[str, date] = MappingProxyType({})


def check_books(
    events: Sequence[LedgerEvent],
    prices: KnownPrices,
    settled_at: Iterable[SourcedHistory] = (),
    through: Mapping[str, date] = _NOTHING_SETTLED,
) -> Iterator[Finding]:
    """Every violation, a contestant after the other. `events` stand in the order they were written.

    What is missing is found by the prices that books were settled at, as far as `through` says they were, by ticker.
    """
    yield from _check_writing(events)
    accounts, last = [], last_paid(events)
    for name in sorted({event.contestant for event in events}):
        account = Account(name)
        for event in _in_order(events, name):
            yield from _check(account, event, prices)
        yield from unpaid(account, (event for event in events if event.contestant == name), last, prices)
        accounts.append(account)
    yield from missing(events, accounts, settled_at, through)
    yield from _against_the_ledger(events, accounts)


def doubts(events: Sequence[LedgerEvent], prices: KnownPrices) -> tuple[str, ...]:
    """What could not be checked of a ledger, or is odd without being wrong."""
    notes = list(unchecked_fills(events, prices))
    for name in sorted({event.contestant for event in events}):
        account, mine = Account(name), _in_order(events, name)
        for event in mine:
            deque(_check(account, event, prices), maxlen=0)  # Its findings are told elsewhere.
        notes += uncalled(account, (event for event in mine if isinstance(event, MarginCall)), prices)
    return tuple(notes)


def unchecked_fills(events: Iterable[LedgerEvent], prices: KnownPrices) -> tuple[str, ...]:
    """A sentence for every fill of whose session no bar is kept."""
    return tuple(
        f"{event.key}: no bar of {event.ticker} on {event.session} is kept, so its price was not checked"
        for event in events
        if isinstance(event, Fill) and not prices.bars(event.ticker, event.session)
    )


def _in_order(events: Iterable[LedgerEvent], name: str) -> list[LedgerEvent]:
    return sorted((event for event in events if event.contestant == name), key=place_of)


def _check(account: Account, event: LedgerEvent, prices: KnownPrices) -> Iterator[Finding]:
    """What is wrong with one event, which the account then takes as it stands."""
    if account.opened is None and not isinstance(event, BookOpened):
        yield found("position", event, f"{account.name} has no book yet")
        account.opened = event.session
    order = account.pending.get(event.order_key) if isinstance(event, Fill) else None
    yield from _before(account, event, prices)
    account.take(event)
    if isinstance(event, Fill):
        yield from check_after(account, event, order)
    account.note(event)


def _before(account: Account, event: LedgerEvent, prices: KnownPrices) -> Iterator[Finding]:
    match event:
        case BookOpened():
            yield from account.open(event)
        case Order():
            yield from check_order(event)
        case Fill():
            yield from check_answer(account, event)
            yield from check_fill(event, prices)
        case Rejection():
            yield from check_answer(account, event)
        case MarginCall():
            yield from check_call(account, event, prices)
        case _:
            yield from _before_days(account, event, prices)


def _before_days(
    account: Account, event: DividendPaid | SplitApplied | InterestPaid | BorrowFee, prices: KnownPrices
) -> Iterator[Finding]:
    match event:
        case DividendPaid():
            yield from check_dividend(account, event, prices)
        case SplitApplied():
            yield from check_split(account, event)
        case InterestPaid():
            yield from check_interest(account, event)
        case BorrowFee():
            yield from check_borrow_fee(account, event, prices)
        case _:
            assert_never(event)


def _check_writing(events: Sequence[LedgerEvent]) -> Iterator[Finding]:
    written: set[str] = set()
    for event in events:
        if event.key in written:
            yield found("id", event, "its key is a duplicate of an earlier event's")
        if isinstance(event, Fill | Rejection) and event.order_key not in written:
            known = any(event.order_key == other.key for other in events)
            fault = f"it was written before its order {event.order_key}" if known else f"no order {event.order_key}"
            yield found("id", event, fault)
        written.add(event.key)


def _against_the_ledger(events: Sequence[LedgerEvent], accounts: Iterable[Account]) -> Iterator[Finding]:
    try:
        books = replay(events)
    except LedgerError as error:
        yield Finding(kind="ledger", where="replay", what=f"the ledger refuses it: {error}")
        return
    for mine in accounts:
        book = books[mine.name]
        if book.cash != mine.cash:
            what = f"its cash does not follow: the events leave {mine.cash} dollars, the book says {book.cash}"
            yield Finding(kind="cash", where=mine.name, what=what)
        if _held(book) != mine.shares:
            told = f"the events leave {_told(mine.shares)}, the book says {_told(_held(book))}"
            yield Finding(kind="position", where=mine.name, what=f"its positions do not follow: {told}")


def _held(book: Book) -> dict[str, Decimal]:
    return {ticker: holding.shares for ticker, holding in book.holdings.items()}


def _told(shares: dict[str, Decimal]) -> str:
    return ", ".join(f"{shares_text(count)} {ticker}" for ticker, count in sorted(shares.items())) or "nothing"
