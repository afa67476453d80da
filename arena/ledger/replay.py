"""Replaying events into books, with the invariants that span events.

A broken invariant raises LedgerError with the key of the event that broke it; nothing is repaired.
"""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from arena.ledger.book import (
    Book,
    after_dividend,
    after_fill,
    after_order,
    after_rejection,
    after_split,
    broken,
)
from arena.records.trading import BookOpened, DividendPaid, Fill, LedgerEvent, Order, Rejection, SplitApplied

Line = tuple[str, str]
"""A contestant and a ticker: events of one line never go back in time."""


class Ledger:
    """Events applied so far: the books, the keys seen, and how each holding came about."""

    def __init__(self, events: Iterable[LedgerEvent] = ()) -> None:
        self.books: dict[str, Book] = {}
        self.keys: set[str] = set()
        self._newest: dict[Line, date] = {}
        self._held: dict[Line, list[tuple[date, bool, int]]] = {}
        for event in events:
            self.apply(event)

    def apply(self, event: LedgerEvent) -> None:
        """Add one event; LedgerError names its key where it breaks an invariant, and changes nothing."""
        if event.key in self.keys:
            raise broken(event, "this key is already in the ledger")
        if event.kind == "opened":
            self._open(event)
        else:
            self._change(event)
        self.keys.add(event.key)

    def newest(self, contestant: str, ticker: str) -> date | None:
        """The session of the line's latest event."""
        return self._newest.get((contestant, ticker))

    def shares_at_open(self, contestant: str, ticker: str, session: date) -> int:
        """Shares held when a session opens: after its split, before its fills."""
        for changed, by_split, shares in reversed(self._held.get((contestant, ticker), [])):
            if changed < session or (changed == session and by_split):
                return shares
        return 0

    def traded_since(self, contestant: str, ticker: str, session: date) -> bool:
        """Whether the holding has changed since a session opened."""
        return any(
            changed > session or (changed == session and not by_split)
            for changed, by_split, _ in self._held.get((contestant, ticker), [])
        )

    def _open(self, event: BookOpened) -> None:
        if event.contestant in self.books:
            raise broken(event, f"{event.contestant} already has a book")
        self.books[event.contestant] = Book(contestant=event.contestant, start_cash=event.cash, cash=event.cash)

    def _change(self, event: "TickerEvent") -> None:
        book = self.books.get(event.contestant)
        if book is None:
            raise broken(event, f"{event.contestant} has no book yet")
        line = (event.contestant, event.ticker)
        newest = self._newest.get(line)
        if newest is not None and event.session < newest:
            raise broken(event, f"{event.session} lies before {newest}, where {event.ticker}'s events have got to")
        changed = self._changed(book, event)
        if changed.shares(event.ticker) != book.shares(event.ticker):
            held = (event.session, event.kind == "split", changed.shares(event.ticker))
            self._held.setdefault(line, []).append(held)
        self.books[event.contestant] = changed
        self._newest[line] = event.session

    def _changed(self, book: Book, event: "TickerEvent") -> Book:
        match event:
            case Order():
                return after_order(book, event)
            case Rejection():
                return after_rejection(book, event)
            case Fill():
                return after_fill(book, event)
            case DividendPaid():
                held = self.shares_at_open(event.contestant, event.ticker, event.ex_date)
                if held != event.shares:
                    raise broken(event, f"{held} shares were held before {event.ex_date}, not {event.shares}")
                return after_dividend(book, event)
            case SplitApplied():
                return after_split(book, event)
        assert_never(event)


TickerEvent = Order | Fill | Rejection | DividendPaid | SplitApplied


def replay(events: Iterable[LedgerEvent]) -> dict[str, Book]:
    """Every contestant's book after `events`, in order of name."""
    books = Ledger(events).books
    return {contestant: books[contestant] for contestant in sorted(books)}
