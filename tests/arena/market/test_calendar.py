from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import DateError
from arena.market.calendar import (
    check_session,
    close_of,
    is_session,
    last_completed_session,
    next_session,
    session_back,
    sessions_between,
)

NEW_YORK = ZoneInfo("America/New_York")
LATER = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "session"),
    [
        (datetime(2025, 10, 14, 15, 59, 59, tzinfo=NEW_YORK), date(2025, 10, 13)),
        (datetime(2025, 10, 14, 16, 0, tzinfo=NEW_YORK), date(2025, 10, 14)),
        (datetime(2025, 10, 14, 20, 0, tzinfo=UTC), date(2025, 10, 14)),
        (datetime(2025, 10, 18, 12, 0, tzinfo=NEW_YORK), date(2025, 10, 17)),
        (datetime(2025, 11, 28, 12, 59, tzinfo=NEW_YORK), date(2025, 11, 26)),
        (datetime(2025, 11, 28, 13, 0, tzinfo=NEW_YORK), date(2025, 11, 28)),
        (datetime(2025, 10, 15, 6, 0, tzinfo=ZoneInfo("Asia/Tokyo")), date(2025, 10, 14)),
    ],
)
def test_a_session_is_completed_once_its_close_early_ones_included_has_passed(now: datetime, session: date) -> None:
    assert last_completed_session(now) == session


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        last_completed_session(datetime(2025, 10, 14, 16, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("session", "close"),
    [
        (date(2025, 10, 14), datetime(2025, 10, 14, 20, 0, tzinfo=UTC)),
        (date(2025, 12, 1), datetime(2025, 12, 1, 21, 0, tzinfo=UTC)),
        (date(2025, 11, 28), datetime(2025, 11, 28, 18, 0, tzinfo=UTC)),
    ],
)
def test_a_close_is_told_in_utc_whatever_the_season(session: date, close: datetime) -> None:
    assert close_of(session) == close
    assert close_of(session).tzinfo is UTC


def test_a_completed_session_passes_the_check() -> None:
    assert check_session(date(2025, 10, 14), LATER) == date(2025, 10, 14)


@pytest.mark.parametrize(
    ("day", "now", "sentence"),
    [
        (date(2025, 10, 18), LATER, "2025-10-18 is a Saturday; the last session before it is 2025-10-17"),
        (date(2025, 1, 9), LATER, "2025-01-09 is an exchange holiday; the last session before it is 2025-01-08"),
        (date(2025, 12, 25), LATER, "2025-12-25 is an exchange holiday; the last session before it is 2025-12-24"),
        (
            date(2025, 10, 15),
            datetime(2025, 10, 15, 15, 0, tzinfo=NEW_YORK),
            "the session of 2025-10-15 has not closed yet; the last completed session is 2025-10-14",
        ),
        (
            date(2025, 10, 18),
            datetime(2025, 10, 15, 17, 0, tzinfo=NEW_YORK),
            "2025-10-18 is a Saturday after 2025-10-17, a session that has not closed yet; "
            "the last completed session is 2025-10-15",
        ),
        (date(1969, 12, 31), LATER, "1969-12-31 is outside the calendar, which runs from 1970-01-02 to 2050-12-30"),
        (date(2051, 1, 3), LATER, "2051-01-03 is outside the calendar, which runs from 1970-01-02 to 2050-12-30"),
    ],
)
def test_a_day_that_cannot_be_decided_at_is_refused_in_a_sentence(day: date, now: datetime, sentence: str) -> None:
    with pytest.raises(DateError) as caught:
        check_session(day, now)
    assert str(caught.value) == sentence


def test_steps_skip_weekends_and_holidays() -> None:
    assert next_session(date(2025, 11, 26)) == date(2025, 11, 28)
    assert next_session(date(2025, 10, 17)) == date(2025, 10, 20)
    assert session_back(date(2025, 11, 28), 1) == date(2025, 11, 26)
    assert session_back(date(2025, 10, 20), 0) == date(2025, 10, 20)
    with pytest.raises(DateError, match="2025-10-18 is not a session; the last one before it is 2025-10-17"):
        next_session(date(2025, 10, 18))
    with pytest.raises(DateError, match="outside the calendar"):
        session_back(date(1970, 1, 5), 2)


def test_sessions_between_includes_both_ends_and_may_be_empty() -> None:
    assert sessions_between(date(2025, 11, 26), date(2025, 11, 30)) == (date(2025, 11, 26), date(2025, 11, 28))
    assert sessions_between(date(2025, 11, 29), date(2025, 11, 30)) == ()
    assert sessions_between(date(2025, 11, 28), date(2025, 11, 26)) == ()


@given(st.timedeltas(timedelta(0), timedelta(days=78 * 365)))
def test_the_last_completed_session_is_the_newest_that_has_closed(since: timedelta) -> None:
    now = datetime(1971, 1, 1, tzinfo=UTC) + since
    session = last_completed_session(now)
    assert is_session(session)
    assert close_of(session) <= now < close_of(next_session(session))
    assert now - close_of(session) < timedelta(days=8)
