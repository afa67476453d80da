"""How much of a difference is the model's and how much is chance: the variance of replicas, split in two.

One-way random-effects analysis of variance with groups of any size: Searle, Casella and McCulloch, "Variance
Components", 1992, 3.6. With y the result of one replica, n of them in a group, a groups and N replicas in all:

    between = (MSB - MSW) / n0        n0 = (N - sum(n^2) / N) / (a - 1)
    within  = MSW

The part of it that is between groups is the intraclass correlation ICC(1) of Shrout and Fleiss, "Intraclass
Correlations: Uses in Assessing Rater Reliability", Psychological Bulletin 86(2), 1979.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from arena.metrics.fisher import quantile, upper_tail
from arena.metrics.resampling import LEVEL, Interval
from arena.metrics.returns import Series

LEAST_MODELS, LEAST_REPLICAS = 2, 2
"""Below so many models with so many replicas each nothing can be split."""

_NO_VARIANCE = 1e-24
"""Replicas whose results differ by less than a millionth of a millionth did the same."""

_HALVINGS = 50
"""After which a number between 0 and 1 is known to 15 digits."""


class Components(NamedTuple):
    """What the variance of all results is made of."""

    between: float
    """Of the models' true means; zero where it is estimated below."""
    estimated_between: float
    """The same as estimated, which may be negative."""
    within: float
    """Of one model's replicas."""
    share: float | None
    """The part of both that is between models, 0 to 1; None where nothing varies at all."""
    interval: Interval | None
    """Where the share lies; None where replicas do not differ."""
    f: float | None
    """The mean square between over the mean square within; None where replicas do not differ."""
    p: float | None
    """How often models that do not differ show as large a ratio."""


class _Groups(NamedTuple):
    sizes: Series
    means: Series
    between: float
    """Mean square."""
    within: float
    """Mean square."""

    @property
    def freedom(self) -> tuple[int, int]:
        """Degrees of freedom between and within groups."""
        return self.sizes.size - 1, int(self.sizes.sum()) - self.sizes.size


def components(results: Mapping[str, Sequence[float]], level: float = LEVEL) -> Components | None:
    """Split the variance of the results of replicas, by model; None below two models with two replicas each.

    A model that played once counts between models and not within. Normal results are assumed, as in every analysis
    of variance.
    """
    if sum(len(some) >= LEAST_REPLICAS for some in results.values()) < LEAST_MODELS:
        return None
    groups = _grouped([np.asarray(some, dtype=np.float64) for some in results.values() if len(some)])
    total = groups.sizes.sum()
    typical = (total - (groups.sizes**2).sum() / total) / groups.freedom[0]
    found = float((groups.between - groups.within) / typical)
    between, within = max(found, 0.0), groups.within
    if within < _NO_VARIANCE:
        share = None if between < _NO_VARIANCE else 1.0
        return Components(between, found, 0.0, share, None, None, None)
    f = groups.between / within
    share = between / (between + within)
    return Components(between, found, within, share, _interval(groups, level), f, upper_tail(f, *groups.freedom))


def _grouped(results: Sequence[Series]) -> _Groups:
    sizes = np.array([some.size for some in results], dtype=np.float64)
    means = np.array([some.mean() for some in results])
    whole = float((sizes @ means) / sizes.sum())
    between = float(sizes @ (means - whole) ** 2) / (sizes.size - 1)
    inside = sum(float(((some - mean) ** 2).sum()) for some, mean in zip(results, means, strict=True))
    return _Groups(sizes, means, between, inside / float(sizes.sum() - sizes.size))


def _interval(groups: _Groups, level: float) -> Interval:
    """Where the share lies, exactly, also where groups are of different sizes; with equal ones it is the F interval.

    Wald, "A Note on the Analysis of Variance with Unequal Class Frequencies", Annals of Mathematical Statistics
    11(1), 1940. Cut off at zero, below which no variance is: both ends are zero where even equal models would seldom
    show so small a ratio.
    """
    ends = ((1 + level) / 2, (1 - level) / 2)
    low, high = (_share_at(groups, quantile(end, *groups.freedom)) for end in ends)
    return Interval(low, high, level)


def _share_at(groups: _Groups, f: float) -> float:
    """The share between under which the groups' weighted ratio of mean squares is `f`; at least zero."""
    low, high = 0.0, 1.0
    if _weighted(groups, low) <= f:
        return low
    # The larger the share that is assumed, the smaller the weighted ratio.
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _weighted(groups, middle) > f else (low, middle)
    return (low + high) / 2


def _weighted(groups: _Groups, share: float) -> float:
    """Wald's statistic: the mean square between over that within, each group weighted by the inverse variance."""
    weights = groups.sizes / (1 + groups.sizes * share / (1 - share))
    middle = (weights @ groups.means) / weights.sum()
    return float(weights @ (groups.means - middle) ** 2) / (groups.sizes.size - 1) / groups.within
