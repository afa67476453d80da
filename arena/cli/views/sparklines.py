"""Equity as sparklines: a character a session, all contestants on one scale, so that equal heights are equal dollars.

Sparklines as Tufte has them (Beautiful Evidence, 2006), in words and heights alone: no colour says anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.views import tables
from arena.records.performance import EquityCurve

BLOCKS = "▁▂▃▄▅▆▇█"
DIGITS = "12345678"
"""For terminals that have no blocks."""


def equity_view(
    names: Sequence[str], curves: Sequence[EquityCurve], *, blocks: bool = True
) -> Iterator[RenderableType]:
    """A line for each of `names` that has a curve of two points at least; nothing where nobody has one."""
    marks = BLOCKS if blocks else DIGITS
    found = {curve.contestant: curve for curve in curves if len(curve.points) > 1}
    if not found:
        return
    amounts = [point.equity for curve in found.values() for point in curve.points]
    low, high = min(amounts), max(amounts)
    yield tables.heading("Equity")
    table = tables.table("Contestant", "Lowest", "Highest", "At the closes", right=("Lowest", "Highest"))
    for name in names:
        if name in found:
            equity = [point.equity for point in found[name].points]
            line = sparkline(equity, low, high, marks)
            table.add_row(name, figures.dollars(min(equity)), figures.dollars(max(equity)), line)
    yield table
    yield Text(_scale(found, low, high, marks))


def sparkline(amounts: Sequence[Decimal], low: Decimal, high: Decimal, marks: str = BLOCKS) -> str:
    """A character for each amount, the lowest mark at `low`, the highest at `high`; the middle where all is level."""
    if high == low:
        return marks[len(marks) // 2] * len(amounts)
    steps = len(marks) - 1
    return "".join(marks[round((amount - low) / (high - low) * steps)] for amount in amounts)


def _scale(found: Mapping[str, EquityCurve], low: Decimal, high: Decimal, marks: str) -> str:
    sessions = sorted({point.session for curve in found.values() for point in curve.points})
    span = f"{sessions[0]} to {sessions[-1]}"
    if low == high:
        return f"{span}, level at {figures.dollars(low)}"
    return f"{span}; {marks[0]} is {figures.dollars(low)}, {marks[-1]} is {figures.dollars(high)}"
