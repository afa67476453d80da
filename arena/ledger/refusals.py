"""Why a decision comes to no order that could be filled, in one sentence each."""

from decimal import Decimal

from arena.config.trading import TradingSettings
from arena.ledger.book import Book
from arena.ledger.room import committed
from arena.records.base import plain
from arena.records.desk import PortfolioView
from arena.records.outcome import Decision
from arena.records.shares import shares_text
from arena.records.trading import Side


def refusal(book: Book, view: PortfolioView, ticker: str, decision: Decision) -> str:
    """Why nothing can be ordered whatever the size; empty where something may be."""
    if view.equity <= 0:
        return f"the book is worth {view.equity:,.2f} dollars: one that is worth nothing trades no more"
    if ticker in view.margin_calls:
        short = shares_text(-book.shares(ticker))
        return f"a margin call covers all {short} {ticker} that are short at the next open"
    if book.terms.margin is None or book.shares(ticker):
        return ""
    other = "SELL" if decision.action == "BUY" else "BUY"
    if any(order.ticker == ticker and order.side == other and order.budget for order in book.pending):
        what = "a short sale" if other == "SELL" else "a purchase"
        return f"{what} of {ticker} is pending, and no order turns a position into its opposite"
    return ""


def free_shares(book: Book, ticker: str) -> Decimal:
    """Shares held, or short, that no pending order closes; above zero for both."""
    closing = (order.shares or Decimal(0) for order in book.pending if order.ticker == ticker)
    return abs(book.shares(ticker)) - sum(closing, Decimal(0))


def why_no_budget(book: Book, view: PortfolioView, ticker: str, side: Side, settings: TradingSettings) -> str:
    """Why an order that opens a position has no dollars."""
    if view.available <= 0:
        rest = f"pending orders have reserved all of the {view.cash:,.2f} dollars"
        if view.cash < 0:
            rest = f"the book owes {-view.cash:,.2f} dollars"
        elif view.margin:
            rest = f"of the {view.cash:,.2f} dollars {view.margin:,.2f} are margin for shorts, or pending orders' own"
        return f"no cash is available: {rest}"
    has, pending = ("has", "purchases") if side == "BUY" else ("is short by", "short sales")
    taken = committed(book, view, ticker, settings)
    return (
        f"the position limit of {plain(settings.position_limit * 100)}% is reached: {ticker} {has} "
        f"{taken:,.2f} of {view.equity:,.2f} dollars, pending {pending} included"
    )


def why_no_shares(book: Book, ticker: str, decision: Decision) -> str:
    """Why an order that closes a position has no shares."""
    held, free = abs(book.shares(ticker)), free_shares(book, ticker)
    short = " short" if book.shares(ticker) < 0 else ""
    if held == 0:
        return f"no shares of {ticker} held"
    if free == 0:
        return f"all {shares_text(held)} shares of {ticker}{short} are already in pending orders"
    return f"{decision.fraction} of {shares_text(free)} shares{short} is less than {book.terms.least}"
