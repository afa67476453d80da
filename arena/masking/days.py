"""Days as English texts write them, and how each form is written for another day.

A day that is named without its year is of the year in which it is nearest to the text's own date.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from arena.masking.months import MONTH, month_of, spelled_like
from arena.masking.shift import Shift

YEAR = r"(?:199\d|20[0-4]\d)"
"""The years that are moved, all of which end up later than the last of them: no masked year is a real one of these.
Earlier ones are history that tells no date, and stay."""

_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ORDINAL = r"(?:st|nd|rd|th)"

BARE_NEAR = 120
"""Days between a text and a day that it writes as 10/14; one that is further off is a fraction or a ratio."""

_FRACTIONS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/8", "3/8", "5/8", "7/8", "1/10"})


class Move(NamedTuple):
    """How the dates of one text are moved."""

    shift: Shift
    near: date
    """The day the text was written on."""

    def year(self, year: int) -> int:
        """A year that is named without a day: as far from the text's own year as it was."""
        return year + self.shift.day(self.near).year - self.near.year


Rewrite = Callable[[re.Match[str], Move], str | None]
"""The same form for the moved date; None for what is no date after all."""


class Form(NamedTuple):
    """One way to write a date."""

    pattern: re.Pattern[str]
    rewrite: Rewrite


def form(pattern: str, rewrite: Rewrite) -> Form:
    """A form whose letters may be small or capital."""
    return Form(re.compile(pattern, re.IGNORECASE), rewrite)


def day_in(year: str | int, month: str | int, day: str | int) -> date | None:
    """The day, where there is such a one; two digits of a year are of this century."""
    whole = int(year) + 2000 if len(str(year)) == 2 else int(year)
    try:
        return date(whole, int(month), int(day))
    except ValueError:
        return None


def nearest(month: int, day: int, near: date) -> date | None:
    """The day of that month and number that is nearest to `near`."""
    found = [day_in(near.year + years, month, day) for years in (-1, 0, 1)]
    return min((one for one in found if one), key=lambda one: abs(one - near), default=None)


def ordinal(day: int) -> str:
    """The ending of a day's number: st, nd, rd or th."""
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _iso(found: re.Match[str], move: Move) -> str | None:
    was = day_in(found["y"], found["m"], found["d"])
    if was is None:
        return None
    now, mark = move.shift.day(was), found["s"]
    return mark.join((f"{now.year}", f"{now.month:02}", f"{now.day:02}"))


def _compact(found: re.Match[str], move: Move) -> str | None:
    was = day_in(found["y"], found["m"], found["d"])
    return None if was is None else f"{move.shift.day(was):%Y%m%d}"


def _option(found: re.Match[str], move: Move) -> str | None:
    was = day_in(found["y"], found["m"], found["d"])
    return None if was is None else f"{move.shift.day(was):%y%m%d}"


def _numbers(found: re.Match[str], move: Move) -> str | None:
    """10/14/2025 as in America; 14.10.2025 with full stops, and where it can be nothing else."""
    american = int(found["a"]) <= 12 and found["s"] != "."
    month, day = (found["a"], found["b"]) if american else (found["b"], found["a"])
    was = day_in(found["y"], month, day)
    if was is None:
        return None
    now, mark = move.shift.day(was), found["s"]
    first, second = (now.month, now.day) if american else (now.day, now.month)
    return f"{first}{mark}{second}{mark}{str(now.year)[-len(found['y']) :]}"


def _month_day(found: re.Match[str], move: Move) -> str | None:
    was = _of(found["y"], found["m"], found["d"], move.near)
    if was is None:
        return None
    now = move.shift.day(was)
    text = f"{spelled_like(now.month, found['m'])}{found['g']}{now.day}{ordinal(now.day) if found['o'] else ''}"
    if found["e"]:
        until = move.shift.day(was.replace(day=int(found["e"]))) if _exists(was, found["e"]) else now
        again = "" if until.month == now.month else f"{spelled_like(until.month, found['m'])}{found['g']}"
        text += f"{found['r']}{again}{until.day}{ordinal(until.day) if found['p'] else ''}"
    return text + (f"{found['c']}{now.year}" if found["y"] else "")


def _day_month(found: re.Match[str], move: Move) -> str | None:
    if found["m"] in {"may", "march", "mar"}:
        return None  # "these 2 may rise"
    was = _of(found["y"], found["m"], found["d"], move.near)
    if was is None:
        return None
    now = move.shift.day(was)
    text = f"{now.day}{ordinal(now.day) if found['o'] else ''}{found['g']}{spelled_like(now.month, found['m'])}"
    return f"{text}{found['t']}" + (f"{found['c']}{now.year}" if found["y"] else "")


def _bare(found: re.Match[str], move: Move) -> str | None:
    was = nearest(int(found["m"]), int(found["d"]), move.near)
    if was is None or abs(was - move.near).days > BARE_NEAR or found[0] in _FRACTIONS:
        return None
    now = move.shift.day(was)
    return f"{now.month}/{now.day}"


def _of(year: str | None, month: str, day: str, near: date) -> date | None:
    return day_in(year, month_of(month), day) if year else nearest(month_of(month), int(day), near)


def _exists(was: date, day: str) -> bool:
    return day_in(was.year, was.month, day) is not None


DAYS: tuple[Form, ...] = (
    form(rf"(?<![\d.])(?P<y>{YEAR})(?P<s>[-/.])(?P<m>\d\d?)(?P=s)(?P<d>\d\d?)(?!\d)", _iso),
    form(rf"(?<![\d.,$])(?P<y>{YEAR})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d%]|[.,]\d)", _compact),
    form(r"(?<=[A-Z\d])(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=[CP]\d{8}\b)", _option),
    form(rf"(?<![\w/.$-])(?P<a>\d\d?)(?P<s>[/.-])(?P<b>\d\d?)(?P=s)(?P<y>{YEAR})(?![\d/%]|[.-]\d)", _numbers),
    form(r"(?<![\w/.$-])(?P<a>\d\d?)(?P<s>/)(?P<b>\d\d?)/(?P<y>\d\d)(?![\d/%]|[.-]\d)", _numbers),
    form(
        rf"\b(?P<m>{MONTH})(?P<g>\.\s*|\s+)(?P<d>{_DAY})(?P<o>{_ORDINAL}?)\b"
        rf"(?:(?P<r>\s?[-\u2013\u2014]\s?|\sto\s)(?P<e>{_DAY})(?P<p>{_ORDINAL}?)\b)?"
        rf"(?:(?P<c>,?\s+)(?P<y>{YEAR})\b)?(?!%|[.,]\d)",
        _month_day,
    ),
    form(
        rf"(?<![\w.,$/-])(?P<d>{_DAY})(?P<o>{_ORDINAL}?)(?P<g>(?:\s+of)?[\s-]+)(?P<m>{MONTH})\b(?P<t>\.?)"
        rf"(?:(?P<c>,?[\s-]+)(?P<y>{YEAR})\b)?",
        _day_month,
    ),
    form(
        r"(?<![\w/.,$-])(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])(?![\w/%-]|[.,]\d)",
        _bare,
    ),
)
"""In the order in which they are tried where several begin at the same place."""
