"""What a split makes of shares."""

from decimal import ROUND_HALF_EVEN, Decimal

from arena.records.shares import PART, WHOLE, floored

REPEATING_RATIO_DIGITS = 6
MOST_RATIO_NOISE = Decimal("0.01")


def split_shares(shares: Decimal, ratio: Decimal, step: Decimal = WHOLE) -> tuple[Decimal, Decimal]:
    """Shares after a split, and the fraction of one left over to be settled in cash; both negative for a short.

    Vendors write 1:3 as 0.333333, and three times that is not quite one share. A ratio with six or more
    decimals is taken as rounded: a product within its rounding of a whole number is that number. Where parts of
    a share can be held (`step` is PART) nothing is left over: what is below the last decimal is dropped.
    """
    product = shares * ratio
    nearest = product.to_integral_value(ROUND_HALF_EVEN)
    if abs(product - nearest) <= _ratio_noise(shares, ratio):
        return nearest, Decimal(0)
    after = floored(product, step)
    return after, Decimal(0) if step == PART else product - after


def _ratio_noise(shares: Decimal, ratio: Decimal) -> Decimal:
    exponent = ratio.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > -REPEATING_RATIO_DIGITS:
        return Decimal(0)
    return min(abs(shares) * Decimal(1).scaleb(exponent), MOST_RATIO_NOISE)
