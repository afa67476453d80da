"""Whether confidence means anything: how often those who were so sure were right.

A decision to buy or sell says with its confidence how likely the price is to go its way.
"""

from collections.abc import Sequence
from typing import NamedTuple

BINS = 5


class Bin(NamedTuple):
    """Forecasts of about the same confidence."""

    low: float
    high: float
    forecasts: int
    confidence: float
    """Their mean confidence."""
    right: float
    """The fraction that came true."""


def brier(forecasts: Sequence[tuple[float, bool]]) -> float | None:
    """The mean squared distance between confidence (0 to 1) and what happened (0 or 1): 0 is perfect, 0.25 a coin's.

    Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78(1), 1950.
    """
    if not forecasts:
        return None
    return sum((confidence - right) ** 2 for confidence, right in forecasts) / len(forecasts)


def reliability(forecasts: Sequence[tuple[float, bool]], bins: int = BINS) -> tuple[Bin, ...]:
    """Forecasts in bins of equal width from 0 to 1, those that hold any; a confidence of 1 is in the last.

    The reliability diagram of Murphy and Winkler, "Reliability of Subjective Probability Forecasts of
    Precipitation and Temperature", Applied Statistics 26(1), 1977.
    """
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in forecasts:
        sorted_in[min(int(confidence * bins), bins - 1)].append((confidence, right))
    return tuple(
        Bin(
            low=place / bins,
            high=(place + 1) / bins,
            forecasts=len(inside),
            confidence=sum(confidence for confidence, _ in inside) / len(inside),
            right=sum(right for _, right in inside) / len(inside),
        )
        for place, inside in enumerate(sorted_in)
        if inside
    )
