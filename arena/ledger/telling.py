"""Margin calls in words, so that nothing that is forced on a book happens in silence."""

from collections.abc import Iterable, Mapping, Sequence

from arena.ledger.book import Book
from arena.records.shares import shares_text
from arena.records.trading import Fill, LedgerEvent, MarginCall


def margin_notes(new: Iterable[LedgerEvent], events: Iterable[LedgerEvent]) -> tuple[str, ...]:
    """A sentence for every margin call and every forced cover among the new ones of a ledger's events."""
    calls = {event.key: event for event in events if isinstance(event, MarginCall)}
    told = []
    for event in new:
        if isinstance(event, MarginCall):
            told.append(_called(event))
        elif isinstance(event, Fill) and event.order_key in calls:
            told.append(_covered(calls[event.order_key], event))
    return tuple(told)


def standing_notes(events: Sequence[LedgerEvent], books: Mapping[str, Book]) -> tuple[str, ...]:
    """What a leaderboard says of margin calls: those that wait, and how often each book was called."""
    waiting = [_called(call) for _, book in sorted(books.items()) for call in book.calls]
    for name in sorted(books):
        called = sorted({e.session for e in events if isinstance(e, MarginCall) and e.contestant == name})
        if called:
            times = "once" if len(called) == 1 else f"{len(called)} times"
            waiting.append(f"{name} had margin called {times}, last at the close of {called[-1]}")
    return tuple(waiting)


def _called(call: MarginCall) -> str:
    return (
        f"{call.contestant}: margin call at the close of {call.session}: {call.cash:,.2f} dollars of cash are less "
        f"than the {call.required:,.2f} that maintenance asks for, so all {shares_text(call.shares)} {call.ticker} "
        "that are short are covered at the next open"
    )


def _covered(call: MarginCall, fill: Fill) -> str:
    return (
        f"{fill.contestant}: the margin call of {call.session} covered {shares_text(fill.shares)} {fill.ticker} at "
        f"{fill.price}, the open of {fill.session}, for {-fill.cash_change:,.2f} dollars"
    )
