"""Lessons worked out by hand: which decisions are any, what the price did, and what was learnt."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.memory import (
    REASONING_WORDS,
    REFLECTION_WORDS,
    Benchmark,
    Written,
    benchmark_prices,
    due,
    lessons_of,
    reflected,
    ticker_prices,
)
from arena.records.market import Bar, Split
from arena.records.memory import LessonReflection, PastDecision, Reflection
from arena.records.season import KeptActions
from arena.records.trading import Mark
from arena.words import CHARACTERS_A_WORD
from tests.agents.surroundings import altered, altered_section, simulated
from tests.arena.trading import day, mark

DAYS = tuple(day(n) for n in range(30))


def facts(*closes, through, splits=(), first=0):
    """A snapshot at the close of the day `through` whose bars have these closes, from the day `first` on."""
    bars = [
        Bar(session=day(n), open=close, high=close, low=close, close=close, volume=1)
        for n, close in enumerate(map(Decimal, closes), first)
    ]
    told = [Split(ex_date=day(n), ratio=Decimal(ratio)) for n, ratio in splits]
    snapshot = altered_section(simulated(), "prices", bars=bars, splits=told, dividends=())
    return altered(snapshot, session=day(through))


def past(n, action="BUY", **changes):
    fraction = 0 if action == "HOLD" else 0.5
    known = {"session": day(n), "action": action, "fraction": fraction, "confidence": 0.6, "reasoning": "It rises."}
    return PastDecision.model_validate({**known, **changes})


def made(decisions, snapshot, *, marks=(), through=None, **changes):
    through = (snapshot.session - day(0)).days if through is None else through
    asked = {"sessions": DAYS[: through + 1], "horizon": 2, "most": 5, **changes}
    return lessons_of(decisions, ticker_prices(snapshot, marks), **asked)


def spy(*closes, through=29, splits=()):
    marks = [mark(n, close, ticker="SPY") for n, close in enumerate(closes) if close is not None]
    told = tuple(Split(ex_date=day(n), ratio=Decimal(ratio)) for n, ratio in splits)
    actions = KeptActions(ticker="SPY", through=day(29), splits=told)
    return Benchmark("SPY", benchmark_prices(day(through), marks, actions))


def test_a_return_is_the_change_from_close_to_close_and_the_excess_what_is_above_the_benchmark():
    # 110 for 100 is ten percent; the benchmark's 202 for 200 is one.
    (lesson,) = made([past(0)], facts(100, 105, 110, through=2), benchmark=spy(200, 207, 202))
    assert (lesson.session, lesson.until, lesson.horizon) == (day(0), day(2), 2)
    assert (lesson.close, lesson.close_after, lesson.split) == (100, 110, 1)
    assert (lesson.return_pct, lesson.benchmark_return_pct, lesson.excess_pct) == (10, 1, 9)
    assert lesson.benchmark == "SPY"
    assert (lesson.action, lesson.fraction, lesson.confidence) == ("BUY", 0.5, 0.6)


@pytest.mark.parametrize("action", ["BUY", "SELL", "HOLD"])
def test_the_return_is_the_prices_whatever_was_decided(action):
    (lesson,) = made([past(0, action)], facts(100, 95, 90, through=2))
    assert (lesson.action, lesson.return_pct) == (action, -10)


def test_a_return_has_two_decimals_rounded_half_to_even():
    # 0.125 percent, and 0.375 percent.
    found = made([past(0), past(1)], facts("80000", "80000", "80100", "80300", through=3))
    assert [lesson.return_pct for lesson in found] == [Decimal("0.38"), Decimal("0.12")]


def test_a_split_in_between_is_undone_and_told_with_the_closes_as_traded():
    # One share at 400 became four at 110, which is 440: ten percent. The benchmark: one at 300 became three at 99.
    snapshot = facts(400, 100, 110, through=2, splits=[(1, 4)])
    (lesson,) = made([past(0)], snapshot, benchmark=spy(300, 99, 99, splits=[(1, 3)]))
    assert (lesson.close, lesson.close_after, lesson.split, lesson.return_pct) == (400, 110, 4, 10)
    assert (lesson.benchmark_return_pct, lesson.excess_pct) == (-1, 11)


@pytest.mark.parametrize(("on", "factor"), [(0, 1), (1, 4), (2, 4), (3, 1)])
def test_a_split_counts_after_the_close_decided_at_and_up_to_that_of_the_horizons_end(on, factor):
    snapshot = facts(100, 100, 100, 100, through=3, splits=[(on, 4)])
    lesson = made([past(0)], snapshot)[0]
    assert (lesson.split, lesson.return_pct) == (factor, 100 * factor - 100)


def test_dividends_do_not_count():
    paid = [{"ex_date": day(1), "amount": 7}]
    (lesson,) = made([past(0)], altered_section(facts(100, 100, 100, through=2), "prices", dividends=paid))
    assert lesson.return_pct == 0


def test_only_a_decision_whose_horizon_has_passed_is_a_lesson():
    snapshot = facts(*range(100, 106), through=5)
    assert [one.session for one in made(map(past, range(6)), snapshot)] == [day(3), day(2), day(1), day(0)]
    assert made(map(past, range(6)), snapshot, horizon=6) == ()
    assert [one.until for one in made(map(past, range(6)), snapshot, horizon=5)] == [day(5)]


def test_the_newest_come_first_and_no_more_than_asked_for():
    found = made(map(past, range(6)), facts(*range(100, 106), through=5), most=2)
    assert [one.session for one in found] == [day(3), day(2)]


def test_the_horizon_counts_sessions_and_not_rounds():
    """A weekly season: decisions five sessions apart, each judged at the next round's close."""
    weekly = [past(0), past(5), past(10)]
    found = made(weekly, facts(*range(100, 111), through=10), horizon=5)
    assert [(one.session, one.until) for one in found] == [(day(5), day(10)), (day(0), day(5))]
    assert [one.return_pct for one in found] == [Decimal("4.76"), 5]


def test_a_missing_close_is_unknown_and_never_zero():
    snapshot = facts(105, 110, through=2, first=1)
    (lesson,) = made([past(0)], snapshot, benchmark=spy(200, 201, None))
    assert (lesson.close, lesson.close_after, lesson.split, lesson.return_pct) == (None, 110, None, None)
    assert (lesson.benchmark, lesson.benchmark_return_pct, lesson.excess_pct) == ("SPY", None, None)


def test_without_a_benchmark_there_is_nothing_to_hold_it_against():
    (lesson,) = made([past(0)], facts(100, 105, 110, through=2))
    assert (lesson.return_pct, lesson.benchmark, lesson.benchmark_return_pct, lesson.excess_pct) == (
        10,
        None,
        None,
        None,
    )


def test_a_return_is_unknown_where_splits_are_though_both_closes_are_kept():
    """The bars reach back to the day after the decision only; a mark of its own day is kept."""
    (lesson,) = made([past(0)], facts(105, 110, through=2, first=1), marks=[mark(0, 100)])
    assert (lesson.close, lesson.close_after, lesson.split, lesson.return_pct) == (100, 110, None, None)


def test_the_mark_that_was_kept_stands_against_what_a_vendor_says_later():
    (lesson,) = made([past(0)], facts(101, 105, 110, through=2), marks=[mark(0, 100), mark(2, 120)])
    assert (lesson.close, lesson.close_after, lesson.return_pct) == (100, 120, 20)


def test_a_benchmarks_return_is_unknown_past_what_was_told_of_its_splits():
    marks = [mark(n, 100 + n, ticker="SPY") for n in range(3)]
    against = Benchmark("SPY", benchmark_prices(day(2), marks, KeptActions(ticker="SPY", through=day(1))))
    (lesson,) = made([past(0)], facts(100, 105, 110, through=2), benchmark=against)
    assert (lesson.return_pct, lesson.benchmark_return_pct) == (10, None)


@given(st.integers(0, 9), st.integers(1, 4), st.lists(st.integers(0, 29), unique=True))
def test_nothing_later_than_the_rounds_session_is_ever_used(through, horizon, decided):
    """Whatever marks of later sessions say, and of other tickers, the lessons are the same."""
    snapshot = facts(*range(100, 101 + through), through=through)
    later = [mark(n, 987654321) for n in range(through + 1, 30)]
    others = [mark(n, 987654321, ticker="AAPL") for n in range(30)]
    bench = [Mark(ticker="SPY", session=day(n), close=Decimal(987654321), source="") for n in range(through + 1, 30)]
    told = tuple(Split(ex_date=day(n), ratio=Decimal(987654321)) for n in range(through + 1, 30))
    actions = KeptActions(ticker="SPY", through=day(29), splits=told)
    against = Benchmark("SPY", benchmark_prices(day(through), bench, actions))
    asked = partial(made, list(map(past, decided)), snapshot, horizon=horizon, most=30)
    found = asked(marks=[*later, *others], benchmark=against)
    assert [one.model_copy(update={"benchmark": None}) for one in found] == list(asked())
    assert all(one.until <= day(through) for one in found)
    assert len(found) == sum(n + horizon <= through for n in decided)
    assert all(one.benchmark_return_pct is None for one in found)


def test_reasoning_and_reflection_are_cut_to_their_words_and_the_cut_is_marked():
    written = {(day(0), day(2)): Written("r" * 9_000, day(2))}
    (lesson,) = made([past(0, reasoning="word " * 900)], facts(1, 2, 3, through=2), written=written)
    assert len(lesson.reasoning) <= REASONING_WORDS * CHARACTERS_A_WORD + 40
    assert len(lesson.reflection) <= REFLECTION_WORDS * CHARACTERS_A_WORD + 40
    assert lesson.reasoning.endswith("characters cut]")


def test_a_reflection_comes_to_the_decision_and_horizon_it_was_written_about():
    written = {(day(0), day(2)): Written("It held.", day(2)), (day(1), day(4)): Written("Of another.", day(4))}
    found = made([past(0), past(1)], facts(*range(100, 106), through=5), written=written)
    assert [(one.session, one.reflection, one.reflected) for one in found] == [
        (day(1), None, None),
        (day(0), "It held.", day(2)),
    ]


def test_due_is_what_turned_out_and_has_not_been_reflected_on():
    written = {(day(1), day(3)): Written("It held.", day(3))}
    found = made([past(0), past(1), past(2)], facts(*range(101, 106), through=5, first=1), written=written)
    assert [one.return_pct is None for one in found] == [False, False, True]
    assert [one.session for one in due(found)] == [day(2)]


def test_reflections_are_told_by_the_numbers_of_those_that_were_due():
    written = {(day(1), day(3)): Written("Before.", day(3))}
    found = made([past(0), past(1), past(2)], facts(*range(100, 106), through=5), written=written)
    said = [(2, "The second."), (7, "About nothing."), (2, "The second again.")]
    answer = Reflection(lessons=tuple(LessonReflection(lesson=n, text=text) for n, text in said))
    after = reflected(found, answer, day(5))
    assert [(one.session, one.reflection, one.reflected) for one in after] == [
        (day(2), None, None),
        (day(1), "Before.", day(3)),
        (day(0), "The second.", day(5)),
    ]
    assert [one.session for one in due(after)] == [day(2)]


def test_a_session_the_exchange_does_not_know_is_no_lesson():
    odd = past(0, session=date(2025, 10, 13) - timedelta(days=400))
    assert made([odd], facts(100, 105, 110, through=2)) == ()
