"""What a split has to make of shares, in exact fractions."""

from decimal import Decimal
from fractions import Fraction
from math import trunc

MILLION = 1_000_000
HUNDREDTH = Fraction(1, 100)


def after_split(count: Decimal, ratio: Decimal, *, fractional: bool) -> tuple[Decimal, Decimal]:
    """Shares after a split and the part of one that is settled in cash; a ratio of six decimals or more is rounded."""
    exact = Fraction(count) * Fraction(ratio)
    decimals = -int(ratio.as_tuple().exponent) if isinstance(ratio.as_tuple().exponent, int) else 0
    rounding = min(abs(Fraction(count)) / 10**decimals, HUNDREDTH) if decimals >= 6 else Fraction(0)
    if abs(exact - round(exact)) <= rounding:
        return Decimal(round(exact)), Decimal(0)
    if fractional:
        return Decimal(trunc(exact * MILLION)) / MILLION, Decimal(0)
    left = exact - trunc(exact)
    return Decimal(trunc(exact)), Decimal(left.numerator) / Decimal(left.denominator)
