"""What a book is worth at given prices, and how much of its cash the shorts keep from being spent."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from arena.errors import LedgerError
from arena.ledger.book import Book
from arena.records.base import micro
from arena.records.desk import PortfolioView, PositionView
from arena.records.shares import shares_text
from arena.records.trading import Mark


def portfolio_view(book: Book, marks: Mapping[str, Mark], session: date | None = None) -> PortfolioView:
    """The book valued at `marks`, one a ticker; LedgerError where a holding has none.

    Those before `session` are called carried.
    """
    positions = tuple(_position(ticker, book, marks, session) for ticker in sorted(book.holdings))
    equity = book.cash + sum((position.value for position in positions), Decimal(0))
    margin = _margin(book, positions)
    return PortfolioView(
        cash=book.cash,
        available=book.available - margin,
        equity=equity,
        positions=positions,
        margin=margin,
        margin_calls=tuple(sorted(call.ticker for call in book.calls)),
    )


def position_values(book: Book, marks: Mapping[str, Mark]) -> dict[str, Decimal]:
    """What each holding is worth at `marks`, dollars, below zero for shorts; LedgerError where one has none.

    A season's curves ask for nothing else: a view of every book at every close takes long.
    """
    return {
        ticker: micro(holding.shares * _mark(ticker, book, marks).close)
        for ticker, holding in sorted(book.holdings.items())
    }


def _margin(book: Book, positions: tuple[PositionView, ...]) -> Decimal:
    if book.terms.margin is None:
        return Decimal(0)
    shorts = sum((-position.value for position in positions if position.shares < 0), Decimal(0))
    return micro(book.terms.margin.initial * shorts)


def _position(ticker: str, book: Book, marks: Mapping[str, Mark], session: date | None) -> PositionView:
    holding, mark = book.holdings[ticker], _mark(ticker, book, marks)
    return PositionView(
        ticker=ticker,
        shares=holding.shares,
        average_cost=micro(holding.cost / holding.shares),
        mark=mark.close,
        marked=mark.session,
        value=holding.shares * mark.close,
        carried=session is not None and mark.session < session,
    )


def _mark(ticker: str, book: Book, marks: Mapping[str, Mark]) -> Mark:
    if (mark := marks.get(ticker)) is None:
        held = shares_text(book.shares(ticker))
        raise LedgerError(f"{book.contestant} holds {held} {ticker}, for which there is no mark")
    return mark
