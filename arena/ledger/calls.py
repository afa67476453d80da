"""Margin calls: at every close a book with shorts is held against maintenance, and below it all shorts are covered.

A call names one short and is covered at the ticker's next open, by whatever that costs: the book's cash, and with it
its equity, may end below zero. Nothing makes that good. A book that has moved on since a close is not called for that
close any more (its prices came late); the next close decides.
"""

from datetime import date
from decimal import Decimal

from arena.ledger.book import Book
from arena.ledger.execution import forced
from arena.ledger.margin import maintenance_asked
from arena.ledger.passing import Pass
from arena.ledger.places import CALLS, ORDERS, beginning_of, place_of
from arena.records.base import micro
from arena.records.trading import MarginCall, Order


def call_margins(settling: Pass, session: date) -> None:
    """Call every book that is below maintenance at the close of a session."""
    for contestant in settling.contestants:
        book = settling.ledger.book_before(contestant, beginning_of(session, CALLS))
        moved_on = settling.ledger.moved_on(contestant, beginning_of(session, ORDERS))
        if book is not None and book.shorts and not moved_on:
            _call(settling, book, session)


def cover(settling: Pass, call: MarginCall, session: date) -> None:
    """Cover what a call names at a session's open; nothing where it has no bar, or where that would come too late.

    Orders that were to cover the same short have nothing left to do.
    """
    bar = settling.prices.bar(call.ticker, session)
    if bar is None:
        return
    short = settling.book(call.contestant).shorts.get(call.ticker)
    if short is None:
        settling.call_off(call, session, f"no {call.ticker} are short any more")
        return
    filled = forced(call, short, bar, settling.settings)
    if settling.try_to_emit(filled, place_of(filled)):
        for order in settling.orders(lambda order: _covers(order, call)):
            settling.reject(order, session, f"the margin call of {call.session} has covered all {call.ticker}")


def _covers(order: Order, call: MarginCall) -> bool:
    same = (order.contestant, order.ticker) == (call.contestant, call.ticker)
    return same and order.side == "BUY" and order.budget is None


def _call(settling: Pass, book: Book, session: date) -> None:
    worth = _worth(settling, book, session)
    if worth is None or book.terms.margin is None:
        return
    asked = maintenance_asked(book.terms.margin.maintenance, worth)
    if book.cash >= asked:
        return
    called = {call.ticker for call in book.calls}
    for ticker, shares in book.shorts.items():
        key = f"margin_call:{session}:{ticker}:{book.contestant}"
        if ticker in called or key in settling.ledger.keys:
            continue
        settling.emit(
            MarginCall(
                key=key,
                contestant=book.contestant,
                session=session,
                ticker=ticker,
                shares=shares,
                cash=book.cash,
                shorts=worth,
                required=asked,
            )
        )


def _worth(settling: Pass, book: Book, session: date) -> dict[str, Decimal] | None:
    """What each short is worth at a close; None where the price of one is not known."""
    found = {}
    for ticker, shares in book.shorts.items():
        close = settling.prices.close(ticker, session)
        if close is None:
            return None
        found[ticker] = micro(shares * close)
    return found
