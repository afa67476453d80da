"""What a measurement says: a figure, the bound it is held to, and whether it holds."""

from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """One figure."""

    what: str
    found: float
    unit: str
    bound: float | None = None
    """The most it may be; None where it is only told."""
    least: bool = False
    """Whether the bound is the least it must be, instead."""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound."""
        if self.bound is None:
            return True
        return self.found >= self.bound if self.least else self.found <= self.bound

    def told(self) -> str:
        """One row of the report."""
        side = "at least" if self.least else "at most"
        bound = "" if self.bound is None else f"{side} {_number(self.bound)}"
        verdict = "" if self.bound is None else ("ok" if self.holds else "MISSED")
        return f"  {self.what:58} {_number(self.found):>12} {self.unit:10} {bound:>18}  {verdict}".rstrip()


def print_lines(title: str, lines: Iterable[Line]) -> bool:
    """Print a part of the report as it comes in; whether all of it holds."""
    print(title, flush=True)
    held = True
    for line in lines:
        print(line.told(), flush=True)
        held = held and line.holds
    return held


def _number(value: float) -> str:
    if value == int(value) and abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
