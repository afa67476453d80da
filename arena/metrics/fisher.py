"""The F distribution, as far as an analysis of variance needs it: its upper tail and its quantiles.

The regularised incomplete beta function by Lentz's continued fraction: Press, Teukolsky, Vetterling and Flannery,
"Numerical Recipes", 2007, 6.4; relative error below 1e-10 for the degrees of freedom that occur here.
"""

import math

_TINY = 1e-300
_MOST_STEPS = 10_000
_PRECISE = 1e-15


def upper_tail(f: float, numerator: int, denominator: int) -> float:
    """The probability of an F ratio above `f`, for degrees of freedom above zero."""
    if f <= 0:
        return 1.0
    return _beta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2)


def quantile(probability: float, numerator: int, denominator: int) -> float:
    """The F ratio that is not exceeded with that probability, which lies between 0 and 1, neither of them."""
    low, high = -700.0, 700.0
    # By halves of its logarithm: a hundred leave nothing between two neighbouring floats.
    for _ in range(100):
        middle = (low + high) / 2
        if 1 - upper_tail(math.exp(middle), numerator, denominator) < probability:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function of x between 0 and 1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log) * _fraction(x, a, b) / a
    return 1 - math.exp(log) * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, _MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _PRECISE:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
