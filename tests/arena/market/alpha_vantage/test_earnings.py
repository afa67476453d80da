"""Earnings of the present and of a past date."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from arena.errors import VendorError
from arena.market.alpha_vantage.vendor import EPS_SINCE_SPLIT, NO_PAST_EPS
from arena.records.market import EarningsReport
from tests.arena.market.alpha_vantage.answers import CALENDAR, EARNINGS, END, QUOTA, YEARS_AGO, read, splits
from tests.arena.market.alpha_vantage.server import (
    KEY,
    by_function,
    functions,
)
from tests.loopback import Reply


def test_earnings_of_the_present_have_what_is_known_since_the_last_split_and_the_next_day(connect):
    answers = {"EARNINGS": EARNINGS, "SPLITS": splits(("2024-06-10", "10.0")), "EARNINGS_CALENDAR": CALENDAR}
    vendor, server = connect(by_function(answers))
    found = vendor.earnings("NVDA", END)
    newest, before_the_split = found.reports
    assert newest == EarningsReport(
        reported=datetime(2025, 8, 28, 3, 59, 59, tzinfo=UTC),  # the end of 27 August in New York
        fiscal_end=date(2025, 7, 31),
        eps_estimate=Decimal("1.01"),
        eps_actual=Decimal("1.04"),
        surprise=2.9703,
    )
    assert (before_the_split.eps_estimate, before_the_split.eps_actual) == (None, None)
    assert before_the_split.surprise == 10.9091
    assert found.expected == date(2025, 11, 19)
    assert found.notes == (EPS_SINCE_SPLIT,)
    assert not found.provisional
    assert functions(server) == ["EARNINGS", "SPLITS", "EARNINGS_CALENDAR"]
    assert server.requests[2].query["symbol"] == "NVDA"


def test_earnings_of_a_past_date_tell_nothing_that_a_later_split_or_announcement_would(connect):
    vendor, server = connect(by_function({"EARNINGS": EARNINGS}))
    found = vendor.earnings("NVDA", END - timedelta(days=1))
    assert [report.surprise for report in found.reports] == [2.9703, 10.9091]
    assert {report.eps_actual for report in found.reports} == {None}
    assert (found.expected, found.notes, found.provisional) == (None, (NO_PAST_EPS,), False)
    assert functions(server) == ["EARNINGS"]


@pytest.mark.parametrize("broken", [{}, QUOTA, {"Information": "Something new."}, Reply(500, b""), "day,x\n1,2\n"])
def test_earnings_stand_where_the_splits_and_the_calendar_cannot_be_had(connect, broken):
    vendor, _ = connect(by_function({"EARNINGS": EARNINGS, "SPLITS": broken, "EARNINGS_CALENDAR": broken}))
    found = vendor.earnings("NVDA", END)
    assert len(found.reports) == 2
    assert {report.eps_actual for report in found.reports} == {None}
    assert found.expected is None
    without_eps, without_day = found.notes
    assert without_eps.startswith("earnings a share are left out, as they may be restated for splits")
    assert without_day.startswith("the day of the next report is unknown: ")
    assert KEY not in "".join(found.notes)
    assert found.provisional


@pytest.mark.parametrize("missing", ["SPLITS", "EARNINGS_CALENDAR"])
def test_earnings_are_provisional_where_either_request_failed(connect, missing):
    answers = {"EARNINGS": EARNINGS, "SPLITS": splits(), "EARNINGS_CALENDAR": CALENDAR}
    vendor, _ = connect(by_function(answers | {missing: QUOTA}))
    assert vendor.earnings("NVDA", END).provisional
    whole, _ = connect(by_function(answers))
    assert not whole.earnings("NVDA", END).provisional


@pytest.mark.real_data
def test_recorded_earnings_before_a_split_are_indeed_restated_and_so_left_out(connect, recorded):
    folder = recorded / "alpha-vantage" / "statements-2021"
    july_2020 = next(
        row for row in read(folder / "AAPL_earnings.json")["quarterlyEarnings"] if row["reportedDate"] == "2020-07-30"
    )
    assert july_2020["reportedEPS"] == "0.65"  # Apple reported 2.58, before its 4:1 split of August 2020
    answers = {
        "EARNINGS": read(folder / "AAPL_earnings.json"),
        "SPLITS": splits(("2020-08-31", "4.0"), ticker="AAPL"),
        "EARNINGS_CALENDAR": CALENDAR,
    }
    vendor, _ = connect(by_function(answers))
    reports = {report.fiscal_end: report for report in vendor.earnings("AAPL", END).reports}
    assert reports[date(2020, 6, 30)].eps_actual is None
    assert reports[date(2020, 6, 30)].surprise == 27.451
    assert reports[date(2021, 9, 30)].eps_actual == Decimal("1.24")


def test_statements_and_earnings_share_one_request(connect):
    answers = {
        "INCOME_STATEMENT": {"symbol": "NVDA", "annualReports": [], "quarterlyReports": []},
        "EARNINGS": EARNINGS,
    }
    vendor, server = connect(by_function(answers))
    vendor.fundamentals("NVDA", YEARS_AGO)
    vendor.earnings("NVDA", YEARS_AGO)
    assert functions(server).count("EARNINGS") == 1


def test_a_shared_request_that_failed_is_sent_again(connect):
    replies = iter([QUOTA, EARNINGS])
    vendor, _ = connect(lambda request: Reply(200, next(replies)))
    with pytest.raises(VendorError):
        vendor.earnings("NVDA", YEARS_AGO)
    assert len(vendor.earnings("NVDA", YEARS_AGO).reports) == 2
