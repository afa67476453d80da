"""Replaying events into books, with the invariants that span events.

Events are taken in the order in which they take effect (`places`), not in which they were written. A broken
invariant raises LedgerError with the key of the event that broke it; nothing is repaired.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, assert_never

from arena.ledger.book import Book
from arena.ledger.effects import (
    after_borrow_fee,
    after_dividend,
    after_interest,
    after_margin_call,
    after_order,
    after_rejection,
    after_split,
    broken,
)
from arena.ledger.places import DIVIDENDS, Place, beginning_of, place_of
from arena.ledger.trades import after_fill
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

Move = Fill | DividendPaid | SplitApplied | InterestPaid | BorrowFee | MarginCall
"""What changes cash or shares, or says what they were."""


class Step(NamedTuple):
    """An event at its place, and the contestant's book after it."""

    place: Place
    event: LedgerEvent
    book: Book


class Ledger:
    """Events so far, each at its place: the keys seen and every contestant's book after each event."""

    def __init__(self, events: Iterable[LedgerEvent] = ()) -> None:
        self.books: dict[str, Book] = {}
        self.keys: set[str] = set()
        self._steps: dict[str, list[Step]] = {}
        for event in sorted(events, key=place_of):
            self.apply(event)

    def apply(self, event: LedgerEvent) -> None:
        """Put one event in its place and replay what comes after it.

        LedgerError names the event that breaks an invariant, this one or one behind it, and changes nothing.
        """
        if event.key in self.keys:
            raise broken(event, "this key is already in the ledger")
        steps = self._steps.get(event.contestant, [])
        at = bisect_right(steps, place_of(event), key=_place)
        again = steps[:at] if at < len(steps) else steps
        for late in (event, *(step.event for step in steps[at:])):
            again.append(Step(place_of(late), late, _after(again, late)))
        self._steps[event.contestant] = again
        self.books[event.contestant] = again[-1].book
        self.keys.add(event.key)

    def book_before(self, contestant: str, place: Place) -> Book | None:
        """The book as it stands before a place; None where it is not opened yet."""
        return _book_before(self._steps.get(contestant, []), place)

    def book_at_close(self, contestant: str, session: date) -> Book | None:
        """The book after everything of a session; None where it is not opened by then."""
        return _at_close(self._steps.get(contestant, []), session)

    def last_place(self, contestant: str, ticker: str) -> Place | None:
        """Where the line of a contestant and a ticker has got to."""
        return next((step.place for step in reversed(self._steps[contestant]) if _is_of(step, ticker)), None)

    def last_move(self, contestant: str) -> Place | None:
        """Where a contestant's cash and shares were last changed, or stated."""
        return next((s.place for s in reversed(self._steps[contestant]) if isinstance(s.event, Move)), None)

    def moved_on(self, contestant: str, place: Place) -> bool:
        """Whether a contestant's cash and shares were changed, or stated, behind a place."""
        last = self.last_move(contestant)
        return last is not None and last > place

    def shares_at_open(self, contestant: str, ticker: str, session: date) -> Decimal:
        """Shares held when a session opens: after its split, before its fills."""
        return _shares_at_open(self._steps.get(contestant, []), ticker, session)

    def traded_since(self, contestant: str, ticker: str, session: date) -> bool:
        """Whether the holding has changed since a session opened."""
        behind = self._behind(contestant, beginning_of(session, DIVIDENDS))
        return any(_is_of(step, ticker) and isinstance(step.event, Fill | SplitApplied) for step in behind)

    def rests_on(self, contestant: str, ticker: str, place: Place) -> date | None:
        """The last session with an event that counts the shares, or the cash, as they were left at a place."""
        sessions = [
            step.place[0]
            for step in self._behind(contestant, place)
            if (_is_of(step, ticker) and _counts_shares_after(step.event, place)) or _counts_cash(step.event, place)
        ]
        return max(sessions, default=None)

    def spendable(self, contestant: str, place: Place) -> Decimal:
        """Dollars that can be spent at a place and leave enough for everything behind it."""
        steps = self._steps[contestant]
        before = bisect_right(steps, place, key=_place) - 1
        return min(step.book.cash for step in steps[max(before, 0) :])

    def _behind(self, contestant: str, place: Place) -> list[Step]:
        steps = self._steps.get(contestant, [])
        return steps[bisect_right(steps, place, key=_place) :]


def replay(events: Iterable[LedgerEvent]) -> dict[str, Book]:
    """Every contestant's book after `events`, in order of name; the order of `events` changes nothing."""
    books = Ledger(events).books
    return {contestant: books[contestant] for contestant in sorted(books)}


def _place(step: Step) -> Place:
    return step.place


def _is_of(step: Step, ticker: str) -> bool:
    return not isinstance(step.event, BookOpened | InterestPaid) and step.event.ticker == ticker


def _counts_shares_after(event: LedgerEvent, place: Place) -> bool:
    match event:
        case Fill() | SplitApplied():
            return True
        case DividendPaid():  # One credited late is for the shares of its ex-date.
            return beginning_of(event.ex_date, DIVIDENDS) > place
        case BookOpened() | Order() | Rejection() | InterestPaid() | BorrowFee() | MarginCall():
            return False
    assert_never(event)


def _counts_cash(event: LedgerEvent, place: Place) -> bool:
    """Whether it rests on everything the book was at a close that is not before a place."""
    match event:
        case InterestPaid() | BorrowFee():
            return event.since >= place[0]
        case MarginCall():
            return True
        case _:
            return False


def _shares_at_open(steps: list[Step], ticker: str, session: date) -> Decimal:
    book = _book_before(steps, beginning_of(session, DIVIDENDS))
    return book.shares(ticker) if book else Decimal(0)


def _book_before(steps: list[Step], place: Place) -> Book | None:
    before = bisect_left(steps, place, key=_place)
    return steps[before - 1].book if before else None


def _at_close(steps: list[Step], session: date) -> Book | None:
    """The book after everything of a session."""
    after = bisect_right(steps, session, key=lambda step: step.place[0])
    return steps[after - 1].book if after else None


def _after(steps: list[Step], event: LedgerEvent) -> Book:
    """The contestant's book after one more event."""
    if isinstance(event, BookOpened):
        if steps:
            raise broken(event, f"{event.contestant} already has a book")
        return Book(contestant=event.contestant, start_cash=event.cash, cash=event.cash, terms=event.terms)
    if not steps:
        raise broken(event, f"{event.contestant} has no book yet")
    book = steps[-1].book
    match event:
        case Order():
            return after_order(book, event)
        case Rejection():
            return after_rejection(book, event)
        case Fill():
            return after_fill(book, event)
        case MarginCall():
            return after_margin_call(book, event)
        case _:
            return _after_days(steps, book, event)


def _after_days(steps: list[Step], book: Book, event: DividendPaid | SplitApplied | InterestPaid | BorrowFee) -> Book:
    """The book after what companies did, or after what days earned and cost."""
    match event:
        case DividendPaid():
            held = _shares_at_open(steps, event.ticker, event.ex_date)
            if held != event.shares:
                told = f"{shares_text(held)} shares were held before {event.ex_date}"
                raise broken(event, f"{told}, not {shares_text(event.shares)}")
            return after_dividend(book, event)
        case SplitApplied():
            return after_split(book, event)
        case InterestPaid():
            then = _at_close(steps, event.since)
            return after_interest(book, event, then.cash if then else Decimal(0))
        case BorrowFee():
            then = _at_close(steps, event.since)
            return after_borrow_fee(book, event, then.shares(event.ticker) if then else Decimal(0))
    assert_never(event)
