"""Raw rows of daily prices, from any vendor, read into bars that can be believed.

The promise: a row is believed as it stands, or left out and named by a note about its day; none is repaired,
and no cell is guessed. Rows may come in any order. What is wrong with single rows is told here; what is wrong
between bars that are sound each for itself (jumps, gaps, staleness) is told in `arena.market.doubts`.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from arena.records.base import plain
from arena.records.market import Bar, PriceNote

Cell: TypeAlias = Decimal | float | str | None
"""A number as a vendor wrote it; None, NaN, blank text, "None" and "-" mean that there is none."""

_NAMES = ("open", "high", "low", "close", "volume")
_LARGEST = 20
"""The power of ten that no price and no volume reaches; Decimal's own arithmetic ends at 28 digits."""
_BLANK = frozenset({"", "-", "none", "nan", "null"})


class RawRow(NamedTuple):
    """One day's row as a vendor wrote it."""

    day: date
    place: str
    """Where it stands, as a note names it: `ACME.csv, line 3`."""
    open: Cell
    high: Cell
    low: Cell
    close: Cell
    volume: Cell


def believed(rows: Iterable[RawRow]) -> tuple[tuple[Bar, ...], tuple[PriceNote, ...]]:
    """The sound rows as bars in ascending order of day, and a note for every row that was left out.

    Of rows that say the same of one day the first is kept; where two sound ones differ, both are left out,
    because nothing tells which is right.
    """
    bars: list[Bar] = []
    notes: list[PriceNote] = []
    for day, same_day in groupby(sorted(rows, key=attrgetter("day")), key=attrgetter("day")):
        sound: list[tuple[RawRow, Bar]] = []
        for row in same_day:
            try:
                sound.append((row, _bar(row)))
            except ValueError as problem:
                notes.append(PriceNote(text=f"{row.place}: {problem}; the row is left out", day=day))
        kept, told = _one_of(sound, day)
        bars += kept
        notes += told
    return tuple(bars), tuple(notes)


def _one_of(sound: Sequence[tuple[RawRow, Bar]], day: date) -> tuple[list[Bar], list[PriceNote]]:
    """The bar that all sound rows of a day agree on, if they do."""
    if len(sound) < 2:
        return [bar for _, bar in sound], []
    second = sound[1][0].place
    if all(bar == sound[0][1] for _, bar in sound):
        return [sound[0][1]], [PriceNote(text=f"{second}: {day} is there twice, the same; one row is kept", day=day)]
    return [], [PriceNote(text=f"{second}: {day} is there twice with different prices; both are left out", day=day)]


def _bar(row: RawRow) -> Bar:
    """The bar; a ValueError says in one clause why there is none."""
    cells = (row.open, row.high, row.low, row.close, row.volume)
    if all(_is_blank(cell) for cell in cells[:4]):
        raise ValueError("there are no prices")
    opened, high, low, close, volume = (_number(name, cell) for name, cell in zip(_NAMES, cells, strict=True))
    for name, price in zip(_NAMES, (opened, high, low, close), strict=False):
        if price <= 0:
            raise ValueError(f"{name} is {price}, not above zero")
    if high < low:
        raise ValueError(f"high {high} is below low {low}")
    for name, price in (("open", opened), ("close", close)):
        if not low <= price <= high:
            raise ValueError(f"{name} {price} is outside low {low} and high {high}")
    if volume < 0 or volume != volume.to_integral_value():
        raise ValueError(f"volume is {volume}, not a whole number of shares")
    return Bar(session=row.day, open=opened, high=high, low=low, close=close, volume=int(volume))


def _is_blank(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.strip().lower() in _BLANK
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return cell is None or math.isnan(cell)


def _number(name: str, cell: Cell) -> Decimal:
    if _is_blank(cell):
        raise ValueError(f"{name} is empty")
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        raise ValueError(f"{name} is {cell!r}, not a number") from None
    if not number.is_finite() or number.adjusted() > _LARGEST:
        raise ValueError(f"{name} is {str(cell)!r}, not a number")
    return plain(number)
