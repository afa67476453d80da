"""Whether a difference is more than luck: paired comparisons, groups, and Sharpe ratios deflated for the choice.

Contestants trade the same sessions, so they are compared session by session: what moves all of them cancels.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.metrics.resampling import LEVEL, RESAMPLES, Interval, block_length, places
from arena.metrics.returns import Series, sharpe

_EULER_MASCHERONI = 0.5772156649015329

_ROUNDING = 1e-15
"""Sums of the same returns in another order differ by so much."""


class Difference(NamedTuple):
    """The mean return a session of one contestant less that of another."""

    mean: float
    interval: Interval
    p: float
    """How often luck alone makes a difference as large, two-sided."""


def paired_difference(
    one: Series, other: Series, *, seed: int, level: float = LEVEL, resamples: int = RESAMPLES
) -> Difference:
    """Compare two contestants over the same sessions by a stationary bootstrap of their differences.

    The p-value resamples the differences about zero (Davison and Hinkley, "Bootstrap Methods and their
    Application", 1997, 4.4). ValueError where the two have not the same sessions, or fewer than two.
    """
    if one.shape != other.shape or one.size < 2:
        raise ValueError(f"{one.size} returns beside {other.size}: two contestants share at least two sessions")
    gaps = one - other
    mean = float(gaps.mean())
    drawn = places(gaps.size, block_length(gaps), resamples, np.random.default_rng(seed))
    means = gaps[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    as_large = int(np.sum(np.abs(means - mean) >= abs(mean) - _ROUNDING))
    return Difference(mean, Interval(float(low), float(high), level), (as_large + 1) / (resamples + 1))


def groups(returns: Mapping[str, Series], *, seed: int, level: float = LEVEL) -> tuple[tuple[str, ...], ...]:
    """Contestants that cannot be told apart, best group first; one may stand in several.

    All pairs are compared, and their p-values held against Holm's falling thresholds (Scandinavian Journal of
    Statistics 6(2), 1979). Groups are the columns of a letter display: Piepho, "An Algorithm for a Letter-Based
    Representation of All-Pairwise Comparisons", Journal of Computational and Graphical Statistics 13(2), 2004.
    """
    names = sorted(returns, key=lambda name: (-float(returns[name].mean()), name))
    apart = _told_apart(returns, names, seed, level)
    columns: list[frozenset[str]] = [frozenset(names)] if names else []
    for one, other in apart:
        split = [column - {left} for column in columns if {one, other} <= column for left in (one, other)]
        whole = [column for column in columns if not {one, other} <= column]
        columns = _absorbed([*whole, *split])
    place = {name: rank for rank, name in enumerate(names)}
    ordered = [tuple(sorted(column, key=place.__getitem__)) for column in columns]
    return tuple(sorted(ordered, key=lambda column: [place[name] for name in column]))


def probabilistic_sharpe(returns: Series, threshold: float = 0.0) -> float | None:
    """The probability that the true Sharpe ratio a session exceeds `threshold`, skew and fat tails allowed for.

    Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), 2012. None without
    any spread or with fewer than three returns.
    """
    ratio = sharpe(returns, 1)
    if ratio is None or returns.size < 3:
        return None
    standard = (returns - returns.mean()) / returns.std()
    skew, kurtosis = float(np.mean(standard**3)), float(np.mean(standard**4))
    variance = 1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2
    if variance <= 0:
        return None
    return NormalDist().cdf((ratio - threshold) * np.sqrt(returns.size - 1) / np.sqrt(variance))


def deflated_sharpe(returns: Series, ratios: Sequence[float]) -> float | None:
    """The probability that the Sharpe ratio is above what the best of so many contestants shows by luck alone.

    `ratios` are the Sharpe ratios a session of all contestants, this one's included. Bailey and López de Prado,
    "The Deflated Sharpe Ratio", Journal of Portfolio Management 40(5), 2014.
    """
    return probabilistic_sharpe(returns, best_by_luck(ratios))


def best_by_luck(ratios: Sequence[float]) -> float:
    """The highest Sharpe ratio a session that so many contestants without skill are expected to show."""
    many = len(ratios)
    if many < 2:
        return 0.0
    normal = NormalDist()
    extreme = (1 - _EULER_MASCHERONI) * normal.inv_cdf(1 - 1 / many)
    extreme += _EULER_MASCHERONI * normal.inv_cdf(1 - 1 / (many * np.e))
    return float(np.std(ratios, ddof=1) * extreme)


def _told_apart(returns: Mapping[str, Series], names: Sequence[str], seed: int, level: float) -> list[tuple[str, str]]:
    """The pairs whose difference is significant by Holm's method, all on the same resampled sessions."""
    pairs = list(combinations(range(len(names)), 2))
    if not pairs:
        return []
    table = np.array([returns[name] for name in names])
    # The smallest p-value there can be must lie below Holm's first threshold.
    resamples = max(RESAMPLES, math.ceil(4 * len(pairs) / (1 - level)))
    means, resampled = table.mean(axis=1), _resampled_means(table, resamples, seed)
    found = []
    for one, other in pairs:
        gap = means[one] - means[other]
        as_large = np.abs(resampled[one] - resampled[other] - gap) >= abs(gap) - _ROUNDING
        found.append(((int(as_large.sum()) + 1) / (resamples + 1), names[one], names[other]))
    apart: list[tuple[str, str]] = []
    for rank, (p, first, second) in enumerate(sorted(found)):
        if p > (1 - level) / (len(pairs) - rank):
            break
        apart.append((first, second))
    return apart


def _resampled_means(table: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    """Each contestant's mean return in each resample, (contestants, resamples); drawn in parts to spare memory."""
    draw = np.random.default_rng(seed)
    block = max(block_length(row - table.mean(axis=0)) for row in table)
    parts = []
    for begun in range(0, resamples, RESAMPLES):
        drawn = places(table.shape[1], block, min(RESAMPLES, resamples - begun), draw)
        parts.append(np.array([row[drawn].mean(axis=1) for row in table]))
    return np.concatenate(parts, axis=1)


def _absorbed(columns: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The columns that no other one holds."""
    distinct = list(dict.fromkeys(columns))
    return [column for column in distinct if not any(column < other for other in distinct)]
