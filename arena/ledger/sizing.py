"""From decisions to orders: the model names a fraction, code turns it into dollars or shares.

BUY spends its fraction of the available cash; SELL sells its fraction of the shares held. In a book with margin,
SELL without shares sells short by its fraction of what margin allows, and BUY while short covers its fraction of the
short. Never does one order do both: a holding is sold before anything is sold short, and a short covered before
anything is bought.

What cannot have a budget and what comes to less than one share are still recorded, each with the rejection that
says why, so that nothing a contestant decided disappears.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from arena.config.model import TradingSettings
from arena.ledger.book import Book
from arena.ledger.refusals import free_shares, refusal, why_no_budget, why_no_shares
from arena.ledger.room import budgets_of
from arena.ledger.valuation import portfolio_view
from arena.records.desk import PortfolioView
from arena.records.outcome import Action, Decision
from arena.records.shares import floored
from arena.records.trading import Mark, Order, Rejection, Side

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

    What opens a position has a budget: its fraction of the available dollars, at most what the position limit
    leaves at the marks; budgets that exceed the available dollars together shrink pro rata. What closes one has
    shares: its fraction of those that no pending order closes, rounded down. A HOLD orders nothing. `untradable`
    says of tickers why no book can hold them. LedgerError where a holding has no mark.
    """
    view = portfolio_view(book, marks)
    ordered = {ticker: chosen for ticker, chosen in sorted(decisions.items()) if chosen[1].action != "HOLD"}
    refused = {ticker: untradable.get(ticker) or refusal(book, view, ticker, d) for ticker, (_, d) in ordered.items()}
    opening = {t: d for t, (_, d) in ordered.items() if not refused[t] and opens(book, t, d.action)}
    budgets = budgets_of(book, view, opening, settings)
    events: list[Order | Rejection] = []
    for ticker, (chat_id, decision) in ordered.items():
        order = _order(book, view, ticker, decision, budgets, chat_id, settings, session, fills_on)
        why = refused[ticker]
        if not why and order.budget == 0:
            why = why_no_budget(book, view, ticker, order.side, settings)
        elif not why and order.shares == 0:
            why = why_no_shares(book, ticker, decision)
        events += [order, reject(order, session, why)] if why else [order]
    return tuple(events)


def opens(book: Book, ticker: str, action: Action) -> bool:
    """Whether an action on a ticker opens a position, or adds to one, rather than closing it."""
    held = book.shares(ticker)
    if action == "SELL":
        return book.terms.margin is not None and held <= 0
    return action == "BUY" and held >= 0


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


def _order(
    book: Book,
    view: PortfolioView,
    ticker: str,
    decision: Decision,
    budgets: Mapping[str, Decimal],
    chat_id: str,
    settings: TradingSettings,
    session: date,
    fills_on: date,
) -> Order:
    opening = opens(book, ticker, decision.action)
    side: Side = "BUY" if decision.action == "BUY" else "SELL"
    return Order(
        key=f"order:{session}:{ticker}:{book.contestant}",
        contestant=book.contestant,
        session=session,
        ticker=ticker,
        chat_id=chat_id,
        side=side,
        budget=budgets.get(ticker, _NOTHING) if opening else None,
        shares=None if opening else _shares_to_close(book, ticker, decision),
        rule=settings.fill,
        fills_on=fills_on,
        shorts=_other_shorts(view, ticker) if opening else {},
    )


def _shares_to_close(book: Book, ticker: str, decision: Decision) -> Decimal:
    return floored(free_shares(book, ticker) * Decimal(str(decision.fraction)), book.terms.step)


def _other_shorts(view: PortfolioView, ticker: str) -> dict[str, Decimal]:
    return {held.ticker: -held.value for held in view.positions if held.shares < 0 and held.ticker != ticker}
