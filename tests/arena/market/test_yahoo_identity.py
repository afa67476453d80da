"""Who the company is, from Yahoo's summary in the present and from its chart for the past."""

from datetime import UTC, date, datetime

import pytest

from arena.errors import NotCoveredError, VendorError
from arena.market.yahoo.identity import OF_TODAY
from tests.arena.market.yahoo_answers import NOW, NVDA_2023, body, by_place, chart, serve, summary

PAST = datetime(2023, 12, 29, 21, tzinfo=UTC)


@pytest.mark.real_data
def test_the_present_company_is_named_with_its_sector_by_one_request(connect, recorded):
    vendor, server = connect(by_place({"/quoteSummary/": body(recorded, "quoteSummary-all-AAPL.json")}))
    found = vendor.identity("AAPL", NOW)
    assert (found.name, found.exchange, found.sector, found.currency) == ("Apple Inc.", "NasdaqGS", "Technology", "USD")
    assert found.notes == ()
    assert sum("/quoteSummary/" in request.path for request in server.requests) == 1


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("symbol", "name", "exchange"),
    [("QQQ", "Invesco QQQ Trust", "NasdaqGM"), ("BTC-USD", "Bitcoin USD", "CCC"), ("ADH", "54688", "YHD")],
)
def test_what_is_no_company_has_a_name_and_no_sector(connect, recorded, symbol, name, exchange):
    vendor, _ = connect(serve(body(recorded, f"quoteSummary-all-{symbol}.json")))
    found = vendor.identity(symbol, NOW)
    assert (found.name, found.exchange, found.sector) == (name, exchange, None)


@pytest.mark.real_data
def test_a_past_company_is_named_by_one_chart_that_says_whose_names_these_are(connect, recorded):
    vendor, server = connect(by_place({"/v8/finance/chart/": body(recorded, "chart-AAPL.json")}))
    found = vendor.identity("AAPL", PAST)
    assert (found.name, found.exchange, found.sector, found.currency) == ("Apple Inc.", "NasdaqGS", None, "USD")
    assert found.notes == (OF_TODAY,)
    assert sum("/v8/finance/chart/" in request.path for request in server.requests) == 1


def test_a_ticker_that_went_to_another_company_since_names_nobody(connect):
    listed = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp())
    vendor, _ = connect(serve(chart(NVDA_2023, {"firstTradeDate": listed})))
    with pytest.raises(NotCoveredError, match="what yahoo calls NVDA today did not trade at 2023-12-29") as caught:
        vendor.identity("NVDA", PAST)
    assert "2024" not in str(caught.value)
    assert vendor.identity("NVDA", datetime(2024, 6, 10, 20, tzinfo=UTC)).currency == "USD"


def test_a_first_day_of_trading_in_an_answer_without_rows_is_read_too(connect):
    answer = chart(NVDA_2023, {"firstTradeDate": int(PAST.timestamp()) + 1})
    del answer["chart"]["result"][0]["timestamp"]
    vendor, _ = connect(serve(answer))
    with pytest.raises(NotCoveredError, match="did not trade"):
        vendor.identity("NVDA", PAST)


def test_a_window_before_everything_names_nobody(connect):
    error = {"code": "Bad Request", "description": "Data doesn't exist for startDate = 1, endDate = 2"}
    vendor, _ = connect(serve({"chart": {"result": None, "error": error}}, 400))
    with pytest.raises(NotCoveredError, match="yahoo has no ARM at 2023-12-29"):
        vendor.identity("ARM", PAST)


def test_a_chart_of_another_symbol_names_nobody(connect):
    vendor, _ = connect(serve(chart(NVDA_2023)))
    with pytest.raises(VendorError, match="yahoo answered about 'NVDA' when asked who AMD is"):
        vendor.identity("AMD", PAST)


@pytest.mark.parametrize(
    "price", [{}, {"symbol": "NVDA", "quoteType": "NONE"}, {"symbol": "NVDA"}, {"symbol": "AMD", "quoteType": "EQUITY"}]
)
def test_a_summary_that_names_nothing_does_not_prove_that_there_is_nothing(connect, price):
    vendor, _ = connect(serve({"quoteSummary": {"result": [{"price": price}], "error": None}}))
    with pytest.raises(VendorError, match="yahoo says nothing about NVDA"):
        vendor.identity("NVDA", NOW)


def test_the_present_reaches_back_a_week(connect):
    vendor, server = connect(by_place({"/quoteSummary/": summary("NVDA"), "/chart/": chart(NVDA_2023)}))
    assert vendor.identity("NVDA", datetime(2025, 2, 18, 18, 0, tzinfo=UTC)).notes == ()
    assert vendor.identity("NVDA", datetime(2025, 2, 18, 17, 59, tzinfo=UTC)).notes == (OF_TODAY,)
    asked = next(request for request in server.requests if "/chart/" in request.path)
    assert int(asked.query["period1"]) < datetime(2025, 2, 18, tzinfo=UTC).timestamp()
    assert datetime.fromtimestamp(int(asked.query["period2"]), UTC).date() == date(2025, 2, 19)
