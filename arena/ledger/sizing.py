"""From decisions to orders: the model names a fraction, code turns it into dollars or whole shares.

A purchase that cannot have a budget and a sale of less than one share are still recorded, each with the
rejection that says why, so that nothing a contestant decided disappears.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from types import MappingProxyType

from arena.config.model import TradingSettings
from arena.ledger.book import Book, portfolio_view
from arena.records.base import plain
from arena.records.desk import PortfolioView
from arena.records.outcome import Decision
from arena.records.trading import Mark, Order, Rejection

_NOTHING = Decimal(0)
_ALL_TRADE: Mapping[str, str] = MappingProxyType({})

Decided = Mapping[str, tuple[str, Decision]]
"""By ticker: the id of the chat and the decision it came to."""


def size_orders(
    book: Book,
    marks: Mapping[str, Mark],
    decisions: Decided,
    settings: TradingSettings,
    *,
    session: date,
    fills_on: date,
    untradable: Mapping[str, str] = _ALL_TRADE,
) -> tuple[Order | Rejection, ...]:
    """The orders of one contestant's decisions at the close of `session`, in order of ticker.

    A BUY's budget is its fraction of the available cash, at most what the position limit leaves at the
    marks; budgets that exceed the available cash together shrink pro rata. A SELL is its fraction of the
    shares that no pending order sells, rounded down. A HOLD orders nothing. `untradable` says of tickers why
    no book can hold them. LedgerError where a holding has no mark.
    """
    view = portfolio_view(book, marks)
    tradable = {ticker: decision for ticker, decision in decisions.items() if ticker not in untradable}
    budgets = _budgets(book, view, tradable, settings)
    events: list[Order | Rejection] = []
    for ticker, (chat_id, decision) in sorted(decisions.items()):
        if decision.action == "HOLD":
            continue
        order = Order(
            key=f"order:{session}:{ticker}:{book.contestant}",
            contestant=book.contestant,
            session=session,
            ticker=ticker,
            chat_id=chat_id,
            side=decision.action,
            budget=budgets.get(ticker, _NOTHING) if decision.action == "BUY" else None,
            shares=_shares_to_sell(book, ticker, decision) if decision.action == "SELL" else None,
            rule=settings.fill,
            fills_on=fills_on,
        )
        events.append(order)
        if ticker in untradable:
            events.append(reject(order, session, untradable[ticker]))
        elif order.budget == 0:
            events.append(reject(order, session, _why_no_budget(book, view, ticker, settings)))
        elif order.shares == 0:
            events.append(reject(order, session, _why_no_shares(book, ticker, decision)))
    return tuple(events)


def reject(order: Order, session: date, reason: str) -> Rejection:
    """The rejection of an order."""
    return Rejection(
        key=f"rejection:{order.session}:{order.ticker}:{order.contestant}",
        contestant=order.contestant,
        session=session,
        order_key=order.key,
        ticker=order.ticker,
        reason=reason,
    )


def _budgets(book: Book, view: PortfolioView, decisions: Decided, settings: TradingSettings) -> dict[str, Decimal]:
    available = _micros(max(view.available, Decimal(0)))
    wanted = {
        ticker: min(
            int(available * Decimal(str(decision.fraction))),
            _micros(max(_room(book, view, ticker, settings), Decimal(0))),
        )
        for ticker, (_, decision) in decisions.items()
        if decision.action == "BUY"
    }
    total = sum(wanted.values())
    if total > available:
        wanted = {ticker: micros * available // total for ticker, micros in wanted.items()}
    return {ticker: plain(Decimal(micros).scaleb(-6)) for ticker, micros in wanted.items()}


def _micros(dollars: Decimal) -> int:
    return int((dollars * 1_000_000).to_integral_value(ROUND_DOWN))


def _room(book: Book, view: PortfolioView, ticker: str, settings: TradingSettings) -> Decimal:
    """Dollars the position limit leaves for a ticker; negative where it is exceeded."""
    return settings.position_limit * view.equity - _committed(book, view, ticker)


def _committed(book: Book, view: PortfolioView, ticker: str) -> Decimal:
    held = sum((position.value for position in view.positions if position.ticker == ticker), Decimal(0))
    return held + sum((order.budget or Decimal(0) for order in book.pending if order.ticker == ticker), Decimal(0))


def _free_shares(book: Book, ticker: str) -> int:
    """Shares held that no pending order sells."""
    return book.shares(ticker) - sum(order.shares or 0 for order in book.pending if order.ticker == ticker)


def _shares_to_sell(book: Book, ticker: str, decision: Decision) -> int:
    return int(_free_shares(book, ticker) * Decimal(str(decision.fraction)))


def _why_no_budget(book: Book, view: PortfolioView, ticker: str, settings: TradingSettings) -> str:
    if view.available <= 0:
        return f"no cash is available: pending orders have reserved all of the {view.cash:,.2f} dollars"
    return (
        f"the position limit of {plain(settings.position_limit * 100)}% is reached: {ticker} has "
        f"{_committed(book, view, ticker):,.2f} of {view.equity:,.2f} dollars, pending purchases included"
    )


def _why_no_shares(book: Book, ticker: str, decision: Decision) -> str:
    held, free = book.shares(ticker), _free_shares(book, ticker)
    if held == 0:
        return f"no shares of {ticker} held"
    if free == 0:
        return f"all {held} shares of {ticker} are already in pending orders"
    return f"{decision.fraction} of {free} shares is less than one share"
