"""Held figures in order of size, so that a stated one is looked up and not searched for.

Those of a snapshot are put in order once for all desks that were shown it; those that are a desk's own are few.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.evidence.following import following_figures
from arena.evidence.held import Held, shown_figures
from arena.evidence.stated import Stated
from arena.records.market import MarketSnapshot
from arena.same import once_for_each

MOST_OF_A_FRACTION = 10.0
"""Above it a value is not told as a hundred times itself in percent."""

LARGE = 1e6
"""From here on a value may be told in thousands, millions or billions by a table's heading alone."""

FLOAT_ERROR = 1e-9
"""The relative error of a value that went through floats."""

SNAPSHOTS_KEPT = 128
"""Those of a round of a hundred tickers, three hundred kilobytes each."""


class Nearest(NamedTuple):
    """A held figure, in the terms that a stated one is told in."""

    size: float
    name: str


class Facts:
    """Held figures, in the terms they may be told in."""

    def __init__(self, held: Iterable[Held]) -> None:
        columns = [column for column in held if column.values]
        lengths = [len(column.values) for column in columns]
        values = np.fromiter(chain.from_iterable(column.values for column in columns), np.float64, sum(lengths))
        are_amounts = np.repeat(np.array([column.are_amounts for column in columns], dtype=bool), lengths)
        there = np.isfinite(values) & (values != 0)
        self._amounts = _InOrder(np.abs(values), np.flatnonzero(there & are_amounts))
        self._others = _InOrder(np.abs(values), np.flatnonzero(there & ~are_amounts))
        self._ends = [*accumulate(lengths)]
        self._names = [column.name for column in columns]

    def bear_out(self, one: Stated) -> bool:
        """Whether some value rounds to the figure, or is cut to it, in the terms the figure is told in."""
        value, step = float(one.value), float(one.step)
        slack = FLOAT_ERROR * value
        # Cut at its last digit a value is less than one step above; one whole step above it is another figure.
        low, high = value - step / 2 - slack, value + max(step * (1 - 1e-6), slack)
        if self._others.has(low, high) or (not one.is_percent and self._amounts.has(low, high)):
            return True
        if not (one.is_percent or one.is_bare):
            return False
        if self._others.has(low / 100, min(high / 100, MOST_OF_A_FRACTION)):
            return True
        return one.is_bare and not one.is_percent and self._in_a_table(low, high)

    def _in_a_table(self, low: float, high: float) -> bool:
        """Whether some value does in percent, or in the thousands, millions or billions of a heading."""
        return self._others.has(low * 100, high * 100) or any(
            sizes.has(max(low * times, LARGE), high * times)
            for times in (1e3, 1e6, 1e9)
            for sizes in (self._amounts, self._others)
        )

    def nearest(self, one: Stated) -> Nearest | None:
        """The held figure of the nearest size, with its size in percent for a percentage."""
        value = float(one.value)
        found = [*self._others.around(value)]
        if one.is_percent:
            fractions = self._others.around(value / 100, MOST_OF_A_FRACTION)
            found += ((100 * size, place) for size, place in fractions)
        else:
            found += self._amounts.around(value)
        if not found:
            return None
        # Of those alike the first: what was shown before what follows from it.
        size, place = min(found, key=lambda held: (abs(held[0] - value), held))
        return Nearest(size, self._name(place))

    def _name(self, place: int) -> str:
        column = bisect_right(self._ends, place)
        before = self._ends[column - 1] if column else 0
        return self._names[column](place - before)


class _InOrder:
    """Sizes from the smallest on, and the place of what has each."""

    def __init__(self, sizes: NDArray[np.float64], places: NDArray[np.intp]) -> None:
        order = places[np.argsort(sizes[places], kind="stable")]
        # As plain numbers, among which one is found at once.
        self._sizes = array("d", sizes[order].tobytes())
        self._places = array("I", order.astype(np.uintc).tobytes())

    def has(self, low: float, high: float) -> bool:
        """Whether there is a size from `low` to `high`."""
        place = bisect_left(self._sizes, low)
        return place < len(self._sizes) and self._sizes[place] <= high

    def around(self, size: float, most: float | None = None) -> Iterator[tuple[float, int]]:
        """The nearest sizes on either side, up to `most`, each with the lowest place of all that have it."""
        end = len(self._sizes) if most is None else bisect_right(self._sizes, most)
        above = bisect_left(self._sizes, size, 0, end)
        if above < end:
            yield self._sizes[above], self._places[above]
        if above > 0:
            below = bisect_left(self._sizes, self._sizes[above - 1])
            yield self._sizes[below], self._places[below]


@once_for_each(most=SNAPSHOTS_KEPT)
def facts_of(snapshot: MarketSnapshot) -> Facts:
    """The figures of a snapshot and what follows from them."""
    return Facts([*shown_figures(snapshot), *following_figures(snapshot)])
