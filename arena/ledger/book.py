"""One contestant's book. Holdings are kept at average cost, fees and slippage included; shorts are negative ones."""

from datetime import date
from decimal import Decimal

from arena.records.base import Money, Record, micro
from arena.records.shares import Position, Shares
from arena.records.terms import PLAIN_TERMS, Terms
from arena.records.trading import BookOpened, MarginCall, Order


class Holding(Record):
    """Shares of one ticker, held or sold short."""

    shares: Position
    """Negative where they are short."""
    cost: Money
    """What the shares cost together, fees and slippage included, dollars; of a short what they brought after both,
    as a negative number."""


class ClosedTrade(Record):
    """A sale judged against the average cost of what it sold; or a cover, against what the short brought on average."""

    ticker: str
    session: date
    shares: Shares
    proceeds: Money
    """What selling brought, after fees and slippage, dollars."""
    cost: Money
    """What buying cost, fees and slippage included, dollars."""
    gain: Money
    """Proceeds less cost, dollars."""
    short: bool = False
    """Whether it was sold first and bought back."""


class Book(Record):
    """What a contestant has after some events."""

    contestant: str
    start_cash: Money
    cash: Money
    """Dollars not yet spent, those reserved for pending orders included. Below zero only where shorts cost more than
    there was."""
    terms: Terms = PLAIN_TERMS
    holdings: dict[str, Holding] = {}
    pending: tuple[Order, ...] = ()
    """Orders neither filled nor rejected; a split has already scaled the shares of those that close a position."""
    calls: tuple[MarginCall, ...] = ()
    """Margin calls whose shorts are not covered yet."""
    closed_trades: tuple[ClosedTrade, ...] = ()
    fills: int = 0

    @property
    def available(self) -> Decimal:
        """Dollars that no pending order has reserved, margin for shorts aside."""
        return micro(self.cash - sum((order.budget or Decimal(0) for order in self.pending), Decimal(0)))

    @property
    def shorts(self) -> dict[str, Decimal]:
        """Shares sold short by ticker, above zero, in order of ticker."""
        return {ticker: -held.shares for ticker, held in sorted(self.holdings.items()) if held.shares < 0}

    def shares(self, ticker: str) -> Decimal:
        """Shares held of a ticker, negative where they are short, 0 for none."""
        return self.holdings[ticker].shares if ticker in self.holdings else Decimal(0)


def open_book(contestant: str, cash: Decimal, session: date, terms: Terms = PLAIN_TERMS) -> BookOpened:
    """The event that begins a contestant's book with its starting cash and the terms it is kept under."""
    return BookOpened(key=f"opened:{contestant}", contestant=contestant, session=session, cash=cash, terms=terms)
