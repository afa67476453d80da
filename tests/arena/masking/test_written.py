"""Dates as English texts write them; this season's move is 3,160 weeks, sixty years and two quarters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.masking.shift import Shift
from arena.masking.written import moved_dates

SHIFT = Shift(round(60 * 365.2425 / 7) + 26)
NEAR = date(2025, 10, 14)
"""On a Tuesday; it becomes the 14th of April 2086, near enough."""


def moved(text, near=NEAR):
    return moved_dates(text, near, SHIFT)


def test_the_move_of_these_tests():
    assert (SHIFT.years, SHIFT.quarters, SHIFT.day(NEAR)) == (60, 2, date(2086, 4, 16))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("on 2025-10-14", "on 2086-04-16"),
        ("2025-10-14T13:00:00Z", "2086-04-16T13:00:00Z"),
        ("2025/10/14", "2086/04/16"),
        ("20251014T1300", "20860416T1300"),
        ("10/14/2025", "4/16/2086"),
        ("10/14/25", "4/16/86"),
        ("14/10/2025", "16/4/2086"),
        ("14.10.2025", "16.4.2086"),
        ("Oct. 14, 2025", "Apr. 16, 2086"),
        ("October 14th, 2025", "April 16th, 2086"),
        ("OCTOBER 14 2025", "APRIL 16 2086"),
        ("Feb.21, 2025", "Aug.24, 2085"),
        ("oct 14", "apr 16"),
        ("14 October 2025", "16 April 2086"),
        ("14th of October", "16th of April"),
        ("14-Oct-2025", "16-Apr-2086"),
        ("Oct. 14-16, 2025", "Apr. 16-18, 2086"),
        ("Tuesday, Oct. 14 at 4:15", "Tuesday, Apr. 16 at 4:15"),
        ("puts for 10/17", "puts for 4/19"),
        ("QZMX251017C00200000", "QZMX860419C00200000"),
        ("in October 2025", "in April 2086"),
        ("Jan '26", "Jul '86"),
        ("in October", "in April"),
        ("since May", "since November"),
        ("the March quarter", "the September quarter"),
        ("Q3 2025", "Q1 2086"),
        ("Q3'25", "Q1'86"),
        ("3Q25", "1Q86"),
        ("Q4", "Q2"),
        ("Q2 FY2026", "Q4 FY2086"),
        ("third quarter of 2025", "first quarter of 2086"),
        ("second-quarter fiscal 2026", "fourth-quarter fiscal 2086"),
        ("FY25", "FY86"),
        ("1H25", "2H85"),
        ("in 2025", "in 2086"),
        ("2025's", "2086's"),
        ("2026E EPS", "2087E EPS"),
        ("class of '25", "class of '86"),
        ("2024-25", "2085-86"),
        ("2023 to 2025", "2084 to 2086"),
        ("the 2020s", "the 2080s"),
        ("since 1998", "since 2059"),
    ],
)
def test_every_common_form_is_moved_in_the_same_form(text, masked):
    assert moved(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "it may march on",
        "a ratio of 3/4, 50/50, 24/7 and 7/8",
        "$2025 or 2,025 or 2025.5 or +2025% or 12025",
        "2000 employees and 2,000 stores",
        "Russell 2000",
        "a 10-K, an 8-K, the S&P 500, 52-week",
        "these 2 may rise",
        "v2.10.25",
        "1987 and World War II in 1945",
        "Mar-a-Lago",
        "Q5 and 5Q",
        "at 4:15 p.m. for $10.14",
    ],
)
def test_what_is_no_date_stays(text):
    assert moved(text) == text


def test_a_year_stays_as_far_from_the_texts_own_as_it_was():
    assert moved("in 2025, 2026 and 2019", near=date(2025, 10, 14)) == "in 2086, 2087 and 2080"
    assert moved("in 2025, 2026 and 2019", near=date(2025, 2, 3)) == "in 2085, 2086 and 2079"


def test_a_day_without_a_year_is_of_the_year_it_is_nearest_in():
    # New Year's Day is in the next year for a text of December, and in its own for one of January.
    assert moved("Jan. 2", near=date(2024, 12, 30)) == moved("Jan. 2, 2025").removesuffix(", 2085")
    assert moved("Dec. 30", near=date(2025, 1, 2)) == moved("Dec. 30, 2024").removesuffix(", 2085")


@given(st.dates(date(1990, 1, 1), date(2049, 12, 31)))
def test_a_whole_date_is_moved_by_the_weeks_of_the_move_in_every_form(day):
    there = SHIFT.day(day)
    assert moved(f"{day}") == f"{there}"
    assert moved(f"{day:%B} {day.day}, {day.year}") == f"{there:%B} {there.day}, {there.year}"
    short = "%B" if day.month == 5 else "%b"
    assert moved(f"{day.day} {day:%b} {day.year}") == f"{there.day} {there:{short}} {there.year}"


@given(st.text(alphabet="0123456789/-., QFYH'Octabermy", max_size=30))
def test_whatever_is_written_is_rewritten_once_and_not_again(text):
    once = moved(text)
    assert isinstance(once, str)
    assert not [year for year in range(1990, 2050) if f" {year} " in f" {once} " and f" {year} " not in f" {text} "]
