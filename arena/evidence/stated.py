"""Figures in what models write: their value, their precision, and whether they claim anything about the facts.

Left out is what no fact could bear out or disprove, or not precisely enough:

- dates, years, times, quarters' names, forms (10-K), windows and counts of days, sessions and the like;
- whole numbers up to 100 without a unit: counts and list numbers;
- figures with a single digit that is not 0, such as 300, 50% or $2 million: too round to tell a claim from a guess;
- numbers from -1 to 1 without a unit: scores, confidences, fractions of cash;
- what stands beside a word of proposing or supposing (stop, target, size, would, if, ...): the role's own to choose.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

SMALL_COUNT = 100
LARGEST = Decimal("1e30")
"""Above any figure of a company or a market."""

_MULTIPLES = {
    "k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "billion": 9, "billions": 9, "t": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip
"""Powers of ten by the word or letter that stands for them."""

_MONTH = (
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_SPAN = r"(?:sessions?|days?|weeks?|months?|quarters?|years?|hours?|minutes?|bars?|periods?|DMA|[SEV]W?MA)"
_NO_FIGURE = re.compile(
    rf"""(?=\d|\b[abefhjmnoqrsvd]) (?: \d{{4}}-\d\d-\d\d(?:T[\d:.]+Z?)? | \d{{1,2}}:\d\d(?::\d\d)?
    | \b(?=\d)(?:
        \d{{1,2}}\s+{_MONTH}(?:\s+(?:19|20)\d\d\b)? | \d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b
        | (?:10-[KQ]|8-K|20-F)\b
        | \d[\d,]{{0,12}}(?:\.\d{{1,9}})?(?:\s?(?:-|\u2013|to)\s?\d+)?[\s-]?{_SPAN}\b
        | \d+\s?(?::|-for-|for)\s?\d+\b | \d+(?:st|nd|rd|th)\b
    )
    | \b(?:
        {_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+(?:19|20)\d\d\b)?
        | (?:Q[1-4]|H[12]|FY)\s?(?:'?\d\d|(?:19|20)\d\d)?\b | S&P\s?500\b
        | (?:SMA|EMA|VWMA|RSI|ATR|MACD|Bollinger)[\s_]?\(?\s?\d+(?:\s?,\s?\d+)*\)?(?![\d.%])
    ))""",
    re.IGNORECASE | re.VERBOSE,
)
"""Only few places of a text are where one can begin, and what begins at a digit stands apart from the rest."""

_FIGURE = re.compile(
    r"\d(?<![\w.,]\d)(?:\d{0,2}(?:,\d{3}){1,6}(?:\.\d{1,30})?|\d{0,17}(?:\.\d{1,30})?)(?P<unit>"
    r"\s?(?P<percent>%|percent\b)|(?P<letter>[KMBT]|k|bn|mn)\b|\s(?P<word>(?:thousand|million|billion|trillion)s?)\b"
    r"|x\b)?(?!\w|[.,]\d)"
)
"""Begins at a digit, so that a search runs from one to the next; what may stand before it is looked at then."""

_UP_TO_IT = re.compile(r"(?<![\w.,])[+\-\u2212]?(?P<currency>[$\u20ac\u00a3]?)\s?\Z")
_MOST_BEFORE = 3
"""Characters of a figure before its first digit: sign, currency and a space."""

_OWN = re.compile(
    r"\b(?=[abcdefilmopstuw])(?:stops?|stop-loss|targets?|entry|enter|exit|take[- ]profit|trim|siz(?:e|ed|ing)"
    r"|positions?|allocat\w+|fraction|confiden\w+|probabilit\w+|chances?|odds|scor\w+|lean\w*|scenario|would|could|should|might|if"
    r"|(?:I|we) expect|assum\w+|upside|downside|drawdown|budget|spend\w*|invest|deploy\w*|commit\w*"
    r"|thresholds?|begins|(?<!market[ -])cap(?:ped)?|words)\b",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 40, 25
"""Characters on either side of a figure in which a word of proposing makes it the role's own."""

_CLAUSE_END = re.compile(r"[.;!?]\s|\n")


class Stated(NamedTuple):
    """One figure as it was stated, without its sign: a fall of 2% may be told as 2 or as -2."""

    text: str
    value: Decimal
    """With its multiple applied: 46.7 billion is 46700000000."""
    step: Decimal
    """The worth of its last digit that is not a trailing zero of a whole number."""
    is_percent: bool
    is_bare: bool
    """Whether it has no unit of its own, so that a table's heading may hold its multiple."""


def figures_in(text: str) -> Iterator[Stated]:
    """The figures of a text that claim something about the facts, in order."""
    blanked = _without_others(text)
    for found in _figures(blanked):
        if found.claims and not _is_own(blanked, found):
            yield found.stated


def metric_figure(value: float, unit: str) -> Stated | None:
    """The figure of a typed metric; None where it claims nothing that could be checked."""
    told = unit.lower().replace("%", " percent ").split()
    power = next((_MULTIPLES[word] for word in told if len(word) > 1 and word in _MULTIPLES), 0)
    number = abs(Decimal(repr(value)))
    stated = Stated(
        text=f"{value:,} {unit}".rstrip(),
        value=number.scaleb(power),
        step=_step(number).scaleb(power),
        is_percent="percent" in told or "pct" in told,
        is_bare=power == 0,
    )
    if stated.value > LARGEST:
        return None
    return None if _claims_nothing(stated, has_currency="usd" in told or "$" in unit) else stated


def numbers_in(text: str) -> Iterator[Decimal]:
    """Every number of a text of facts, dates left out; its multiple applied, without its sign."""
    for found in _figures(_without_others(text)):
        yield found.stated.value


class _Found(NamedTuple):
    """A figure and where it stands."""

    start: int
    end: int
    stated: Stated
    claims: bool
    """Whether it claims anything."""


def _without_others(text: str) -> str:
    """The text with what only looks like a figure blanked."""
    return _NO_FIGURE.sub(lambda found: " " * len(found[0]), text)


def _figures(text: str) -> Iterator[_Found]:
    end = 0
    for found in _FIGURE.finditer(text):
        digit = found.start()
        before = _UP_TO_IT.search(text, max(end, digit - _MOST_BEFORE), digit)
        start, currency = (before.start(), before["currency"]) if before else (digit, "")
        end = found.end()
        unit, percent, letter, word = found.group("unit", "percent", "letter", "word")
        digits = text[digit : end - len(unit or "")]
        multiple = letter or (word or "").rstrip("s")
        yield _Found(start, end, *_told(text[start:end].strip(), digits, multiple, bool(percent), bool(currency)))


@lru_cache(maxsize=8192)
def _told(text: str, digits: str, multiple: str, is_percent: bool, has_currency: bool) -> tuple[Stated, bool]:
    # Remembered, for what an analyst states is said again by everybody after.
    number = Decimal(digits.replace(",", ""))
    power = _MULTIPLES[multiple.lower()] if multiple else 0
    stated = Stated(
        text=text,
        value=number.scaleb(power),
        step=_step(number).scaleb(power),
        is_percent=is_percent,
        is_bare=not multiple,
    )
    return stated, not _claims_nothing(stated, has_currency=has_currency)


def _step(number: Decimal) -> Decimal:
    """What the last digit counts in; a whole number's trailing zeros may come from rounding."""
    exponent = number.normalize().as_tuple().exponent if number == number.to_integral_value() else _places(number)
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _claims_nothing(stated: Stated, *, has_currency: bool) -> bool:
    if len(stated.value.normalize().as_tuple().digits) == 1:
        return True
    if stated.is_percent or has_currency or not stated.is_bare:
        return False
    whole = stated.value == stated.value.to_integral_value()
    return stated.value <= 1 or (whole and (stated.value <= SMALL_COUNT or 1900 <= stated.value <= 2100))


def _is_own(text: str, found: _Found) -> bool:
    begins, ends = max(0, found.start - _BEFORE), found.end + _AFTER
    # Few figures have such a word near them at all, whatever clause it is in.
    if not _OWN.search(text[begins:ends]):
        return False
    before = _CLAUSE_END.split(text[begins : found.start])[-1]
    after = _CLAUSE_END.split(text[found.end : ends])[0]
    return bool(_OWN.search(before) or _OWN.search(after))
