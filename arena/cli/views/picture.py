"""A picture of prices in characters, as wide as there is room and plain where there are no colours.

Of our own, in 60 lines: plotext, the library for this, was rewritten in 2026 with another interface and a kernel
compiled at installation, and its version 5 is no longer looked after.
"""

from collections.abc import Sequence
from datetime import date

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WIDEST = 4
"""Columns one value takes at most."""
_NARROWEST = 8


class Picture:
    """Values over time, as an area that begins just below the lowest. Not empty, one day a value."""

    def __init__(self, days: Sequence[date], values: Sequence[float], height: int = 14) -> None:
        """`height` is in rows, without the line of dates."""
        self._days = days
        self._values = values
        self._height = height

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it. In a locale without block characters a cell is full or empty."""
        highest, lowest = max(self._values), min(self._values)
        labels = {0: f"{highest:,.2f}", self._height - 1: f"{lowest:,.2f}"}
        margin = max(map(len, labels.values())) + 1
        room = max(options.max_width - margin - 1, _NARROWEST)
        shown = _fitted(self._values, room)
        filled = [_eighths(value, lowest, highest, self._height) for value in shown]
        signs = " " * 5 + "#" * 4 if options.ascii_only else _EIGHTHS
        style = "green" if self._values[-1] >= self._values[0] else "red"
        for row in range(self._height):
            below = 8 * (self._height - 1 - row)
            cells = "".join(signs[min(max(eighths - below, 0), 8)] for eighths in filled)
            line = Text.assemble(f"{labels.get(row, ''):>{margin - 1}} ", (cells, style), no_wrap=True)
            line.rstrip()
            yield line
        yield Text(" " * margin + _dates(self._days, len(shown), room), no_wrap=True)


def _fitted(values: Sequence[float], room: int) -> list[float]:
    """One value a column: the last of each of `room` groups, or each repeated while there is room."""
    if len(values) > room:
        return [values[(column + 1) * len(values) // room - 1] for column in range(room)]
    wide = min(room // len(values), _WIDEST)
    return [value for value in values for _ in range(wide)]


def _eighths(value: float, lowest: float, highest: float, height: int) -> int:
    """How many eighths of a row stand in a column: one for the lowest value, all for the highest."""
    if highest == lowest:
        return 4 * height
    return 1 + round((value - lowest) / (highest - lowest) * (8 * height - 1))


def _dates(days: Sequence[date], width: int, room: int) -> str:
    """The first and the last day under the ends of a picture that is `width` columns wide."""
    first, last = str(days[0]), str(days[-1])
    apart, together = f"{first}{last:>{max(width - len(first), 0)}}", f"{first} to {last}"
    if len(days) > 1 and width > len(first) + len(last):
        return apart
    return together if len(days) > 1 and len(together) <= room else first
