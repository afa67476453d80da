import pytest

from arena.metrics.calibration import Bin, brier, reliability


def test_the_brier_score_is_the_mean_squared_error_of_confidence():
    # (0.9 - 1)^2 = 0.01, (0.6 - 0)^2 = 0.36, (1 - 1)^2 = 0
    assert brier([(0.9, True), (0.6, False), (1.0, True)]) == pytest.approx(0.37 / 3)
    assert brier([]) is None


def test_a_coin_that_knows_it_is_one_scores_a_quarter():
    assert brier([(0.5, True), (0.5, False)]) == 0.25


def test_forecasts_are_sorted_into_bins_that_hold_any():
    found = reliability([(0.85, True), (0.95, False), (1.0, True), (0.1, False)])
    assert [(one.low, one.high, one.forecasts) for one in found] == [(0.0, 0.2, 1), (0.8, 1.0, 3)]
    assert found[1].confidence == pytest.approx(2.8 / 3)
    assert found[1].right == pytest.approx(2 / 3)
    assert isinstance(found[0], Bin)
