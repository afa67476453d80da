"""What a fill does to a book: it buys, sells what is held, sells short, or covers, as its order said.

No fill turns a holding into a short or back. What opens a position pays from cash that neither other purchases nor
margin need; what closes one is filled whatever it costs, for a short that cannot be closed would be worse.
"""

from decimal import Decimal

from arena.ledger.book import Book, ClosedTrade, Holding
from arena.ledger.effects import broken, pending_order, with_cash, without_call, without_order
from arena.ledger.margin import cash_kept, taken
from arena.records.base import micro
from arena.records.shares import is_whole, shares_text
from arena.records.trading import Fill, MarginCall, Order


def after_fill(book: Book, fill: Fill) -> Book:
    """Cash against shares, as its order or its margin call said."""
    if not (book.terms.fractional or is_whole(fill.shares)):
        raise broken(fill, f"it trades {shares_text(fill.shares)} shares in a book of whole ones")
    called = [call for call in book.calls if call.key == fill.order_key]
    filled = _forced(book, called[0], fill) if called else _ordered(book, fill)
    return filled.model_copy(update={"fills": book.fills + 1})


def _ordered(book: Book, fill: Fill) -> Book:
    order = pending_order(book, fill, fill.order_key)
    if (order.ticker, order.side, order.rule) != (fill.ticker, fill.side, fill.rule):
        raise broken(fill, f"it does not match its order {order.key}")
    if fill.session != order.fills_on:
        raise broken(fill, f"it is of {fill.session}, and its order {order.key} is for {order.fills_on}")
    without = without_order(book, order)
    if order.budget is not None:
        return _opened(without, order, order.budget, fill)
    if fill.shares != order.shares:
        wanted = "none" if order.shares is None else shares_text(order.shares)
        verb = "sells" if fill.side == "SELL" else "covers"
        raise broken(fill, f"its order {verb} {wanted} shares, not {shares_text(fill.shares)}")
    return _sold(without, fill) if fill.side == "SELL" else _covered(without, fill)


def _opened(book: Book, order: Order, budget: Decimal, fill: Fill) -> Book:
    """A purchase or a short sale."""
    margin, held = book.terms.margin, book.shares(fill.ticker)
    if fill.side == "SELL" and margin is None:
        raise broken(fill, f"{book.contestant}'s book sells nothing short")
    if (held < 0) if fill.side == "BUY" else (held > 0):
        raise broken(fill, f"it would turn {shares_text(held)} {fill.ticker} into their opposite")
    takes = taken(fill, margin.initial if margin else Decimal(0))
    if takes > budget:
        raise broken(fill, f"it costs {takes} dollars, more than its order's budget of {budget}")
    change = micro(fill.cash_change)
    cost = -change + (book.holdings[fill.ticker].cost if held else 0)
    shares = held + (fill.shares if fill.side == "BUY" else -fill.shares)
    holdings = {**book.holdings, fill.ticker: Holding(shares=shares, cost=cost)}
    filled = with_cash(book.model_copy(update={"holdings": holdings}), fill, change)
    if filled.cash < (kept := cash_kept(filled, order, fill.price)):
        raise broken(fill, f"the cash would be {filled.cash} dollars, and margin keeps {kept}")
    return filled


def _sold(book: Book, fill: Fill) -> Book:
    """A sale of what is held."""
    held = book.holdings.get(fill.ticker)
    if held is None or held.shares < fill.shares:
        own = shares_text(book.shares(fill.ticker))
        raise broken(fill, f"it sells {shares_text(fill.shares)} shares of {fill.ticker}, and {own} are held")
    proceeds, cost = micro(fill.cash_change), micro(held.cost * fill.shares / held.shares)
    trade = _trade(fill, proceeds, cost)
    left = _reduced(book, fill, held.shares - fill.shares, held.cost - cost, trade)
    return with_cash(left, fill, proceeds)


def _covered(book: Book, fill: Fill) -> Book:
    """A purchase of what is short."""
    held = book.holdings.get(fill.ticker)
    if held is None or -held.shares < fill.shares:
        short = shares_text(-book.shares(fill.ticker))
        raise broken(fill, f"it covers {shares_text(fill.shares)} shares of {fill.ticker}, and {short} are short")
    proceeds, cost = micro(-held.cost * fill.shares / -held.shares), -micro(fill.cash_change)
    trade = _trade(fill, proceeds, cost)
    left = _reduced(book, fill, held.shares + fill.shares, held.cost + proceeds, trade)
    return with_cash(left, fill, -cost, may_owe=True)


def _forced(book: Book, call: MarginCall, fill: Fill) -> Book:
    """The whole short that a margin call named."""
    if (fill.ticker, fill.side, fill.rule) != (call.ticker, "BUY", "next_open") or fill.session <= call.session:
        raise broken(fill, f"it does not match its margin call {call.key}")
    if fill.shares != -book.shares(fill.ticker):
        short = shares_text(-book.shares(fill.ticker))
        raise broken(fill, f"its margin call covers all {short} shares, not {shares_text(fill.shares)}")
    return _covered(without_call(book, call), fill)


def _trade(fill: Fill, proceeds: Decimal, cost: Decimal) -> ClosedTrade:
    return ClosedTrade(
        ticker=fill.ticker,
        session=fill.session,
        shares=fill.shares,
        proceeds=proceeds,
        cost=cost,
        gain=proceeds - cost,
        short=fill.side == "BUY",
    )


def _reduced(book: Book, fill: Fill, shares: Decimal, cost: Decimal, trade: ClosedTrade) -> Book:
    holdings = {ticker: holding for ticker, holding in book.holdings.items() if ticker != fill.ticker}
    if shares:
        holdings[fill.ticker] = Holding(shares=shares, cost=cost)
    return book.model_copy(update={"holdings": holdings, "closed_trades": (*book.closed_trades, trade)})
