"""One contestant's book. Holdings are kept at average cost, fees and slippage included."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from arena.errors import LedgerError
from arena.records.base import Money, Record, micro
from arena.records.desk import PortfolioView, PositionView
from arena.records.trading import (
    BookOpened,
    Mark,
    Order,
    Shares,
)


class Holding(Record):
    """Shares of one ticker."""

    shares: Shares
    cost: Money
    """What the shares cost together, fees and slippage included, dollars."""


class ClosedTrade(Record):
    """A sale, judged against the average cost of what it sold."""

    ticker: str
    session: date
    shares: Shares
    proceeds: Money
    """After fees and slippage, dollars."""
    cost: Money
    """The sold shares' part of the holding's cost, dollars."""
    gain: Money
    """Proceeds less cost, dollars."""


class Book(Record):
    """What a contestant has after some events."""

    contestant: str
    start_cash: Money
    cash: Money
    """Dollars not yet spent, those reserved for pending orders included."""
    holdings: dict[str, Holding] = {}
    pending: tuple[Order, ...] = ()
    """Orders neither filled nor rejected; a split has already scaled the shares of those that sell."""
    closed_trades: tuple[ClosedTrade, ...] = ()
    fills: int = 0

    @property
    def available(self) -> Decimal:
        """Dollars that no pending purchase has reserved."""
        return micro(self.cash - sum((order.budget or Decimal(0) for order in self.pending), Decimal(0)))

    def shares(self, ticker: str) -> int:
        """Shares held of a ticker, 0 for none."""
        return self.holdings[ticker].shares if ticker in self.holdings else 0


def open_book(contestant: str, cash: Decimal, session: date) -> BookOpened:
    """The event that begins a contestant's book with its starting cash."""
    return BookOpened(key=f"opened:{contestant}", contestant=contestant, session=session, cash=cash)


def portfolio_view(book: Book, marks: Mapping[str, Mark]) -> PortfolioView:
    """The book valued at `marks`, one a ticker; LedgerError where a holding has none."""
    positions = tuple(_position(ticker, book, marks) for ticker in sorted(book.holdings))
    equity = book.cash + sum((position.value for position in positions), Decimal(0))
    return PortfolioView(cash=book.cash, available=book.available, equity=equity, positions=positions)


def _position(ticker: str, book: Book, marks: Mapping[str, Mark]) -> PositionView:
    holding, mark = book.holdings[ticker], marks.get(ticker)
    if mark is None:
        raise LedgerError(f"{book.contestant} holds {holding.shares} {ticker}, for which there is no mark")
    return PositionView(
        ticker=ticker,
        shares=holding.shares,
        average_cost=micro(holding.cost / holding.shares),
        mark=mark.close,
        marked=mark.session,
        value=holding.shares * mark.close,
    )
