"""Orders against the calendar, and fills against their bars."""

from collections.abc import Iterator

from arena.audit.finding import found
from arena.audit.prices import KnownPrices
from arena.errors import TickerError
from arena.market import calendar
from arena.market.listings import listing_of
from arena.records.audit import Finding
from arena.records.trading import Fill, Order

AT_OPEN = frozenset({"next_open", "same_open"})
SAME_SESSION = frozenset({"same_open", "same_close"})


def check_order(order: Order) -> Iterator[Finding]:
    """Its own session, and the one it is to fill in."""
    exchange = exchange_of(order.ticker)
    if not calendar.is_session(order.session, exchange):
        yield found("no_session", order, f"it is of {order.session}, a {order.session:%A} without a session")
        return
    due = order.session if order.rule in SAME_SESSION else calendar.next_session(order.session, exchange)
    if order.fills_on != due:
        yield found("date", order, f"it is to fill on {order.fills_on}; {order.rule} after {order.session} is {due}")


def check_fill(fill: Fill, prices: KnownPrices) -> Iterator[Finding]:
    """Its session and its price: inside the bar, and its open or close."""
    if not calendar.is_session(fill.session, exchange_of(fill.ticker)):
        yield found("no_session", fill, f"it is of {fill.session}, a {fill.session:%A} without a session")
    bars = prices.bars(fill.ticker, fill.session)
    if not bars:
        return
    bar, name = bars[-1], "open" if fill.rule in AT_OPEN else "close"
    if not any(bar.low <= fill.price <= bar.high for bar in bars):
        side = "above the high" if fill.price > bar.high else "below the low"
        what = f"{fill.ticker} is filled at {fill.price}, {side} of {fill.session}, {bar.low} to {bar.high}"
        yield found("fill_price", fill, what)
    elif fill.price not in {bar.open if fill.rule in AT_OPEN else bar.close for bar in bars}:
        asked = bar.open if fill.rule in AT_OPEN else bar.close
        what = f"{fill.ticker} is filled at {fill.price}, which is not the {name} of {fill.session}, {asked}"
        yield found("fill_price", fill, what)


def exchange_of(ticker: str) -> str:
    """The calendar a ticker trades on; New York's for one that nobody could trade here."""
    try:
        return listing_of(ticker).calendar
    except TickerError:
        return calendar.NEW_YORK
