import numpy as np
import pytest

from arena.metrics.returns import sharpe
from arena.metrics.significance import (
    best_by_luck,
    deflated_sharpe,
    groups,
    paired_difference,
    probabilistic_sharpe,
)


def luck(seed, size=250):
    return np.random.default_rng(seed).normal(0, 0.01, size)


def test_identical_contestants_land_in_one_group():
    same = luck(1)
    assert groups({"a": same, "b": same.copy(), "c": same.copy()}, seed=0) == (("a", "b", "c"),)


def test_what_moves_both_contestants_cancels():
    market = luck(1)
    found = paired_difference(market + 0.001 + luck(2) / 50, market, seed=0)
    assert found.p < 0.01
    assert found.interval.low < 0.001 < found.interval.high
    assert found.mean == pytest.approx(0.001, abs=1e-4)
    assert paired_difference(market, market, seed=0).p == 1


def test_those_that_can_be_told_apart_stand_in_groups_by_themselves_best_first():
    market = luck(1)
    contestants = {"middle": market + luck(2) / 20, "worst": market - 0.004, "best": market + 0.004}
    assert groups(contestants, seed=0) == (("best",), ("middle",), ("worst",))


def test_a_contestant_between_two_may_stand_in_both_groups():
    market = luck(1)
    noisy = np.random.default_rng(5).normal(0, 0.03, 250)
    contestants = {"high": market + 0.001, "between": market + noisy - noisy.mean(), "low": market - 0.001}
    assert groups(contestants, seed=0) == (("high", "between"), ("between", "low"))


def test_many_contestants_without_skill_are_one_group():
    market = luck(1)
    contestants = {f"c{n:02d}": market + luck(100 + n) / 2 for n in range(20)}
    assert len(groups(contestants, seed=0)) == 1


def test_nobody_and_somebody_alone():
    assert groups({}, seed=0) == ()
    assert groups({"a": luck(1)}, seed=0) == (("a",),)


def test_two_contestants_share_their_sessions():
    with pytest.raises(ValueError, match="250 returns beside 249"):
        paired_difference(luck(1), luck(2)[1:], seed=0)


def test_a_random_contestants_sharpe_is_called_significant_no_more_often_than_the_level_says():
    called = np.mean([probabilistic_sharpe(luck(seed)) > 0.95 for seed in range(1000)])
    assert 0.035 <= called <= 0.065


def test_the_best_of_many_random_contestants_is_seldom_called_significant():
    deflated = plain = 0
    for season in range(200):
        field = [luck(1000 * season + n) for n in range(20)]
        ratios = [sharpe(returns, 1) for returns in field]
        best = field[int(np.argmax(ratios))]
        plain += probabilistic_sharpe(best) > 0.95
        deflated += deflated_sharpe(best, ratios) > 0.95
    assert plain / 200 > 0.4
    assert deflated / 200 <= 0.05


def test_skill_is_seen_and_a_contestant_alone_is_not_deflated():
    skilled = luck(3) + 0.002
    assert probabilistic_sharpe(skilled) > 0.95
    assert best_by_luck([0.1]) == 0
    assert deflated_sharpe(skilled, [sharpe(skilled, 1)]) == probabilistic_sharpe(skilled)
    assert probabilistic_sharpe(np.zeros(50)) is None
