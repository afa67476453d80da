"""What one order comes to at one bar: a fill, or the reason it is rejected."""

from decimal import Decimal

from arena.config.model import TradingSettings
from arena.errors import LedgerError
from arena.records.base import micro
from arena.records.market import Bar
from arena.records.trading import Fill, Order

TEN_THOUSAND = Decimal(10_000)


def execution(order: Order, bar: Bar, settings: TradingSettings, spendable: Decimal) -> Fill | str:
    """The fill, or one sentence on why there is none; `spendable` are the dollars that are there for it.

    A purchase buys as many shares as its budget pays for, costs included. LedgerError where the price lies
    outside the bar.
    """
    price = price_of(order, bar)
    if order.side == "BUY":
        return _purchase(order, price, settings, spendable)
    return _sale(order, price, settings, spendable)


def executed(order: Order, shares: int, price: Decimal, settings: TradingSettings) -> Fill:
    """The order filled with so many shares at a price, slippage and commission included."""
    gross = shares * price
    return Fill(
        key=f"fill:{order.session}:{order.ticker}:{order.contestant}",
        contestant=order.contestant,
        session=order.fills_on,
        order_key=order.key,
        ticker=order.ticker,
        side=order.side,
        shares=shares,
        price=price,
        slippage=gross * settings.slippage_bps / TEN_THOUSAND,
        fee=gross * settings.commission_bps / TEN_THOUSAND,
        rule=order.rule,
    )


def price_of(order: Order, bar: Bar) -> Decimal:
    """The bar's price that the order's rule names. LedgerError where it lies outside the bar."""
    price = bar.open if order.rule in {"next_open", "same_open"} else bar.close
    if not bar.low <= price <= bar.high:
        raise LedgerError(f"{order.key}: {price} lies outside the bar of {bar.session}, {bar.low} to {bar.high}")
    return price


def _purchase(order: Order, price: Decimal, settings: TradingSettings, cash: Decimal) -> Fill | str:
    budget = order.budget or Decimal(0)
    one = executed(order, 1, price, settings)
    shares = int(budget / -one.cash_change)
    # The costs are rounded to the micro-dollar, which may take the last share over the budget.
    while shares and -micro(executed(order, shares, price, settings).cash_change) > budget:
        shares -= 1
    if not shares:
        return f"one share costs {-one.cash_change:,.2f} dollars, and the budget was {budget:,.2f}"
    fill = executed(order, shares, price, settings)
    if -micro(fill.cash_change) > cash:
        return f"{shares} shares cost {-fill.cash_change:,.2f} dollars, and the cash is {cash:,.2f}"
    return fill


def _sale(order: Order, price: Decimal, settings: TradingSettings, cash: Decimal) -> Fill | str:
    if not order.shares:
        return "the split left less than one share to sell"
    fill = executed(order, order.shares, price, settings)
    if cash + micro(fill.cash_change) < 0:
        return f"fees and slippage exceed the proceeds by {-fill.cash_change:,.2f} dollars, more than the cash"
    return fill
