"""What became of the orders of a round."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import clean
from arena.cli.views import tables
from arena.records.trading import Fill, Order, RecordedRule, Rejection

_PRICE_OF: dict[RecordedRule, str] = {
    "next_open": "open",
    "next_close": "close",
    "same_close": "close",
    "same_open": "open",
}


def trades_table(orders: Sequence[Order], fills: Sequence[Fill], rejections: Sequence[Rejection]) -> RenderableType:
    """A line for each order, in order of ticker, then contestant: filled, rejected, or what it waits for."""
    if not orders:
        return Text("No orders.")
    filled = {fill.order_key: fill for fill in fills}
    rejected = {rejection.order_key: rejection for rejection in rejections}
    columns = ("Contestant", "Ticker", "Order", "Price", "Cash", "What became of it")
    table = tables.table(*columns, right=("Price", "Cash"), whole=("Ticker", "Price", "Cash"))
    for order in sorted(orders, key=lambda order: (order.ticker, order.contestant)):
        cells = _filled(filled[order.key]) if order.key in filled else _not_filled(order, rejected.get(order.key))
        table.add_row(order.contestant, order.ticker, *cells)
    return table


def _filled(fill: Fill) -> tuple[str, ...]:
    lost = fill.slippage + fill.fee
    fees = f", {figures.dollars(lost)} of it slippage and fees" if lost else ""
    return (
        f"{fill.side} {figures.shares(fill.shares)}",
        figures.price(fill.price),
        figures.gain(fill.cash_change),
        f"filled, {_PRICE_OF[fill.rule]} of {fill.session}{fees}",
    )


def _not_filled(order: Order, rejection: Rejection | None) -> tuple[str, ...]:
    wanted = f"{order.side} {_size(order)}"
    if rejection is not None:
        return wanted, figures.UNKNOWN, figures.UNKNOWN, f"rejected: {clean(rejection.reason)}"
    waits = f"pending until the {_PRICE_OF[order.rule]} of {order.fills_on}"
    return wanted, figures.UNKNOWN, figures.UNKNOWN, waits


def _size(order: Order) -> str:
    if order.budget is None:
        return figures.shares(order.shares)
    what = f"for up to {figures.dollars(order.budget)}"
    return what if order.side == "BUY" else f"short {what} of margin"
