"""Identity and statements, and what is said of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arena.errors import TickerError, VendorError
from arena.market.alpha_vantage.vendor import TODAYS_IDENTITY
from arena.records.market import Identity
from tests.arena.market.alpha_vantage.answers import END, YEARS_AGO, serve
from tests.arena.market.alpha_vantage.server import (
    by_function,
    functions,
    recorded_statements,
)
from tests.loopback import Reply, Request


def test_the_identity_is_todays_and_says_so(connect):
    vendor, _ = connect(serve({"Symbol": "NVDA", "Name": "NVIDIA Corp", "Exchange": "NASDAQ", "Currency": "USD"}))
    assert vendor.identity("NVDA", YEARS_AGO) == Identity(
        ticker="NVDA", name="NVIDIA Corp", exchange="NASDAQ", currency="USD", notes=(TODAYS_IDENTITY,)
    )


@pytest.mark.real_data
def test_recorded_statements_carry_the_day_they_were_reported(connect, recorded):
    vendor, server = connect(recorded_statements(recorded / "alpha-vantage" / "statements-2021", "AAPL"))
    facts = vendor.fundamentals("AAPL", END)
    found = {(one.kind, one.period, one.fiscal_end): one for one in facts.statements}
    income = found["income", "quarter", date(2021, 6, 30)]
    assert income.filed == date(2021, 7, 27)
    assert income.items["net_income"] == Decimal(21_744_000_000)
    assert found["income", "year", date(2021, 9, 30)].items["net_income"] == Decimal(94_680_000_000)
    assert facts.notes == ()
    assert functions(server) == ["INCOME_STATEMENT", "BALANCE_SHEET", "CASH_FLOW", "EARNINGS"]


@pytest.mark.real_data
def test_a_recorded_limit_body_among_the_statements_is_an_error(connect, recorded):
    folder = recorded / "alpha-vantage" / "statements-2021"

    def answer(request: Request) -> Reply:
        return recorded_statements(folder, "AON" if request.query["function"] == "CASH_FLOW" else "AAPL")(request)

    vendor, _ = connect(answer)
    with pytest.raises(VendorError, match="request limit"):
        vendor.fundamentals("AAPL", END)


def test_a_fund_costs_one_request_and_is_said_to_have_no_statements(connect):
    vendor, server = connect(serve({}))
    with pytest.raises(TickerError, match="does not know or has no such data of"):
        vendor.fundamentals("QQQ", END)
    assert functions(server) == ["INCOME_STATEMENT"]


def test_a_statement_that_cannot_be_read_is_left_out_and_noted_once_it_was_reported(connect):
    rows = [
        {"fiscalDateEnding": "2025-06-30", "netIncome": "1"},
        {"fiscalDateEnding": "2025-09-30", "netIncome": "much"},
    ]
    answers = {
        "INCOME_STATEMENT": {"symbol": "NVDA", "annualReports": [], "quarterlyReports": rows},
        "EARNINGS": {
            "symbol": "NVDA",
            "quarterlyEarnings": [{"fiscalDateEnding": "2025-09-30", "reportedDate": "2025-10-10"}],
        },
    }
    vendor, _ = connect(by_function(answers))
    facts = vendor.fundamentals("NVDA", END)
    assert [one.fiscal_end for one in facts.statements] == [date(2025, 6, 30)]
    assert facts.notes == (
        "the income statement of the quarter that ends 2025-09-30 cannot be read and is left out: "
        "'netIncome' is 'much', not a number",
    )
    assert vendor.fundamentals("NVDA", datetime(2025, 10, 10, 20, tzinfo=UTC)).notes == ()
