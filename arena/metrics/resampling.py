"""How far a figure can be trusted: the stationary bootstrap, which keeps runs of good and bad sessions together.

Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89(428), 1994.
The mean block length is chosen from the data: Politis and White, "Automatic Block-Length Selection for the
Dependent Bootstrap", Econometric Reviews 23(1), 2004, with the correction of Patton, Politis and White,
Econometric Reviews 28(4), 2009.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.metrics.returns import Series

RESAMPLES = 2000
LEVEL = 0.95


class Interval(NamedTuple):
    """Where a figure lies with `level` confidence."""

    low: float
    high: float
    level: float


def interval(
    returns: Series,
    figure: Callable[[Series], float | None],
    *,
    seed: int,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """The percentile interval of a figure over resampled returns; the same seed gives the same interval.

    None where the figure has no value on more than one resample in twenty.
    """
    if returns.size < 2:
        return None
    drawn = places(returns.size, block_length(returns), resamples, np.random.default_rng(seed))
    found = [value for row in drawn if (value := figure(returns[row])) is not None]
    if len(found) < 0.95 * resamples:
        return None
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def places(size: int, block: float, resamples: int, draw: np.random.Generator) -> NDArray[np.int64]:
    """Which sessions each resample is made of, (resamples, size): blocks of geometric length, wrapped round."""
    found = np.empty((resamples, size), dtype=np.int64)
    found[:, 0] = draw.integers(size, size=resamples)
    begins = draw.random((resamples, size)) < 1 / block
    fresh = draw.integers(size, size=(resamples, size))
    for place in range(1, size):
        found[:, place] = np.where(begins[:, place], fresh[:, place], (found[:, place - 1] + 1) % size)
    return found


def block_length(returns: Series) -> float:
    """The mean block length that estimates the variance of the mean best, at least 1 and at most 3 sqrt(n), n/3."""
    size = returns.size
    most = max(1.0, min(3 * np.sqrt(size), size / 3))
    centred = returns - returns.mean()
    variance = float(centred @ centred) / size
    if variance == 0 or size < 8:
        return 1.0
    quiet = max(5, int(np.sqrt(np.log10(size))))
    furthest = int(np.ceil(np.sqrt(size))) + quiet
    lags = np.arange(min(furthest, size - 1) + 1)
    covariance = np.array([float(centred[lag:] @ centred[: size - lag]) / size for lag in lags])
    bound = 2 * np.sqrt(np.log10(size) / size)
    cut = _last_lag_that_matters(np.abs(covariance[1:] / variance) < bound, quiet)
    window = min(2 * max(cut, 1), int(lags[-1]))
    steps = np.arange(1, window + 1)
    weights = np.where(steps / window <= 0.5, 1.0, 2 * (1 - steps / window))
    spectrum = variance + 2 * float(weights @ covariance[1 : window + 1])
    slope = 2 * float((weights * steps) @ covariance[1 : window + 1])
    if spectrum == 0:
        return 1.0
    best = float((2 * slope**2 / (2 * spectrum**2)) ** (1 / 3) * size ** (1 / 3))
    return float(min(max(best, 1.0), most))


def _last_lag_that_matters(small: NDArray[np.bool_], quiet: int) -> int:
    """The lag before the first `quiet` lags in a row whose correlation is small; the last large one otherwise."""
    for lag in range(small.size - quiet + 1):
        if small[lag : lag + quiet].all():
            return lag
    large = np.flatnonzero(~small)
    return int(large[-1]) + 1 if large.size else 0
