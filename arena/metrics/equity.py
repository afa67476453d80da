"""What every book was worth at the close of each session, by replaying the ledger."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arena.ledger import Book, Ledger, position_values
from arena.ledger.places import place_of
from arena.records.base import micro
from arena.records.performance import EquityPoint
from arena.records.trading import LedgerEvent, Mark, SplitApplied


class Point(NamedTuple):
    """A book at the close of one session, in dollars."""

    session: date
    equity: Decimal
    """Below zero where shorts cost more than there was."""
    invested: Decimal
    """Holdings and shorts, both counted as positive."""
    carried: int
    """Holdings valued at the price of an earlier session."""


class Curve(NamedTuple):
    """A book's way through the season."""

    book: Book
    """At the end."""
    points: tuple[Point, ...]
    """The first is the starting cash: at the close of the session the book was opened in, or, where an order was
    filled in that session already, at the close before."""


def equity_curves(events: Iterable[LedgerEvent], marks: Iterable[Mark], sessions: Sequence[date]) -> dict[str, Curve]:
    """Every contestant's curve by name, over those of `sessions` (in order) that are not before its book.

    A holding without a mark of the session is valued at its last one, divided by the splits applied since.
    Dividends count in the session that credits them. What happens on days between sessions counts in the next one,
    and what happens after the last is left out. LedgerError where the events break an invariant, or a holding has
    no mark at all.
    """
    waiting = sorted(events, key=lambda event: (event.session, place_of(event)), reverse=True)
    prices, ledger = _Prices(marks, waiting), Ledger()
    points: defaultdict[str, list[Point]] = defaultdict(list)
    last: date | None = None
    for session in sessions:
        while waiting and waiting[-1].session <= session:
            ledger.apply(waiting.pop())
        for name, book in ledger.books.items():
            start = Point(session, book.start_cash, Decimal(0), 0)
            if points[name]:
                points[name].append(_point(book, session, prices))
            elif book.fills:
                points[name] += [start._replace(session=last or session), _point(book, session, prices)]
            else:
                points[name].append(start)
        last = session
    return {name: Curve(book, tuple(points[name])) for name, book in sorted(ledger.books.items())}


def equity_points(points: Iterable[Point], cutoff: date | None) -> tuple[EquityPoint, ...]:
    """A curve's points as records; `cutoff` is the day its contestant's knowledge ends, where one is stated."""
    return tuple(
        EquityPoint(
            session=point.session,
            equity=point.equity,
            invested=point.invested,
            carried=point.carried,
            known=cutoff is not None and point.session <= cutoff,
        )
        for point in points
    )


class _Prices:
    """Marks as they were known at a close, with the splits a contestant's shares have been through since."""

    def __init__(self, marks: Iterable[Mark], events: Iterable[LedgerEvent]) -> None:
        self._marks: defaultdict[str, list[Mark]] = defaultdict(list)
        for mark in sorted(marks, key=lambda mark: mark.session):
            self._marks[mark.ticker].append(mark)
        self._splits: defaultdict[tuple[str, str], list[SplitApplied]] = defaultdict(list)
        for event in events:
            if isinstance(event, SplitApplied):
                self._splits[event.contestant, event.ticker].append(event)

    def at(self, book: Book, session: date) -> Mapping[str, Mark]:
        found = {}
        for ticker in book.holdings:
            marks = self._marks[ticker]
            if known := bisect_right(marks, session, key=lambda mark: mark.session):
                found[ticker] = self._in_shares_held(marks[known - 1], book.contestant, session)
        return found

    def _in_shares_held(self, mark: Mark, contestant: str, session: date) -> Mark:
        """The mark in the shares that are booked at a session: a split that is told of late is booked late."""
        close = mark.close
        for split in self._splits.get((contestant, mark.ticker), ()):
            if mark.session < split.ex_date and split.session <= session:
                close /= split.ratio
            elif split.ex_date <= mark.session and session < split.session:
                close *= split.ratio
        return mark if close == mark.close else mark.model_copy(update={"close": close})


def _point(book: Book, session: date, prices: _Prices) -> Point:
    marks = prices.at(book, session)
    values = position_values(book, marks)
    carried = sum(marks[ticker].session < session for ticker in values)
    return Point(
        session, micro(book.cash + sum(values.values())), micro(sum(map(abs, values.values()), Decimal(0))), carried
    )


def ruined(points: Sequence[Point]) -> date | None:
    """The first session at whose close a book was worth nothing, or less; None where it always was worth something.

    From there on returns mean nothing: there is no base that they could be a part of.
    """
    return next((point.session for point in points if point.equity <= 0), None)
