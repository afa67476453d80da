import numpy as np
import pytest

from arena.metrics.resampling import block_length, interval, places
from arena.metrics.returns import sharpe, total_return


def autoregressive(seed, phi, size=1000):
    draw = np.random.default_rng(seed).normal(0, 0.01, size)
    for place in range(1, size):
        draw[place] += phi * draw[place - 1]
    return draw


def test_blocks_are_longer_the_longer_the_memory():
    lengths = [np.mean([block_length(autoregressive(seed, phi)) for seed in range(20)]) for phi in (0, 0.3, 0.7)]
    assert lengths[0] < lengths[1] < lengths[2]
    assert lengths[0] < 4
    # Politis and White's optimum for an AR(1): ((2 phi / (1 - phi^2))^2)^(1/3) n^(1/3), 19.8 for 0.7 and 1000.
    assert 10 < lengths[2] < 40


def test_constant_and_short_series_have_blocks_of_one():
    assert block_length(np.zeros(100)) == 1
    assert block_length(np.array([0.1, -0.1, 0.2])) == 1


def test_resamples_are_runs_of_sessions_of_about_the_mean_length():
    drawn = places(500, 10, 200, np.random.default_rng(0))
    assert (drawn.min(), drawn.max()) == (0, 499)
    follows = (drawn[:, 1:] == (drawn[:, :-1] + 1) % 500).mean()
    assert follows == pytest.approx(0.9, abs=0.01)
    assert places(500, 1, 50, np.random.default_rng(0)).shape == (50, 500)


@pytest.mark.slow
@pytest.mark.parametrize("phi", [0.0, 0.2])
def test_intervals_of_the_mean_cover_the_truth_as_often_as_they_say(phi):
    def mean(returns):
        return float(returns.mean())

    covered = 0
    for seed in range(400):
        found = interval(autoregressive(seed, phi, 400) + 0.001 / (1 - phi), mean, seed=seed, resamples=400)
        covered += found.low <= 0.001 / (1 - phi) <= found.high
    # 400 trials of 0.95 have a standard error of 1.1 points.
    assert 0.93 <= covered / 400 <= 0.97


def test_the_same_seed_gives_the_same_interval_and_it_holds_the_figure():
    returns = autoregressive(7, 0.1, 250)
    first = interval(returns, sharpe, seed=3)
    assert first == interval(returns, sharpe, seed=3)
    assert first != interval(returns, sharpe, seed=4)
    assert first.low < sharpe(returns) < first.high
    assert interval(returns[:1], total_return, seed=3) is None
    assert interval(np.zeros(50), sharpe, seed=3) is None
