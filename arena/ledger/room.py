"""How many dollars orders that open positions may take: fractions, position limit, and all of them together."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from arena.config.trading import TradingSettings
from arena.ledger.book import Book
from arena.records.base import plain
from arena.records.desk import PortfolioView
from arena.records.outcome import Decision
from arena.records.trading import Order

TEN_THOUSAND = Decimal(10_000)


def budgets_of(
    book: Book, view: PortfolioView, opening: Mapping[str, Decision], settings: TradingSettings
) -> dict[str, Decimal]:
    """Dollars by ticker, to the micro-dollar: what a purchase may cost, or what margin a short sale may take."""
    available = _micros(max(view.available, Decimal(0)))
    wanted = {
        ticker: min(int(available * Decimal(str(decision.fraction))), _limit(book, view, ticker, decision, settings))
        for ticker, decision in opening.items()
    }
    total = sum(wanted.values())
    if total > available:
        wanted = {ticker: micros * available // total for ticker, micros in wanted.items()}
    return {ticker: plain(Decimal(micros).scaleb(-6)) for ticker, micros in wanted.items()}


def committed(book: Book, view: PortfolioView, ticker: str, settings: TradingSettings) -> Decimal:
    """What a ticker's position is worth, long or short, with what pending orders add to it, dollars."""
    held = sum((abs(position.value) for position in view.positions if position.ticker == ticker), Decimal(0))
    return held + sum(
        (_exposure(book, order, settings) for order in book.pending if order.ticker == ticker), Decimal(0)
    )


def margin_a_dollar(book: Book, settings: TradingSettings) -> Decimal:
    """What selling short for a dollar takes of the available ones: margin beyond what it brings, and its costs."""
    initial = book.terms.margin.initial if book.terms.margin else Decimal(1)
    return initial - 1 + (settings.slippage_bps + settings.commission_bps) / TEN_THOUSAND


def _exposure(book: Book, order: Order, settings: TradingSettings) -> Decimal:
    budget = order.budget or Decimal(0)
    return budget if order.side == "BUY" or not budget else budget / margin_a_dollar(book, settings)


def _limit(book: Book, view: PortfolioView, ticker: str, decision: Decision, settings: TradingSettings) -> int:
    """Micro-dollars that the position limit leaves for a ticker."""
    room = max(settings.position_limit * view.equity - committed(book, view, ticker, settings), Decimal(0))
    return _micros(room if decision.action == "BUY" else room * margin_a_dollar(book, settings))


def _micros(dollars: Decimal) -> int:
    return int((dollars * 1_000_000).to_integral_value(ROUND_DOWN))
