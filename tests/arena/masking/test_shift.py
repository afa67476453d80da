from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.masking.shift import Shift

DAYS = st.dates(date(1990, 1, 1), date(2049, 12, 31))
SEASONS = st.text(min_size=1, max_size=20)


@given(SEASONS, DAYS)
def test_a_day_keeps_its_weekday_and_leaves_every_year_that_facts_are_of(season, day):
    shift = Shift.of(season)
    assert shift.day(day).weekday() == day.weekday()
    assert shift.day(day).year >= 2050


@given(SEASONS, DAYS, DAYS)
def test_days_stay_as_far_apart_as_they_were(season, one, other):
    shift = Shift.of(season)
    assert shift.day(one) - shift.day(other) == one - other


@given(SEASONS)
def test_the_time_of_the_year_is_another_one(season):
    shift = Shift.of(season)
    assert shift.quarters in (1, 2, 3)
    middle = date(2025, 5, 15)
    assert shift.day(middle).month == shift.month(5) != 5
    assert shift.quarter(2, 2025)[0] != 2


def test_a_season_always_has_the_same_move_and_not_all_have_one():
    assert Shift.of("main").weeks == Shift.of("main").weeks
    assert len({Shift.of(f"season {n}").weeks for n in range(50)}) > 20
    assert Shift(Shift.of("main").weeks).quarters == Shift.of("main").quarters


@pytest.mark.parametrize("weeks", [3133, 3146, 3159])
@pytest.mark.parametrize("month", range(1, 13))
def test_the_end_of_a_new_york_day_is_the_end_of_the_moved_day_whatever_the_clocks_say(weeks, month):
    new_york = ZoneInfo("America/New_York")
    end = datetime(2025, month, 10, 23, 59, 59, tzinfo=new_york)
    moved = Shift(weeks).in_new_york(end.astimezone(UTC))
    assert moved.tzinfo is UTC
    assert moved.astimezone(new_york).replace(tzinfo=None) == end.replace(tzinfo=None) + timedelta(weeks=weeks)
