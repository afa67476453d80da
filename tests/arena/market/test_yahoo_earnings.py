"""Earnings dates and surprises from Yahoo's page of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arena.errors import VendorError
from tests.arena.market.yahoo_answers import (
    NOW,
    NVDA_2023,
    body,
    by_place,
    chart,
    earnings_page,
    split,
)
from tests.loopback import Reply

PAGE, CHART, SEARCH = "/calendar/earnings", "/v8/finance/chart/", "/finance/search"
ROWS = (
    ("May 28, 2025 at 4 PM EDT", "0.90", "-", "-"),
    ("February 26, 2025 at 4 PM EST", "0.84", "-", "-"),
    ("November 20, 2024 at 4 PM EST", "0.75", "0.81", "+8.06"),
    ("May 22, 2024 at 4 PM EDT", "0.56", "0.61", "+9.69"),
    ("February 21, 2024 at 4 PM EST", "0.46", "0.52", "+12.23"),
)
SPLIT = chart(NVDA_2023, **split(date(2024, 6, 10), 10, 1))


def served(page: str, bars=SPLIT, **more):
    return by_place({PAGE: Reply(200, page, {"content-type": "text/html"}), CHART: bars, **more})


def test_reports_are_public_at_the_end_of_their_hour_and_restated_earnings_a_share_are_left_out(connect):
    vendor, _ = connect(served(earnings_page("NVDA", *ROWS)))
    found = vendor.earnings("NVDA", NOW)
    # 4 PM is every minute up to 5 PM: Nvidia's release is at 4:20 PM, after the close of that session.
    assert [(one.reported, one.eps_estimate, one.eps_actual, one.surprise) for one in found.reports] == [
        (datetime(2024, 11, 20, 21, 59, 59, tzinfo=UTC), Decimal("0.75"), Decimal("0.81"), 8.06),
        (datetime(2024, 5, 22, 20, 59, 59, tzinfo=UTC), None, None, 9.69),
        (datetime(2024, 2, 21, 21, 59, 59, tzinfo=UTC), None, None, 12.23),
    ]
    assert found.notes == (
        "earnings a share are left out where yahoo may have restated them for a split; the surprises stand",
    )


def test_the_next_report_is_known_in_the_present_only(connect):
    vendor, _ = connect(served(earnings_page("NVDA", *ROWS)))
    assert vendor.earnings("NVDA", NOW).expected == date(2025, 2, 26)
    assert vendor.earnings("NVDA", datetime(2025, 2, 18, 18, 0, tzinfo=UTC)).expected == date(2025, 2, 26)
    assert vendor.earnings("NVDA", datetime(2025, 2, 18, 17, 59, tzinfo=UTC)).expected is None


def test_a_report_that_came_since_is_the_one_that_was_expected(connect):
    rows = (ROWS[0], ("February 24, 2025 at 4 PM EST", "0.84", "0.89", "+5.9"))
    vendor, _ = connect(served(earnings_page("NVDA", *rows)))
    assert vendor.earnings("NVDA", datetime(2025, 2, 21, 21, tzinfo=UTC)).expected == date(2025, 2, 24)


@pytest.mark.parametrize("when", ["March 5, 2024 at 12 AM EST", "March 5, 2024"])
def test_a_report_of_an_unknown_hour_is_public_at_the_end_of_its_day(connect, when):
    vendor, _ = connect(served(earnings_page("NVDA", (when, "0.75", "0.81", "+8.06"))))
    assert vendor.earnings("NVDA", NOW).reports[0].reported == datetime(2024, 3, 6, 4, 59, 59, tzinfo=UTC)


def test_a_report_on_the_day_of_a_split_is_in_its_shares(connect):
    vendor, _ = connect(served(earnings_page("NVDA", ("June 10, 2024 at 8 AM EDT", "0.5", "0.6", "+20"))))
    assert vendor.earnings("NVDA", NOW).reports[0].eps_actual == Decimal("0.6")


def test_a_loss_and_a_missing_surprise_are_read(connect):
    vendor, _ = connect(served(earnings_page("NVDA", ("November 20, 2024 at 4 PM EST", "-0.10", "-1,000.25", "-"))))
    (report,) = vendor.earnings("NVDA", NOW).reports
    assert (report.eps_estimate, report.eps_actual, report.surprise) == (Decimal("-0.10"), Decimal("-1000.25"), None)


def test_the_splits_are_asked_for_since_the_oldest_report(connect):
    vendor, server = connect(served(earnings_page("NVDA", *ROWS)))
    vendor.earnings("NVDA", NOW)
    (asked,) = [request for request in server.requests if CHART in request.path]
    assert datetime.fromtimestamp(int(asked.query["period1"]), UTC).date() == date(2024, 2, 21)
    assert int(asked.query["period2"]) > NOW.timestamp()


def test_everybodys_earnings_are_nobodys(connect):
    vendor, _ = connect(served(earnings_page("FORTY", *ROWS)))
    with pytest.raises(VendorError, match="the table of earnings is about FORTY"):
        vendor.earnings("NVDA", NOW)


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><th>Symbol</th><th>Event Name</th></tr><tr><td>NVDA</td><td>Q3 Release</td></tr></table>",
        earnings_page("NVDA", ("soon", "1", "2", "3")),
        earnings_page("NVDA", ("June 10, 2024 at 8 AM CEST", "1", "2", "3")),
        earnings_page("NVDA", ("June 10, 2024 at 8 AM EDT", "one", "2", "3")),
        earnings_page("NVDA"),
        "<table></table>",
    ],
    ids=["other columns", "no date", "another zone", "no number", "no rows", "nothing"],
)
def test_a_table_that_cannot_be_read_is_a_failure(connect, page):
    vendor, _ = connect(served(page))
    with pytest.raises(VendorError, match="yahoo failed at the earnings of NVDA"):
        vendor.earnings("NVDA", NOW)


@pytest.mark.real_data
def test_a_page_without_a_table_means_none_for_a_fund_and_nothing_for_a_company(connect, recorded):
    for symbol in ("QQQ", "AAPL"):
        vendor, _ = connect(served("<html>Nothing here</html>", **{SEARCH: body(recorded, f"search-{symbol}.json")}))
        if symbol == "QQQ":
            assert vendor.earnings("QQQ", NOW).reports == ()
        else:
            with pytest.raises(VendorError, match="shows no earnings of AAPL, which does not prove"):
                vendor.earnings("AAPL", NOW)


@pytest.mark.real_data
def test_a_page_that_is_refused_is_not_one_without_a_table(connect, recorded):
    refused = Reply(404, "<html>Nothing here</html>")
    vendor, _ = connect(by_place({PAGE: refused, SEARCH: body(recorded, "search-QQQ.json")}))
    with pytest.raises(VendorError, match="status 404"):
        vendor.earnings("QQQ", NOW)


def test_splits_that_are_not_known_leave_no_earnings(connect):
    vendor, _ = connect(served(earnings_page("NVDA", *ROWS), bars=Reply(500, "oops")))
    with pytest.raises(VendorError, match="yahoo failed at the earnings of NVDA: it answered with the status 500"):
        vendor.earnings("NVDA", NOW)
