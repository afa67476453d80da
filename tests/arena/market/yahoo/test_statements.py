"""Yahoo's statements and identities, recorded and hand-made, through yfinance itself."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from tests.arena.market.yahoo.answers import NOW, body, serve
from tests.loopback import Answer, Reply, Request


def recorded_company(recorded: Path, profile: str, quote: str, tables: dict[str, str]) -> Answer:
    """quoteSummary, quote and fundamentals-timeseries from recordings; an empty table where none is named."""
    empty = {"timeseries": {"result": [{"meta": {"symbol": ["X"], "type": ["x"]}}], "error": None}}

    def answer(request: Request) -> Reply:
        if "/quoteSummary/" in request.path:
            return Reply(200, body(recorded, profile))
        if request.path.endswith("/v7/finance/quote"):
            return Reply(200, body(recorded, quote))
        name = next((name for start, name in tables.items() if request.query["type"].startswith(start)), None)
        return Reply(200, body(recorded, name) if name else empty)

    return answer


# The first line of each table in yfinance's request tells which one it is.
AAPL_TABLES = {
    "quarterlyTaxEffect": "fundamentalsTimeSeries-AAPL-financials-quarterly.json",
    "annualTaxEffect": "fundamentalsTimeSeries-AAPL-financials-annual.json",
    "quarterlyTreasury": "fundamentalsTimeSeries-AAPL-balance-sheet-quarterly.json",
    "quarterlyForeign": "fundamentalsTimeSeries-AAPL-cash-flow-quarterly.json",
}


@pytest.mark.real_data
def test_recorded_apple_statements_are_read_by_their_shared_names(connect, recorded):
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-AAPL.json", "quote-AAPL.json", AAPL_TABLES))
    facts = vendor.fundamentals("AAPL", NOW)
    assert (facts.identity.name, facts.identity.exchange) == ("Apple Inc.", "NasdaqGS")
    assert (facts.identity.sector, facts.identity.currency) == ("Technology", "USD")
    found = {(one.kind, one.period, one.fiscal_end): one for one in facts.statements}
    income = found["income", "quarter", date(2024, 12, 31)]
    assert income.items["total_revenue"] == Decimal(124_300_000_000)
    assert income.items["net_income"] == Decimal(36_330_000_000)
    assert income.filed is None
    assert income.currency == "USD"
    assert found["income", "year", date(2024, 9, 30)].items["gross_profit"] == Decimal(180_683_000_000)
    assert found["balance_sheet", "quarter", date(2024, 12, 31)].items["shareholder_equity"] == Decimal(66_758_000_000)
    flow = found["cash_flow", "quarter", date(2024, 12, 31)].items
    assert flow["capital_expenditure"] == Decimal(2_940_000_000)
    assert flow["operating_cash_flow"] - flow["capital_expenditure"] == flow["free_cash_flow"]


@pytest.mark.real_data
def test_no_line_that_yahoo_restates_for_later_splits_is_read(connect, recorded):
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-AAPL.json", "quote-AAPL.json", AAPL_TABLES))
    names = {name for one in vendor.fundamentals("AAPL", NOW).statements for name in one.items}
    assert names
    assert not [name for name in names if "eps" in name or "shares" in name]


@pytest.mark.real_data
def test_a_fund_has_an_identity_and_no_statements(connect, recorded):
    tables = {"quarterlyTaxEffect": "fundamentalsTimeSeries-QQQ-financials-quarterly.json"}
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-QQQ.json", "quote-QQQ.json", tables))
    facts = vendor.fundamentals("QQQ", NOW)
    assert facts.identity.name == "Invesco QQQ Trust"
    assert facts.statements == ()


def test_statements_and_identity_of_over_a_week_ago_are_not_covered(connect):
    vendor, server = connect(serve({}))
    with pytest.raises(
        NotCoveredError, match="identity and statements of the present, restated, not those of 2025-02-18"
    ):
        vendor.fundamentals("META", datetime(2025, 2, 18, 17, 59, tzinfo=UTC))
    assert server.requests == []
    with pytest.raises(VendorError) as caught:
        vendor.fundamentals("META", datetime(2025, 2, 18, 18, 0, tzinfo=UTC))
    assert not isinstance(caught.value, NotCoveredError)
    assert server.requests


def test_a_profile_not_found_makes_a_ticker_unknown(connect):
    error = {"code": "Not Found", "description": "Quote not found for symbol: NOSUCH"}
    vendor, _ = connect(serve({"quoteSummary": {"result": None, "error": error}}, 404))
    with pytest.raises(TickerError, match="NOSUCH"):
        vendor.fundamentals("NOSUCH", NOW)
