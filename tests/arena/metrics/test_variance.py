"""The variance of replicas against printed examples, arithmetic by hand, scipy, and a process whose parts are known."""

import numpy as np
import pytest
from scipy import stats

from arena.metrics.variance import components

JUDGED = {
    "1": (9, 2, 5, 8),
    "2": (6, 1, 3, 2),
    "3": (8, 4, 6, 8),
    "4": (7, 1, 2, 6),
    "5": (10, 5, 6, 9),
    "6": (6, 2, 4, 7),
}
"""Six targets judged by four judges: Shrout and Fleiss, 1979, table 2."""

UNEVEN = {"a": (1.0, 2.0, 3.0), "b": (5.0, 7.0), "c": (4.0,)}


def random(seed, sizes, between=1.0, within=1.0):
    draw = np.random.default_rng(seed)
    return {str(n): draw.normal(draw.normal(0, between), within, size) for n, size in enumerate(sizes)}


def test_the_intraclass_correlation_is_the_printed_one():
    found = components(JUDGED)
    # Their table 3: a mean square between targets of 11.24, within of 6.26; their table 4: ICC(1,1) = .17.
    assert found.within == pytest.approx(6.26, abs=0.005)
    assert found.f * found.within == pytest.approx(11.24, abs=0.005)
    assert found.share == pytest.approx(0.17, abs=0.005)


def test_groups_of_different_sizes_by_hand():
    # Means 2, 6 and 4; the mean of all 22/6. SSB = 3(5/3)^2 + 2(7/3)^2 + (1/3)^2 = 58/3, SSW = 2 + 2 = 4.
    found = components(UNEVEN)
    msb, msw = 58 / 3 / 2, 4 / 3
    typical = (6 - (9 + 4 + 1) / 6) / 2
    assert found.within == pytest.approx(msw)
    assert found.between == pytest.approx((msb - msw) / typical)
    assert found.share == pytest.approx(found.between / (found.between + msw))
    assert found.f == pytest.approx(msb / msw)


@pytest.mark.parametrize("sizes", [(5, 5, 5), (2, 7, 4, 3), (1, 3, 2)])
def test_ratio_and_probability_are_scipys(sizes):
    results = random(1, sizes)
    found, theirs = components(results), stats.f_oneway(*results.values())
    assert found.f == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("seed", range(4))
def test_with_groups_of_one_size_the_interval_is_shrouts_and_fleisses(seed):
    found, size, freedom = components(random(seed, (4,) * 6)), 4, (5, 18)
    low = found.f / stats.f.ppf(0.975, *freedom)
    high = found.f * stats.f.ppf(0.975, *reversed(freedom))
    ends = [max(0.0, (end - 1) / (end + size - 1)) for end in (low, high)]
    assert list(found.interval[:2]) == pytest.approx(ends, abs=1e-9)


def test_a_negative_variance_between_is_zero_and_what_was_estimated_is_kept():
    found = components({"a": (1.0, 3.0), "b": (1.5, 3.1)})
    assert (found.between, found.share) == (0.0, 0.0)
    assert found.estimated_between < 0
    assert found.interval.low == 0 < found.interval.high


def test_replicas_that_do_the_same_leave_everything_between():
    found = components({"a": (0.1, 0.1), "b": (0.3, 0.3, 0.3)})
    assert (found.within, found.share, found.interval, found.f, found.p) == (0.0, 1.0, None, None, None)
    assert found.between == pytest.approx((0.3 - 0.1) ** 2 / 2)
    assert components({"a": (0.1, 0.1), "b": (0.1, 0.1)}).share is None


@pytest.mark.parametrize("results", [{}, {"a": (1, 2, 3)}, {"a": (1, 2, 3), "b": (4,), "c": (5,)}])
def test_below_two_models_with_two_replicas_nothing_is_split(results):
    assert components(results) is None


def test_the_order_of_models_and_replicas_changes_nothing():
    turned = {name: tuple(reversed(some)) for name, some in reversed(UNEVEN.items())}
    one, other = components(turned), components(UNEVEN)
    assert one.interval == pytest.approx(other.interval)
    assert one._replace(interval=None) == pytest.approx(other._replace(interval=None))


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(5,) * 5, (2, 3, 5, 7, 4)])
def test_the_interval_holds_the_true_share_as_often_as_it_says(sizes):
    times, true = 2_000, 1 / (1 + 1.5**2)
    held = sum(
        found.low <= true <= found.high
        for found in (components(random(seed, sizes, within=1.5)).interval for seed in range(times))
    )
    assert 0.93 <= held / times <= 0.97
