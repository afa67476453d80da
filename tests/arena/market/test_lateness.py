from datetime import date, datetime, timedelta

import pytest

from arena.market.calendar import close_of
from arena.market.lateness import reliable_end, settled
from arena.market.questions import EarningsQuestion, FundamentalsQuestion, NewsQuestion, PricesQuestion, SocialQuestion
from arena.records.market import Earnings
from tests.arena.market.scripted import history

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
FIRST = date(2025, 10, 1)
MIDNIGHT = datetime.fromisoformat("2025-10-15T00:00:00-04:00")


@pytest.mark.parametrize(
    ("question", "end"),
    [
        (FundamentalsQuestion(ticker="ACME", as_of=AS_OF), AS_OF),
        (NewsQuestion(ticker="ACME", start=AS_OF - timedelta(days=14), end=AS_OF), AS_OF),
        (SocialQuestion(ticker="ACME", start=FIRST, end=SESSION), MIDNIGHT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_is_the_last_word_twelve_hours_after_what_it_is_about(question, end):
    assert not settled(question, (), end + timedelta(hours=12) - timedelta(seconds=1))
    assert settled(question, (), end + timedelta(hours=12))


def test_prices_without_their_last_bar_are_late_for_a_week_and_then_there_is_none():
    question = PricesQuestion(ticker="ACME", start=FIRST, end=SESSION)
    whole, short = history(FIRST, SESSION), history(FIRST, date(2025, 10, 10))
    week = close_of(SESSION) + timedelta(days=7)
    assert settled(question, whole, MIDNIGHT + timedelta(hours=12))
    assert not settled(question, short, week)
    assert settled(question, short, week + timedelta(days=1))


@pytest.mark.parametrize("provisional", [True, False])
def test_an_answer_of_which_a_part_could_not_be_had_is_never_the_last_word(provisional):
    late = AS_OF + timedelta(days=3650)
    prices = history(FIRST, SESSION, provisional=provisional)
    earnings = Earnings(reports=(), provisional=provisional)
    assert settled(PricesQuestion(ticker="ACME", start=FIRST, end=SESSION), prices, late) is not provisional
    assert settled(EarningsQuestion(ticker="ACME", as_of=AS_OF), earnings, late) is not provisional


def test_prices_are_reliable_up_to_the_day_before_the_first_bar_that_is_late():
    short = history(FIRST, date(2025, 10, 10))  # a Friday
    assert reliable_end(short, AS_OF, FIRST, SESSION) == date(2025, 10, 12)
    assert reliable_end(short, AS_OF + timedelta(days=8), FIRST, SESSION) == SESSION
