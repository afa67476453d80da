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
from typing import NamedTuple

from arena.config.trading import TradingSettings
from arena.ledger.book import Book
from arena.ledger.refusals import free_shares, refusal, why_no_budget, why_no_shares
from arena.ledger.room import budgets_of
from arena.ledger.valuation import portfolio_view
from arena.records.desk import PortfolioView
from arena.records.outcome import Action, Decision
from arena.records.shares import floored
from arena.records.trading import Mark, Order, Rejection

CRUMBS = Decimal(1)
"""Dollars. Where a book of fractional shares would be left with less in a ticker, the order closes all of it: without
that, fractions of what is left never end, and a crumb of a short stands in the way of every purchase.
"""

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
    shares: its fraction of those that no pending order closes, rounded down, and all where that leaves CRUMBS in a
    book of fractional shares. A HOLD orders nothing. `untradable`
    says of tickers why no book can hold them. LedgerError where a holding has no mark.
    """
    view = portfolio_view(book, marks)
    ordered = {ticker: chosen for ticker, chosen in sorted(decisions.items()) if chosen[1].action != "HOLD"}
    refused = {ticker: untradable.get(ticker) or refusal(book, view, ticker, d) for ticker, (_, d) in ordered.items()}
    opening = {t: d for t, (_, d) in ordered.items() if not refused[t] and opens(book, t, d.action)}
    sizing = _Sizing(book, view, settings, budgets_of(book, view, opening, settings), session, fills_on)
    events: list[Order | Rejection] = []
    for ticker, (chat_id, decision) in ordered.items():
        order = sizing.order(ticker, chat_id, decision)
        why = refused[ticker] or sizing.why_nothing(order, decision)
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


class _Sizing(NamedTuple):
    """What all orders of a contestant at one close share."""

    book: Book
    view: PortfolioView
    settings: TradingSettings
    budgets: Mapping[str, Decimal]
    session: date
    fills_on: date

    def order(self, ticker: str, chat_id: str, decision: Decision) -> Order:
        """The order that a decision other than HOLD comes to."""
        opening = opens(self.book, ticker, decision.action)
        return Order(
            key=f"order:{self.session}:{ticker}:{self.book.contestant}",
            contestant=self.book.contestant,
            session=self.session,
            ticker=ticker,
            chat_id=chat_id,
            side="BUY" if decision.action == "BUY" else "SELL",
            budget=self.budgets.get(ticker, Decimal(0)) if opening else None,
            shares=None if opening else self._shares_to_close(ticker, decision),
            rule=self.settings.fill,
            fills_on=self.fills_on,
            shorts=_other_shorts(self.view, ticker) if opening else {},
        )

    def why_nothing(self, order: Order, decision: Decision) -> str:
        """Why the order can come to nothing; empty where it can come to something."""
        if order.budget == 0:
            return why_no_budget(self.book, self.view, order.ticker, order.side, self.settings)
        return why_no_shares(self.book, order.ticker, decision) if order.shares == 0 else ""

    def _shares_to_close(self, ticker: str, decision: Decision) -> Decimal:
        free = free_shares(self.book, ticker)
        shares = floored(free * Decimal(str(decision.fraction)), self.book.terms.step)
        left = sum(((free - shares) * held.mark for held in self.view.positions if held.ticker == ticker), Decimal(0))
        return free if decision.fraction and self.book.terms.fractional and left < CRUMBS else shares


def _other_shorts(view: PortfolioView, ticker: str) -> dict[str, Decimal]:
    return {held.ticker: -held.value for held in view.positions if held.shares < 0 and held.ticker != ticker}
