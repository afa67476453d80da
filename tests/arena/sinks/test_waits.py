"""Waits that grow, and hours in which people are left alone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arena.config.sinks import QuietHours
from arena.sinks.waits import LONGEST, delay, quiet_until

NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0.01, 100), st.floats(0, 1))
def test_a_wait_doubles_within_a_quarter_and_ends_at_an_hour(attempts, first, chance):
    wait = delay(attempts, first, None, lambda: chance)
    plain = min(LONGEST, first * 2 ** min(attempts - 1, 30))
    assert 0.75 * plain <= wait <= 1.25 * plain


@given(st.floats(0, 1e6), st.floats(0, 1))
def test_nobody_comes_back_before_the_server_allows(asked, chance):
    assert asked <= delay(7, 2, asked, lambda: chance) <= asked * 1.1


@given(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    st.times(),
    st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]),
)
def test_quiet_hours_end_when_they_say_and_not_before_now(now, start, end, zone):
    assume(f"{start:%H:%M}" != f"{end:%H:%M}")
    hours = QuietHours(start=f"{start:%H:%M}", end=f"{end:%H:%M}", time_zone=zone)
    until = quiet_until(hours, now)
    if until is not None:
        assert until > now
        assert quiet_until(hours, until) is None


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (("22:00", "07:00"), "23:30", "07:00"),
        (("22:00", "07:00"), "06:59", "07:00"),
        (("22:00", "07:00"), "07:00", None),
        (("12:00", "13:00"), "12:00", "13:00"),
        (("12:00", "13:00"), "13:00", None),
        (("12:00", "13:00"), "02:00", None),
    ],
)
def test_they_may_go_over_midnight(hours, now, until):
    at = datetime.combine(NEW_YEAR, time.fromisoformat(now), UTC)
    ends = quiet_until(QuietHours(start=hours[0], end=hours[1]), at)
    assert (None if ends is None else f"{ends:%H:%M}") == until


def test_without_quiet_hours_there_are_none():
    assert quiet_until(None, datetime(2025, 11, 20, tzinfo=UTC)) is None
