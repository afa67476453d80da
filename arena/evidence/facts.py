"""Held figures in order of size, so that a stated one is looked up and not searched for.

Those of a snapshot are put in order once for all desks that were shown it; those that are a desk's own are few.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from arena.evidence.following import following_figures
from arena.evidence.held import Held, shown_figures
from arena.evidence.stated import Stated
from arena.records.market import MarketSnapshot

MOST_OF_A_FRACTION = 10
"""Above it a value is not told as a hundred times itself in percent."""

LARGE = 1e6
"""From here on a value may be told in thousands, millions or billions by a table's heading alone."""

FLOAT_ERROR = 1e-9
"""The relative error of a value that went through floats."""

SNAPSHOTS_KEPT = 16

_BETWEEN = "\0"
"""Between two names."""


class Facts:
    """Held figures, in the terms they may be told in."""

    def __init__(self, held: Iterable[Held]) -> None:
        kept = [one for one in held if one.value and isfinite(one.value)]
        sizes = np.abs(np.array([one.value for one in kept], dtype=np.float64))
        relative = np.array([place for place, one in enumerate(kept) if not one.is_amount], dtype=np.int64)
        fractions = relative[sizes[relative] <= MOST_OF_A_FRACTION]
        in_percent = 100 * sizes[fractions]
        large = sizes[sizes >= LARGE]
        # One text and one string of bytes: as thousands of objects they are five times as large, and seldom asked for.
        self._names = _BETWEEN.join(one.name.replace(_BETWEEN, " ") for one in kept)
        self._are_amounts = bytes(one.is_amount for one in kept)
        self._plain = _InOrder(sizes, np.arange(len(kept)))
        self._percent = _InOrder(np.concatenate([sizes[relative], in_percent]), np.concatenate([relative, fractions]))
        self._bare = _floats(
            np.sort(np.concatenate([sizes, in_percent, sizes[relative] / 100, large / 1e3, large / 1e6, large / 1e9]))
        )

    def bear_out(self, one: Stated) -> bool:
        """Whether some value rounds to the figure, or is cut to it, in the terms the figure is told in."""
        value, step = float(one.value), float(one.step)
        slack = FLOAT_ERROR * value
        # Cut at its last digit a value is less than one step above; one whole step above it is another figure.
        above = max(step * (1 - 1e-6), slack)
        among = self._percent.sizes if one.is_percent else self._bare if one.is_bare else self._plain.sizes
        place = bisect_left(among, value - step / 2 - slack)
        return place < len(among) and among[place] <= value + above

    def nearest(self, one: Stated) -> Held | None:
        """The held figure of the nearest size, with its size in percent for a percentage."""
        among, value = self._percent if one.is_percent else self._plain, float(one.value)
        place = bisect_left(among.sizes, value)
        around = among.sizes[max(0, place - 1) : place + 1]
        if not around:
            return None
        size = min(around, key=lambda found: abs(found - value))
        place = among.first(size)
        return Held(size, self._names.split(_BETWEEN)[place], bool(self._are_amounts[place]))


class _InOrder:
    """Sizes from the smallest on, and the place of what has each."""

    def __init__(self, sizes: NDArray[np.float64], places: NDArray[np.int64]) -> None:
        order = np.argsort(sizes)
        self.sizes = _floats(sizes[order])
        self._places = places[order]

    def first(self, size: float) -> int:
        """Of all that have this size the lowest place: what was shown before what follows from it."""
        alike = slice(bisect_left(self.sizes, size), bisect_right(self.sizes, size))
        return int(self._places[alike].min())


def _floats(sizes: NDArray[np.float64]) -> "array[float]":
    """As plain floats, among which one is found at once."""
    return array("d", sizes.tobytes())


def facts_of(snapshot: MarketSnapshot) -> Facts:
    """The figures of a snapshot and what follows from them."""
    return _facts_of(_ByHash(snapshot))


class _ByHash:
    """A snapshot that is the same one where its content is."""

    def __init__(self, snapshot: MarketSnapshot) -> None:
        self.snapshot = snapshot

    def __hash__(self) -> int:
        return hash(self.snapshot.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByHash) and other.snapshot.hash == self.snapshot.hash


@lru_cache(maxsize=SNAPSHOTS_KEPT)
def _facts_of(key: _ByHash) -> Facts:
    return Facts([*shown_figures(key.snapshot), *following_figures(key.snapshot)])


def nearest_of(found: Sequence[Held | None], value: float) -> Held | None:
    """The one whose size is nearest to the value; None where there is none."""
    there = [one for one in found if one is not None]
    return min(there, key=lambda one: abs(one.value - value), default=None)
