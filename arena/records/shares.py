"""Counts of shares: exact, whole or to six decimals, and a JSON integer wherever they are whole.

Books of whole shares were stored as integers before there were parts of one, and are stored so still.
"""

from decimal import ROUND_DOWN, Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer

from arena.records.base import plain

DECIMALS = 6
WHOLE = Decimal(1)
PART = Decimal(1).scaleb(-DECIMALS)
"""The smallest part of a share that a book can hold."""


def is_whole(count: Decimal) -> bool:
    """Whether it is a count of whole shares."""
    return count == count.to_integral_value()


def floored(count: Decimal, step: Decimal) -> Decimal:
    """The count cut towards zero to a multiple of `step`, WHOLE or PART."""
    return plain(count.quantize(step, rounding=ROUND_DOWN))


def shares_text(count: Decimal, *, grouped: bool = False) -> str:
    """A count for people, as 1234.5, or 1,234.5 in groups: never an exponent, never a zero too many."""
    return f"{plain(count):,f}" if grouped else f"{plain(count):f}"


def _to_six_decimals(count: Decimal) -> Decimal:
    trimmed = plain(count)
    if trimmed != floored(trimmed, PART):
        raise ValueError(f"{trimmed:f} shares have more than {DECIMALS} decimals")
    return trimmed


def _not_zero(count: Decimal) -> Decimal:
    if not count:
        raise ValueError("a position of no shares is none")
    return count


def _as_json(count: Decimal) -> int | str:
    return int(count) if is_whole(count) else shares_text(count)


ShareCount = Annotated[
    Decimal, AfterValidator(_to_six_decimals), PlainSerializer(_as_json, return_type=int | str, when_used="json")
]
"""A number of shares; negative where they are sold short."""

Shares = Annotated[ShareCount, Field(gt=0)]
"""A number of shares above zero."""

Position = Annotated[ShareCount, AfterValidator(_not_zero)]
"""Shares held, or sold short where it is negative; never zero."""
