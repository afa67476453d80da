"""What the company filed, reported and its insiders traded, as far as it was public at a session's close."""

from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest

from arena.records.market import Earnings, Insiders
from tests.arena.market.assembling import AS_OF, SESSION, SETTINGS, report, snapshot, trade
from tests.arena.market.scripted import company, statement


def test_an_undated_statement_is_noted_and_one_filed_the_same_day_is_not_known_yet() -> None:
    section = snapshot(
        fundamentals=company(
            statement(date(2025, 6, 30), None),
            statement(date(2025, 8, 30), None),  # public on 2025-10-14, 45 days later
            statement(date(2025, 9, 30), SESSION),  # most companies file after the close
        )
    ).fundamentals
    assert [found.fiscal_end for found in section.statements] == [date(2025, 8, 30), date(2025, 6, 30)]
    assert section.notes == (
        "2 statements have no filing date; a quarter's counts as public 45 days after its end, a year's after 90",
    )


@pytest.mark.parametrize("periods", [5, 12])
def test_of_each_kind_of_statement_by_quarter_and_by_year_the_newest_periods_are_kept(periods: int) -> None:
    ends = [date(2025 - years, month, 28) for years in range(16) for month in (6, 3)]
    filed = [
        statement(end, end + timedelta(days=30), period, kind)
        for end in reversed(ends)
        for period in ("quarter", "year")
        for kind in ("income", "cash_flow")
    ]
    kept = snapshot(SETTINGS.model_copy(update={"periods": periods}), fundamentals=company(*filed)).fundamentals
    found = Counter((one.kind, one.period) for one in kept.statements)
    assert found == dict.fromkeys(product(("income", "cash_flow"), ("quarter", "year")), periods)
    assert {one.fiscal_end for one in kept.statements} == set(ends[:periods])


def test_a_kind_with_few_periods_is_not_crowded_out_by_one_with_many() -> None:
    quarters = [statement(date(2025 - years, 6, 30), None) for years in range(20)]
    year = statement(date(2009, 12, 31), date(2010, 2, 1), "year")
    assert year in snapshot(fundamentals=company(year, *quarters)).fundamentals.statements


def test_the_newest_reports_are_kept_as_many_as_periods() -> None:
    reported = [AS_OF - timedelta(days=91 * back) for back in range(20)]
    reports = tuple(report(when) for when in reversed(reported))
    kept = snapshot(earnings=Earnings(reports=reports)).earnings.reports
    assert [one.reported for one in kept] == reported[: SETTINGS.periods]


def test_the_next_report_is_expected_after_the_session_or_unknown() -> None:
    passed = snapshot(earnings=Earnings(reports=(report(AS_OF),), expected=SESSION)).earnings
    assert (passed.status, passed.expected) == ("ok", None)


def test_a_trade_without_a_filing_date_counts_from_its_deadline_and_is_noted() -> None:
    section = snapshot(
        insiders=Insiders(trades=(trade(date(2025, 10, 9), None), trade(date(2025, 10, 10), None)))
    ).insiders
    assert [one.traded for one in section.trades] == [date(2025, 10, 9)]
    assert section.notes == ("1 trades have no filing date; one counts as public 2 sessions after it was made",)
