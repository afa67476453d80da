"""What a season is to be, from what was asked for."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena.errors import DateError, TickerError, UsageError
from arena.season.due import due_now
from arena.season.planning import SeasonAsked, another, is_due, planned, planned_as_days_pass, remaining
from tests.arenas import rehearsal_arena

CONFIG = rehearsal_arena(Path("nowhere"), as_of="2025-10-14")
NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)
NVDA = SeasonAsked(["NVDA"])


def test_a_season_has_a_round_at_every_session_and_none_on_holidays() -> None:
    plan = planned(CONFIG, NVDA, date(2025, 8, 29), date(2025, 9, 3), NOW)
    assert plan.sessions == (date(2025, 8, 29), date(2025, 9, 2), date(2025, 9, 3))


def test_a_weekly_season_plays_the_last_session_of_each_calendar_week() -> None:
    # Good Friday closes the week of 14 April on Thursday; the week of 28 April is not over by its Wednesday.
    plan = planned(CONFIG, NVDA._replace(every="WEEK"), date(2025, 4, 9), date(2025, 4, 30), NOW)
    assert plan.sessions == (date(2025, 4, 11), date(2025, 4, 17), date(2025, 4, 25))


def test_a_week_may_begin_in_one_year_and_end_in_another() -> None:
    days = [date(2024, 12, 30), date(2024, 12, 31), date(2025, 1, 2), date(2025, 1, 3)]
    assert [is_due(day, "WEEK", "XNYS") for day in days] == [False, False, False, True]


def test_around_the_clock_a_week_ends_on_sunday() -> None:
    plan = planned(CONFIG, SeasonAsked(["BTC-USD"], every="WEEK"), date(2025, 10, 1), date(2025, 10, 14), NOW)
    assert plan.sessions == (date(2025, 10, 5), date(2025, 10, 12))
    assert plan.benchmark is None


def test_sessions_follow_the_tickers_own_exchange() -> None:
    plan = planned(CONFIG, SeasonAsked(["7203.T"]), date(2025, 11, 3), date(2025, 11, 4), NOW)
    assert plan.sessions == (date(2025, 11, 4),)  # 3 November is Culture Day


def test_a_season_ends_with_the_last_completed_session_where_nobody_says_otherwise() -> None:
    plan = planned(CONFIG, NVDA, date(2025, 11, 18), None, NOW)
    assert plan.sessions == (date(2025, 11, 18), date(2025, 11, 19))


def test_the_plan_names_who_plays_and_what_they_are_held_against() -> None:
    asked = SeasonAsked(["nvda", "AAPL", "NVDA"], contestants=["value", "momentum"])
    plan = planned(CONFIG, asked, date(2025, 10, 6), date(2025, 10, 6), NOW)
    assert plan.tickers == ("AAPL", "NVDA")
    assert plan.contestants == ("momentum", "value")
    assert plan.benchmark == "SPY"
    assert planned(CONFIG, asked._replace(benchmark="qqq"), plan.start, plan.end, NOW).benchmark == "QQQ"
    assert planned(CONFIG, asked._replace(benchmark="none"), plan.start, plan.end, NOW).benchmark is None


@pytest.mark.parametrize(
    ("asked", "start", "end", "error", "said"),
    [
        (NVDA, date(2025, 10, 7), date(2025, 10, 6), DateError, "would end before it begins"),
        (NVDA, date(2025, 10, 11), date(2025, 10, 12), DateError, "no day from 2025-10-11 to 2025-10-12 is a session"),
        (NVDA._replace(every="WEEK"), date(2025, 10, 6), date(2025, 10, 8), DateError, "is the last session of its"),
        (SeasonAsked([]), date(2025, 10, 6), None, UsageError, "name at least one ticker"),
        (SeasonAsked(["NVDA", "7203.T"]), date(2025, 10, 6), None, UsageError, "play them in two rounds"),
        (SeasonAsked(["NVDA"], benchmark="EURUSD=X"), date(2025, 10, 6), None, TickerError, "cannot be traded here"),
        (SeasonAsked(["NVDA"], contestants=["gpt"]), date(2025, 10, 6), None, UsageError, "no contestant gpt"),
    ],
)
def test_what_cannot_be_played_is_refused(
    asked: SeasonAsked, start: date, end: date | None, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        planned(CONFIG, asked, start, end, NOW)


def test_two_plans_are_the_same_whenever_and_under_whatever_settings_they_were_made() -> None:
    plan = planned(CONFIG, NVDA, date(2025, 10, 6), date(2025, 10, 8), NOW)
    later = plan.model_copy(update={"made": datetime(2026, 1, 1, tzinfo=UTC), "config_hash": "other"})
    assert plan.same_as(later)
    assert not plan.same_as(later.model_copy(update={"tickers": ("AAPL",)}))


def test_a_refusal_says_what_was_planned() -> None:
    plan = planned(CONFIG, NVDA._replace(contestants=["value"]), date(2025, 10, 6), date(2025, 10, 8), NOW)
    assert str(another(plan)) == (
        "the season trial is already planned otherwise: NVDA from 2025-10-06 to 2025-10-08, every DAY, for value, "
        "benchmark SPY; `arena season resume` goes on with it, another --season begins anew"
    )


def test_of_a_season_over_dates_what_is_left_and_completed_is_due() -> None:
    plan = planned(CONFIG, NVDA, date(2025, 10, 6), date(2025, 10, 9), NOW)
    over = [date(2025, 10, 6)]
    assert remaining(plan, over) == plan.sessions[1:]
    due = due_now(plan, over, None, date(2025, 10, 7))
    assert due.sessions == (date(2025, 10, 7),)
    assert due.note == "2 of the season's rounds wait for their sessions, the next of which is 2025-10-08"
    assert due_now(plan, plan.sessions[:2], None, date(2025, 10, 7)).note.startswith("nothing to do: 2 of")
    assert due_now(plan, plan.sessions, None, date(2025, 10, 20)) == (
        (),
        "nothing to do: every round of the season is over",
    )


@pytest.mark.parametrize(
    ("every", "today", "finished", "begun", "sessions", "note"),
    [
        ("DAY", 8, [], None, [8], ""),
        ("DAY", 8, [8], None, [], "nothing to do: the round of 2025-10-08 is over"),
        ("DAY", 8, [], 7, [7, 8], ""),
        ("DAY", 8, [], 8, [8], ""),
        ("WEEK", 8, [], None, [], "nothing to do: 2025-10-08 is not the last session of its week"),
        ("WEEK", 10, [], None, [10], ""),
        ("WEEK", 13, [], 10, [10], ""),
    ],
)
def test_a_season_that_goes_on_as_days_pass_plays_today_and_ends_what_was_begun(
    every: str, today: int, finished: list[int], begun: int | None, sessions: list[int], note: str
) -> None:
    plan = planned_as_days_pass(CONFIG, NVDA, date(2025, 10, 6), NOW).model_copy(update={"every": every})
    over = [date(2025, 10, day) for day in finished]
    due = due_now(plan, over, date(2025, 10, begun) if begun else None, date(2025, 10, today))
    assert due == (tuple(date(2025, 10, day) for day in sessions), note)
