"""Months, quarters and years as English texts write them, and how each form is written for the moved one.

A number that could be a year and is counted something (2,024 is none, nor are $2024 or 2000 employees) stays.
"""

import re
from datetime import date

from arena.masking.days import YEAR, Form, Move, form
from arena.masking.months import MONTH, month_of, spelled_like

_COUNTED = (
    r"\s(?:employees|people|workers|staff|jobs|shares|units|stores|points|customers|companies|stocks|calls|puts"
    r"|contracts|vehicles|cars|dollars|miles|km|hours|index)\b"
)
_NOT_MONEY = r"(?<![\w$\u20ac\u00a3.,])"
_NAMED = ("first", "second", "third", "fourth")

_BEFORE = re.compile(
    r"(?:\b(?:in|since|by|until|till|through|during|of|last|next|this|early|late|mid|from|to|and|for|each|every|before"
    r"|after|between|our|the)[\s-]+|[(/])\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\.?(?:['\u2019]s)?[\s-](?:quarter|half|year|month|meeting|earnings|results|reports?|expir\w+|calls?|puts?|contracts?"
    r"|futures|sales|data|inflation|low|high)\b",
    re.IGNORECASE,
)
_SURELY = frozenset({"january", "february", "june", "july", "september", "october", "november", "december"})
"""Months that are no other word or name, so that they are months wherever they stand."""


def _month_year(found: re.Match[str], move: Move) -> str:
    was = date(_whole(found["y"]), month_of(found["m"]), 15)
    now = move.shift.day(was)
    return f"{spelled_like(now.month, found['m'])}{found['g']}{_digits(now.year, found['y'])}"


def _quarter(found: re.Match[str], move: Move) -> str:
    quarter, year = move.shift.quarter(int(found["q"] or found["n"]), _whole(found["y"] or str(move.near.year)))
    named = f"Q{quarter}" if found["q"] else f"{quarter}Q"
    return f"{named}{found['g']}{_digits(year, found['y'])}" if found["y"] else named


def _named_quarter(found: re.Match[str], move: Move) -> str:
    place = _NAMED.index(found["q"].lower()) + 1
    quarter, year = move.shift.quarter(place, _whole(found["y"] or str(move.near.year)))
    named = _NAMED[quarter - 1]
    named = named.capitalize() if found["q"][0].isupper() else named
    return f"{named}{found['w']}" + (f"{found['g']}{year}" if found["y"] else "")


def _half(found: re.Match[str], move: Move) -> str:
    place = int(found["q"] or found["n"])
    quarter, year = move.shift.quarter(2 * place - 1, _whole(found["y"]))
    half = (quarter + 1) // 2
    return f"{f'H{half}' if found['q'] else f'{half}H'}{found['g']}{_digits(year, found['y'])}"


def _fiscal(found: re.Match[str], move: Move) -> str:
    return f"{found['f']}{found['g']}{_digits(move.year(_whole(found['y'])), found['y'])}"


def _span(found: re.Match[str], move: Move) -> str | None:
    first, last = _whole(found["y"]), _whole(found["e"])
    if not first < last <= first + 30:
        return None
    return f"{move.year(first)}{found['s']}{_digits(move.year(last), found['e'])}"


def _decade(found: re.Match[str], move: Move) -> str:
    return f"{move.year(int(found['y'])) // 10 * 10}"


def _year(found: re.Match[str], move: Move) -> str:
    return _digits(move.year(_whole(found["y"])), found["y"])


def _month(found: re.Match[str], move: Move) -> str | None:
    written = found["m"]
    around = _BEFORE.search(found.string[: found.start()]) or _AFTER.match(found.string[found.end() :])
    is_month = written.lower() in _SURELY or (written[0].isupper() and around)
    return spelled_like(move.shift.month(month_of(written)), written) if is_month else None


def _whole(year: str) -> int:
    """The year of two or four digits, an apostrophe before them or none."""
    number = int(year.lstrip("'\u2019"))
    return number + 2000 if number < 100 else number


def _digits(year: int, like: str) -> str:
    """The year with as many digits as another was written with, and its apostrophe."""
    bare = like.lstrip("'\u2019")
    return like[: len(like) - len(bare)] + f"{year}"[-len(bare) :]


PERIODS: tuple[Form, ...] = (
    form(rf"\b(?P<m>{MONTH})(?P<g>\.?,?(?:\s+of)?[\s-]+)(?P<y>{YEAR}|['\u2019]\d\d)\b", _month_year),
    form(
        r"\b(?:Q(?P<q>[1-4])|(?P<n>[1-4])Q)(?:(?P<g>[\s-]?(?:of\s)?(?:FY|fiscal\s(?:year\s)?)?\s?['\u2019]?)"
        rf"(?P<y>{YEAR}|\d\d)(?![\d%]|[.,]\d))?(?!\w)",
        _quarter,
    ),
    form(
        r"\b(?P<q>first|second|third|fourth)(?P<w>(?:[- ]fiscal)?[- ]quarter)\b"
        rf"(?:(?P<g>\s(?:of\s)?(?:the\s)?(?:(?:fiscal|calendar)\s)?(?:year\s)?)(?P<y>{YEAR})\b)?",
        _named_quarter,
    ),
    form(rf"\b(?:H(?P<q>[12])|(?P<n>[12])H)(?P<g>\s?(?:FY)?\s?['\u2019]?)(?P<y>{YEAR}|\d\d)\b", _half),
    form(rf"\b(?P<f>FY|CY)(?P<g>\s?['\u2019]?)(?P<y>{YEAR}|\d\d)\b", _fiscal),
    form(rf"{_NOT_MONEY}(?P<y>{YEAR})(?P<s>\s?[-\u2013/]\s?)(?P<e>{YEAR}|\d\d)(?![\w%]|[.,]\d)", _span),
    form(rf"{_NOT_MONEY}(?P<y>(?:199|20[0-4])0)(?=['\u2019]?s\b)", _decade),
    form(rf"{_NOT_MONEY}(?<!Russell\s)(?P<y>{YEAR})(?=\b|[EAF]\b|(?-i:[A-Z][a-z]))(?!%|[.,]\d|{_COUNTED})", _year),
    form(r"(?<!\w)(?P<y>['\u2019][1-4]\d)(?![\w%])", _year),
    form(rf"\b(?P<m>{MONTH})\b", _month),
)
"""In the order in which they are tried where several begin at the same place."""
