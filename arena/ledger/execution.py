"""What one order comes to at one bar: a fill, or the reason it is rejected."""

from decimal import Decimal
from typing import NamedTuple

from arena.config.trading import TradingSettings
from arena.errors import LedgerError
from arena.ledger.book import Book
from arena.ledger.margin import cash_kept, taken
from arena.records.base import micro
from arena.records.market import Bar
from arena.records.shares import WHOLE, floored, shares_text
from arena.records.terms import Margin
from arena.records.trading import Fill, MarginCall, Order

TEN_THOUSAND = Decimal(10_000)


def execution(order: Order, bar: Bar, settings: TradingSettings, book: Book, spendable: Decimal) -> Fill | str:
    """The fill, or one sentence on why there is none.

    `book` is as it stands just before; `spendable` are the dollars that are there for the order. What opens a
    position takes as many shares as its budget pays for, costs included; in a book with margin no more than margin
    allows by then. What closes one is filled as it was ordered, a cover whatever it costs. LedgerError where the
    price lies outside the bar.
    """
    price = price_of(order, bar)
    if order.budget is not None:
        return _opening(_Opening(order, price, settings, book.terms.margin), order.budget, book, spendable)
    return _sale(order, price, settings, spendable) if order.side == "SELL" else _cover(order, price, settings, book)


def executed(order: Order, shares: Decimal, price: Decimal, settings: TradingSettings) -> Fill:
    """The order filled with so many shares at a price, slippage and commission included."""
    return Fill(
        key=f"fill:{order.session}:{order.ticker}:{order.contestant}",
        contestant=order.contestant,
        session=order.fills_on,
        order_key=order.key,
        ticker=order.ticker,
        side=order.side,
        shares=shares,
        price=price,
        slippage=_part(shares * price, settings.slippage_bps),
        fee=_part(shares * price, settings.commission_bps),
        rule=order.rule,
    )


def forced(call: MarginCall, shares: Decimal, bar: Bar, settings: TradingSettings) -> Fill:
    """The cover that a margin call forces at a bar's open, whatever it costs. LedgerError as for `execution`."""
    price = _inside(call.key, bar.open, bar)
    return Fill(
        key=f"cover:{call.session}:{call.ticker}:{call.contestant}",
        contestant=call.contestant,
        session=bar.session,
        order_key=call.key,
        ticker=call.ticker,
        side="BUY",
        shares=shares,
        price=price,
        slippage=_part(shares * price, settings.slippage_bps),
        fee=_part(shares * price, settings.commission_bps),
        rule="next_open",
    )


def price_of(order: Order, bar: Bar) -> Decimal:
    """The bar's price that the order's rule names. LedgerError where it lies outside the bar."""
    return _inside(order.key, bar.open if order.rule in {"next_open", "same_open"} else bar.close, bar)


def _inside(key: str, price: Decimal, bar: Bar) -> Decimal:
    if not bar.low <= price <= bar.high:
        raise LedgerError(f"{key}: {price} lies outside the bar of {bar.session}, {bar.low} to {bar.high}")
    return price


def _part(gross: Decimal, basis_points: Decimal) -> Decimal:
    return gross * basis_points / TEN_THOUSAND


class _Opening(NamedTuple):
    """An order that opens a position, at its price."""

    order: Order
    price: Decimal
    settings: TradingSettings
    margin: Margin | None

    def takes(self, shares: Decimal) -> Decimal:
        """Dollars that so many shares take of what is available."""
        return taken(self.filled(shares), self.margin.initial if self.margin else Decimal(0))

    def filled(self, shares: Decimal) -> Fill:
        return executed(self.order, shares, self.price, self.settings)

    @property
    def one(self) -> Decimal:
        """What one share takes, with every digit."""
        return -self.filled(WHOLE).cash_change if self.order.side == "BUY" else self.takes(WHOLE)

    def most(self, free: Decimal, step: Decimal) -> Decimal:
        """The most shares that so many dollars are enough for."""
        shares, one = floored(max(free, Decimal(0)) / self.one, step), self.one
        # The costs are rounded to the micro-dollar, which may take the last share over the budget.
        while shares > 0 and (over := self.takes(shares) - free) > 0:
            shares = max(shares - max(step, floored(over / one, step)), Decimal(0))
        return shares


def _opening(opening: _Opening, budget: Decimal, book: Book, spendable: Decimal) -> Fill | str:
    order, margin, held = opening.order, opening.margin, book.shares(opening.order.ticker)
    if order.side == "SELL" and margin is None:
        return "the book sells nothing short"
    if held < 0 and order.side == "BUY":
        return f"{shares_text(-held)} {order.ticker} are short by then, and no order turns a short into a holding"
    if held > 0 and order.side == "SELL":
        return f"{shares_text(held)} {order.ticker} are held by then, and no order turns a holding into a short"
    free = min(budget, spendable - cash_kept(book, order, opening.price)) if margin else budget
    shares = opening.most(free, book.terms.step)
    if not shares:
        return _too_dear(opening, free, budget)
    fill = opening.filled(shares)
    if margin is None and -micro(fill.cash_change) > spendable:
        return f"{shares_text(shares)} shares cost {-fill.cash_change:,.2f} dollars, and the cash is {spendable:,.2f}"
    return fill


def _too_dear(opening: _Opening, free: Decimal, budget: Decimal) -> str:
    there = f"the budget was {budget:,.2f}" if free == budget else f"margin leaves {max(free, Decimal(0)):,.2f}"
    verb = "costs" if opening.order.side == "BUY" else "sold short takes"
    return f"one share {verb} {opening.one:,.2f} dollars, and {there}"


def _sale(order: Order, price: Decimal, settings: TradingSettings, cash: Decimal) -> Fill | str:
    if not order.shares:
        return "the split left less than one share to sell"
    fill = executed(order, order.shares, price, settings)
    change = micro(fill.cash_change)
    if change < 0 and cash + change < 0:
        return f"fees and slippage exceed the proceeds by {-fill.cash_change:,.2f} dollars, more than the cash"
    return fill


def _cover(order: Order, price: Decimal, settings: TradingSettings, book: Book) -> Fill | str:
    short = book.shorts.get(order.ticker, Decimal(0))
    if not order.shares:
        return "the split left less than one share to cover"
    if short < order.shares:
        wanted = shares_text(order.shares)
        return f"it covers {wanted} {order.ticker}, and {shares_text(short)} are short by then"
    return executed(order, order.shares, price, settings)
