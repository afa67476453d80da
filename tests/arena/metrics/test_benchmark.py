import pytest

from arena.metrics.benchmark import benchmark_of
from tests.arena.trading import bar, day, history


def test_a_split_changes_nothing_and_a_dividend_is_reinvested():
    # 100 -> 110; 10:1 and to 11 (110); pays 1 and falls to 10: 11 -> 11.
    found = benchmark_of(
        history(bar(0, 100), bar(1, 110), bar(2, 11), bar(3, 10), dividends=[(3, 1)], splits=[(2, 10)])
    )
    assert found.levels == pytest.approx((1, 1.1, 1.1, 1.1))
    assert found.name == "NVDA"


def test_its_returns_are_between_the_sessions_asked_for_at_the_last_level_known():
    found = benchmark_of(history(bar(0, 100), bar(2, 120), bar(3, 60)))
    assert found.returns([day(0), day(1), day(2), day(3)]) == pytest.approx([0, 0.2, -0.5])
    assert found.returns([day(-1), day(0)]) is None
    assert found.returns([]) is None
