"""Prices and indicators of a snapshot, for people."""

from collections.abc import Iterator

from rich.console import RenderableType

from arena import figures
from arena.cli.views import tables
from arena.cli.views.picture import Picture
from arena.market.indicators import adjusted_closes
from arena.records.market import MarketSnapshot

_BARS = 10


def picture(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """All closes of the snapshot, drawn."""
    bars, splits = snapshot.prices.bars, snapshot.prices.splits
    yield tables.heading(f"{figures.plural(len(bars), 'close')} in {snapshot.prices.currency}, adjusted for splits")
    if not bars:
        yield tables.paragraph("There are no prices to draw.")
        return
    yield Picture([bar.session for bar in bars], [float(close) for close in adjusted_closes(bars, splits)])


def bars(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest bars, and the dividends and splits."""
    newest = snapshot.prices.bars[-_BARS:]
    if not newest:
        return
    numbers = ("Open", "High", "Low", "Close", "Volume")
    yield tables.heading(f"The last {figures.plural(len(newest), 'bar')}, as traded, in {snapshot.prices.currency}")
    table = tables.table("Session", *numbers, right=numbers, whole=("Session", *numbers))
    for bar in newest:
        prices = (figures.amount(price) for price in (bar.open, bar.high, bar.low, bar.close))
        table.add_row(str(bar.session), *prices, figures.count(bar.volume))
    yield table
    yield from _actions(snapshot)


def indicators(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest value of each indicator."""
    section = snapshot.indicators
    if not section.series:
        return
    yield tables.heading(f"Indicators at {section.sessions[-1]}")
    table = tables.table("Indicator", "Value", "Indicator", "Value", right=("Value",))
    cells = [(name, _figure(values[-1])) for name, values in section.series.items()]
    half = (len(cells) + 1) // 2
    for place in range(half):
        table.add_row(*cells[place], *(cells[place + half] if place + half < len(cells) else ("", "")))
    yield table


def _actions(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    events = [f"{split.ex_date}: split {split.ratio}:1" for split in snapshot.prices.splits]
    events += [f"{paid.ex_date}: dividend {figures.amount(paid.amount)}" for paid in snapshot.prices.dividends]
    if events:
        yield tables.heading("Dividends and splits")
        yield from tables.bullets(sorted(events))


def _figure(value: float | None) -> str:
    return figures.UNKNOWN if value is None else f"{value:,.4f}"
