import math
import warnings

import numpy as np
import pytest

from arena.metrics import returns as r

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical


def walk(seed, size=300, scale=0.01):
    return np.random.default_rng(seed).normal(0.0005, scale, size)


OURS = {
    "total": (r.total_return, empyrical.cum_returns_final),
    "annualised": (r.annualised_return, empyrical.annual_return),
    "volatility": (r.volatility, empyrical.annual_volatility),
    "sharpe": (r.sharpe, empyrical.sharpe_ratio),
    "sortino": (r.sortino, empyrical.sortino_ratio),
    "calmar": (r.calmar, empyrical.calmar_ratio),
    "drawdown": (r.depth, empyrical.max_drawdown),
}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [2, 21, 252, 700])
def test_every_figure_equals_empyricals_on_random_returns(name, seed, size):
    ours, theirs = OURS[name]
    returns = walk(seed, size)
    expected = theirs(returns)
    if math.isnan(expected) or math.isinf(expected):
        assert ours(returns) is None
    else:
        assert ours(returns) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_and_beta_equal_empyricals(seed):
    benchmark = walk(seed + 100)
    returns = 0.7 * benchmark + walk(seed)
    alpha, beta = r.alpha_beta(returns, benchmark)
    assert (alpha, beta) == pytest.approx(empyrical.alpha_beta(returns, benchmark), rel=1e-9, abs=1e-9)


@pytest.mark.real_data
@pytest.mark.parametrize("ticker", ["AAPL", "NVDA", "PLTR"])
def test_every_figure_equals_empyricals_on_real_prices(recorded, ticker):
    folder = recorded / "prices" / "yfinance-adjusted-2010-2025"
    (path,) = folder.glob(f"{ticker}*")
    lines = path.read_text().splitlines()
    column = lines[0].split(",").index("Close")
    returns = r.simple_returns([float(line.split(",")[column]) for line in lines[1:]])
    assert returns.size > 1000
    for ours, theirs in OURS.values():
        assert ours(returns) == pytest.approx(theirs(returns), rel=1e-9, abs=1e-9)


def test_figures_that_cannot_be_known_are_none_and_never_zero():
    nothing, one, flat, rising = np.array([]), np.array([0.01]), np.zeros(30), np.full(30, 0.01)
    for figure, _ in OURS.values():
        assert figure(nothing) is None
    assert (r.volatility(one), r.sharpe(one), r.sortino(one)) == (None, None, None)
    assert (r.sharpe(flat), r.sortino(flat), r.calmar(flat)) == (None, None, None)
    assert (r.sharpe(rising), r.sortino(rising), r.calmar(rising)) == (None, None, None)
    assert r.alpha_beta(walk(1, 30), flat) == (None, None)


def test_returns_are_between_sessions_and_need_equity_above_zero():
    assert r.simple_returns([100, 110, 99]) == pytest.approx([0.1, -0.1])
    assert r.simple_returns([100]).size == 0
    with pytest.raises(ValueError, match="above zero"):
        r.simple_returns([100, 0])


def test_the_deepest_fall_is_dated_from_its_high_to_its_recovery():
    #         0    1    2   3    4   5    6
    equity = [100, 120, 90, 110, 84, 121, 60]
    assert r.deepest(equity) == (5, 6, None)
    assert r.deepest(equity[:6]) == (1, 4, 5)
    assert r.deepest([1, 2, 3]) is None
    assert r.deepest([1]) is None


def test_the_benchmark_has_the_same_sessions():
    with pytest.raises(ValueError, match="3 returns beside 2 of the benchmark"):
        r.alpha_beta(walk(1, 3), walk(1, 2))
