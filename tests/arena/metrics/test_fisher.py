"""The F distribution against scipy's."""

import pytest
from scipy import stats

from arena.metrics.fisher import quantile, upper_tail

FREEDOM = [(1, 1), (1, 2), (3, 16), (4, 5), (9, 90), (60, 7), (99, 9_702)]


@pytest.mark.parametrize("freedom", FREEDOM)
def test_the_upper_tail(freedom):
    for f in (1e-9, 0.1, 0.97, 1.0, 3.0, 40.0, 1e6):
        assert upper_tail(f, *freedom) == pytest.approx(stats.f.sf(f, *freedom), rel=1e-9, abs=1e-300)
    assert upper_tail(0, *freedom) == 1


@pytest.mark.parametrize("freedom", FREEDOM)
def test_the_quantiles(freedom):
    for probability in (0.001, 0.025, 0.5, 0.975, 0.999):
        assert quantile(probability, *freedom) == pytest.approx(stats.f.ppf(probability, *freedom), rel=1e-9)
