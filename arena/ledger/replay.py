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
from arena.ledger.effects import after_dividend, after_fill, after_order, after_rejection, after_split, broken
from arena.ledger.places import DIVIDENDS, Place, beginning_of, place_of
from arena.records.trading import BookOpened, DividendPaid, Fill, LedgerEvent, Order, Rejection, SplitApplied

TickerEvent = Order | Fill | Rejection | DividendPaid | SplitApplied


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

    def last_place(self, contestant: str, ticker: str) -> Place | None:
        """Where the line of a contestant and a ticker has got to."""
        return next((step.place for step in reversed(self._steps[contestant]) if _is_of(step, ticker)), None)

    def shares_at_open(self, contestant: str, ticker: str, session: date) -> int:
        """Shares held when a session opens: after its split, before its fills."""
        return _shares_at_open(self._steps.get(contestant, []), ticker, session)

    def traded_since(self, contestant: str, ticker: str, session: date) -> bool:
        """Whether the holding has changed since a session opened."""
        behind = self._behind(contestant, beginning_of(session, DIVIDENDS))
        return any(_is_of(step, ticker) and isinstance(step.event, Fill | SplitApplied) for step in behind)

    def rests_on(self, contestant: str, ticker: str, place: Place) -> date | None:
        """The last session with a fill, split or dividend that counts the shares as they were left at a place."""
        sessions = [
            step.place[0]
            for step in self._behind(contestant, place)
            if _is_of(step, ticker) and _counts_shares_after(step.event, place)
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
    return not isinstance(step.event, BookOpened) and step.event.ticker == ticker


def _counts_shares_after(event: LedgerEvent, place: Place) -> bool:
    match event:
        case Fill() | SplitApplied():
            return True
        case DividendPaid():  # One credited late is for the shares of its ex-date.
            return beginning_of(event.ex_date, DIVIDENDS) > place
        case BookOpened() | Order() | Rejection():
            return False
    assert_never(event)


def _shares_at_open(steps: list[Step], ticker: str, session: date) -> int:
    before = bisect_left(steps, beginning_of(session, DIVIDENDS), key=_place)
    return steps[before - 1].book.shares(ticker) if before else 0


def _after(steps: list[Step], event: LedgerEvent) -> Book:
    """The contestant's book after one more event."""
    if isinstance(event, BookOpened):
        if steps:
            raise broken(event, f"{event.contestant} already has a book")
        return Book(contestant=event.contestant, start_cash=event.cash, cash=event.cash)
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
        case DividendPaid():
            held = _shares_at_open(steps, event.ticker, event.ex_date)
            if held != event.shares:
                raise broken(event, f"{held} shares were held before {event.ex_date}, not {event.shares}")
            return after_dividend(book, event)
        case SplitApplied():
            return after_split(book, event)
    assert_never(event)
