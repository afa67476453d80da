"""What a series of returns amounts to: growth, spread, and one in proportion to the other.

The conventions are those of empyrical, which tests hold against these functions: 252 sessions a year,
geometric growth, sample standard deviations, no risk-free rate.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Series: TypeAlias = NDArray[np.float64]

SESSIONS_A_YEAR = 252
"""In the United States; a market that never closes has 365."""

_NO_SPREAD = 1e-15
"""A standard deviation below this is rounding: returns are known to 16 digits."""


def simple_returns(equity: Sequence[float] | Series) -> Series:
    """The returns between successive values of equity: one fewer than there are values, all above zero."""
    values = np.asarray(equity, dtype=np.float64)
    if values.size and values.min() <= 0:
        raise ValueError("equity must stay above zero for returns to mean anything")
    return values[1:] / values[:-1] - 1


def total_return(returns: Series) -> float | None:
    """Growth over all sessions, as a fraction: the product of (1 + r) less one."""
    return float(np.prod(1 + returns) - 1) if returns.size else None


def annualised_return(returns: Series, a_year: int = SESSIONS_A_YEAR) -> float | None:
    """The yearly growth that compounds to the total (CAGR): (1 + total) ** (a_year / n) - 1."""
    grown = total_return(returns)
    return None if grown is None else float((1 + grown) ** (a_year / returns.size) - 1)


def volatility(returns: Series, a_year: int = SESSIONS_A_YEAR) -> float | None:
    """The sample standard deviation a year: sd(r) * sqrt(a_year). None for fewer than two returns."""
    return float(np.std(returns, ddof=1) * np.sqrt(a_year)) if returns.size > 1 else None


def sharpe(returns: Series, a_year: int = SESSIONS_A_YEAR) -> float | None:
    """Mean over standard deviation a year: mean(r) / sd(r) * sqrt(a_year), without a risk-free rate.

    Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994. None without any spread.
    """
    spread = volatility(returns, 1)
    return None if spread is None or spread < _NO_SPREAD else float(returns.mean() / spread * np.sqrt(a_year))


def sortino(returns: Series, a_year: int = SESSIONS_A_YEAR) -> float | None:
    """The mean over the spread of losses alone: mean(r) * a_year / (sqrt(mean(min(r, 0)^2)) * sqrt(a_year)).

    Sortino and Price, "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3), 1994.
    None where nothing was lost.
    """
    if returns.size < 2:
        return None
    downside = float(np.sqrt(np.mean(np.minimum(returns, 0) ** 2)))
    return None if downside < _NO_SPREAD else float(returns.mean() / downside * np.sqrt(a_year))


def calmar(returns: Series, a_year: int = SESSIONS_A_YEAR) -> float | None:
    """The annualised return over the maximum drawdown's depth.

    Young, "Calmar Ratio: A Smoother Tool", Futures 20(1), 1991. None where there was no drawdown.
    """
    grown, fall = annualised_return(returns, a_year), depth(returns)
    return None if grown is None or not fall else grown / -fall


def depth(returns: Series) -> float | None:
    """The maximum drawdown: the deepest fall below an earlier high, as a fraction of it; zero or negative."""
    if not returns.size:
        return None
    wealth = np.concatenate(([1.0], np.cumprod(1 + returns)))
    return float((wealth / np.maximum.accumulate(wealth) - 1).min())


def deepest(equity: Sequence[float] | Series) -> tuple[int, int, int | None] | None:
    """Where the maximum drawdown lies: the places in `equity` of its high, its low, and the recovery.

    The recovery is the first value at least as high as the high; None while there is none. None for a series
    that never falls.
    """
    values = np.asarray(equity, dtype=np.float64)
    if values.size < 2:
        return None
    highs = np.maximum.accumulate(values)
    falls = values / highs - 1
    low = int(falls.argmin())
    if falls[low] == 0:
        return None
    high = int(values[: low + 1].argmax())
    recovered = np.flatnonzero(values[low:] >= values[high])
    return high, low, (low + int(recovered[0]) if recovered.size else None)


def alpha_beta(returns: Series, benchmark: Series, a_year: int = SESSIONS_A_YEAR) -> tuple[float | None, float | None]:
    """The market model's intercept, annualised geometrically, and its slope, by least squares.

    Jensen, "The Performance of Mutual Funds in the Period 1945-1964", Journal of Finance 23(2), 1968:
    beta = cov(r, b) / var(b); alpha = (1 + mean(r - beta * b)) ** a_year - 1. ValueError where the two have not
    the same sessions; None for fewer than two, or where the benchmark does not move.
    """
    if returns.shape != benchmark.shape:
        raise ValueError(f"{returns.size} returns beside {benchmark.size} of the benchmark")
    if returns.size < 2 or float(np.std(benchmark)) < _NO_SPREAD:
        return None, None
    beta = float(np.cov(returns, benchmark, ddof=1)[0, 1] / np.var(benchmark, ddof=1))
    return float((1 + np.mean(returns - beta * benchmark)) ** a_year - 1), beta
