"""The Yahoo adapter over recorded and hand-made answers, served on loopback through yfinance itself."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yfinance import cache

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.answers import Answered
from arena.market.sections import price_section
from arena.market.yahoo import YahooVendor
from arena.market.yahoo.prices import as_traded
from tests.arena.market.yahoo_answers import NOW, NVDA_2023, body, chart, new_york, serve, split
from tests.loopback import Answer, Reply, Request

NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


def test_a_close_before_the_ten_for_one_split_reads_as_it_was_traded(connect):
    vendor, _ = connect(serve(chart(NVDA_2023, **split(date(2024, 6, 10), 10, 1))))
    history = vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10))
    closes = {bar.session: bar.close for bar in history.bars}
    assert closes[date(2023, 12, 29)] == Decimal("495.22")
    assert closes[date(2024, 6, 7)] == Decimal("1208.88")
    assert closes[date(2024, 6, 10)] == Decimal("121.79")
    assert history.bars[0].volume == 24_658_700
    assert [(found.ex_date, found.ratio) for found in history.splits] == [(date(2024, 6, 10), Decimal(10))]


def test_a_split_after_the_window_still_undoes_yahoos_adjustment_but_is_not_told(connect):
    vendor, server = connect(serve(chart(NVDA_2023, **split(date(2024, 6, 10), 10, 1))))
    history = vendor.prices("NVDA", date(2023, 12, 28), date(2023, 12, 29))
    assert [bar.close for bar in history.bars] == [Decimal("495.22"), Decimal("495.22")]
    assert history.splits == ()
    assert history.notes == ()
    asked = next(request for request in server.requests if "/v8/finance/chart/" in request.path)
    assert int(asked.query["period2"]) == new_york(date(2025, 2, 26), hour=0, minute=0)


def test_prices_take_a_single_chart_request(connect):
    vendor, server = connect(serve(chart(NVDA_2023)))
    vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10))
    assert sum("/v8/finance/chart/" in request.path for request in server.requests) == 1


def test_dividends_are_un_split_too(connect):
    events = split(date(2024, 6, 10), 10, 1)
    events["dividends"] = {"1": {"date": new_york(date(2023, 12, 29)), "amount": 0.004}}
    vendor, _ = connect(serve(chart(NVDA_2023, **events)))
    history = vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10))
    assert [(found.ex_date, found.amount) for found in history.dividends] == [(date(2023, 12, 29), Decimal("0.04"))]


def test_a_reverse_split_divides_earlier_prices(connect):
    bars = {date(2024, 6, 7): (10.0, 11.0, 9.0, 10.5, 1000), date(2024, 6, 10): (10.2, 10.4, 10.0, 10.1, 900)}
    vendor, _ = connect(serve(chart(bars, **split(date(2024, 6, 10), 1, 8))))
    before, after = vendor.prices("NVDA", date(2024, 6, 7), date(2024, 6, 10)).bars
    assert before.close == Decimal("1.3125")  # 10.5 / 8
    assert before.volume == 8000
    assert after.close == Decimal("10.1")


def test_a_split_of_today_without_a_bar_yet_still_counts(connect):
    bars = {date(2025, 2, 24): (10.0, 11.0, 9.0, 10.5, 1000)}
    vendor, _ = connect(serve(chart(bars, **split(date(2025, 2, 25), 4, 1))))
    history = vendor.prices("NVDA", date(2025, 2, 24), date(2025, 2, 25))
    assert [(bar.session, bar.close) for bar in history.bars] == [(date(2025, 2, 24), Decimal(42))]
    assert [found.ratio for found in history.splits] == [Decimal(4)]
    assert history.notes == ()


def test_rows_without_sound_prices_are_left_out_and_noted(connect):
    bars = {
        date(2025, 2, 18): (10.0, 11.0, 9.0, 10.5, 1000),
        date(2025, 2, 19): (None, None, None, None, None),
        date(2025, 2, 20): (None, None, None, None, 500),
        date(2025, 2, 21): (10.0, 11.0, None, 10.5, 1000),
        date(2025, 2, 24): (12.0, 11.0, 9.0, 10.5, 1000),
    }
    vendor, _ = connect(serve(chart(bars)))
    history = vendor.prices("NVDA", date(2025, 2, 18), date(2025, 2, 24))
    assert [bar.session for bar in history.bars] == [date(2025, 2, 18)]
    assert [(note.day, note.text) for note in history.notes] == [
        (date(2025, 2, 19), "yahoo's row of 2025-02-19: there are no prices; the row is left out"),
        (date(2025, 2, 20), "yahoo's row of 2025-02-20: there are no prices; the row is left out"),
        (date(2025, 2, 21), "yahoo's row of 2025-02-21: low is empty; the row is left out"),
        (
            date(2025, 2, 24),
            "yahoo's row of 2025-02-24: open 12 is outside low 9 and high 11; the row is left out",
        ),
    ]


def test_a_doubt_about_a_later_day_is_not_in_the_snapshot(connect):
    bars = dict.fromkeys((date(2025, 2, 18), date(2025, 2, 19), date(2025, 2, 20)), (10.0, 11.0, 9.0, 10.5, 1000))
    vendor, _ = connect(serve(chart(bars | {date(2025, 2, 19): (10.0, 11.0, None, 10.5, 1000)})))
    history = vendor.prices("NVDA", date(2025, 2, 18), date(2025, 2, 20))
    assert len(history.notes) == 1
    section, _ = price_section(Answered("yahoo", history, NOW), date(2025, 2, 18), 1)
    assert (section.status, section.notes) == ("ok", ())


@pytest.mark.parametrize("currency", [None, ""])
def test_an_unknown_currency_is_not_taken_for_dollars(connect, currency):
    content = chart(NVDA_2023)
    content["chart"]["result"][0]["meta"]["currency"] = currency
    vendor, _ = connect(serve(content))
    with pytest.raises(VendorError, match="yahoo does not say in which currency NVDA trades"):
        vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10))


@pytest.mark.real_data
def test_recorded_nvidia_prices_are_un_split_by_the_split_among_them(connect, recorded):
    vendor, _ = connect(serve(body(recorded, "historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json")))
    history = vendor.prices("NVDA", date(2021, 2, 1), date(2022, 1, 28))
    closes = {bar.session: bar.close for bar in history.bars}
    assert len(history.bars) == 252
    assert closes[date(2021, 2, 1)] == Decimal("52.948")  # 13.237 * 4, the 10:1 split of 2024 not being recorded
    assert closes[date(2021, 7, 20)] == Decimal("18.612")
    assert history.splits[0].ratio == 4
    assert history.currency == "USD"


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name", ["chart-notimestamp-quotes-length.fake.json", "chart-notimestamp-weird-quote.fake.json"]
)
def test_a_known_symbol_without_bars_in_the_window_is_empty(connect, recorded, name):
    vendor, _ = connect(serve(body(recorded, name)))
    assert vendor.prices("AAPL", date(2020, 1, 1), date(2020, 1, 3)).bars == ()


def test_a_window_before_the_listing_is_empty(connect):
    reason = "Data doesn't exist for startDate = 1577854800, endDate = 1577941200"
    vendor, _ = connect(
        serve({"chart": {"result": None, "error": {"code": "Bad Request", "description": reason}}}, 400)
    )
    assert vendor.prices("ARM", date(2020, 1, 1), date(2020, 1, 2)).bars == ()


def test_yahoos_own_not_found_makes_a_ticker_unknown(connect):
    vendor, _ = connect(serve({"chart": {"result": None, "error": NOT_FOUND}}, 404))
    with pytest.raises(TickerError, match="yahoo knows no 'NOSUCH'"):
        vendor.prices("NOSUCH", date(2025, 1, 2), date(2025, 1, 3))


FAULTS = {
    "rate limit": Reply(429, "Too Many Requests"),
    "server error": Reply(500, "<html>oops</html>"),
    "server error in JSON": Reply(500, {"chart": {"result": None, "error": {"code": "x", "description": "oops"}}}),
    "gateway error": Reply(502, {"finance": {"result": None, "error": {"code": "x", "description": "oops"}}}),
    "404 of a proxy": Reply(404, "<html>not here</html>"),
    "maintenance": Reply(200, "<html>Will be right back</html>"),
    "empty body": Reply(200, ""),
    "empty object": Reply(200, {}),
    "cut JSON": Reply(200, '{"chart": {"result": [{"meta"'),
    "null result": Reply(200, {"chart": {"result": None, "error": None}}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_failure_looks_like_an_answer(connect, fault):
    vendor, _ = connect(lambda request: fault)
    asks = (
        lambda: vendor.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3)),
        lambda: vendor.fundamentals("NVDA", NOW),
        lambda: vendor.news("NVDA", datetime(2025, 2, 20, tzinfo=UTC), NOW),
    )
    for ask in asks:
        with pytest.raises(VendorError, match="yahoo"):
            ask()


def test_a_hanging_server_ends_in_a_vendor_error_at_the_deadline(connect):
    vendor, _ = connect(lambda request: Reply(delay=5), timeout=0.2)
    with pytest.raises(VendorError, match="timed out"):
        vendor.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3))


def test_a_failure_is_not_remembered(connect):
    replies = iter([Reply(200, ""), Reply(200, chart(NVDA_2023))])
    vendor, _ = connect(lambda request: next(replies))
    with pytest.raises(VendorError):
        vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10))
    assert len(vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10)).bars) == 4


def recorded_company(recorded: Path, profile: str, tables: dict[str, str]) -> Answer:
    """quoteSummary and fundamentals-timeseries from recordings; an empty table where none is named."""
    empty = {"timeseries": {"result": [{"meta": {"symbol": ["X"], "type": ["x"]}}], "error": None}}

    def answer(request: Request) -> Reply:
        if "/quoteSummary/" in request.path:
            return Reply(200, body(recorded, profile))
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
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-AAPL.json", AAPL_TABLES))
    facts = vendor.fundamentals("AAPL", NOW)
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
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-AAPL.json", AAPL_TABLES))
    names = {name for one in vendor.fundamentals("AAPL", NOW).statements for name in one.items}
    assert names
    assert not [name for name in names if "eps" in name or "shares" in name]


@pytest.mark.real_data
def test_a_fund_has_no_statements(connect, recorded):
    tables = {"quarterlyTaxEffect": "fundamentalsTimeSeries-QQQ-financials-quarterly.json"}
    vendor, _ = connect(recorded_company(recorded, "quoteSummary-all-QQQ.json", tables))
    assert vendor.fundamentals("QQQ", NOW).statements == ()


def test_statements_of_over_a_week_ago_are_not_covered(connect):
    vendor, server = connect(serve({}))
    with pytest.raises(NotCoveredError, match="statements of the present, restated, not those of 2025-02-18"):
        vendor.fundamentals("META", datetime(2025, 2, 18, 17, 59, tzinfo=UTC))
    assert server.requests == []
    with pytest.raises(VendorError) as caught:
        vendor.fundamentals("META", datetime(2025, 2, 18, 18, 0, tzinfo=UTC))
    assert not isinstance(caught.value, NotCoveredError)
    assert server.requests


def test_a_failure_does_not_tell_todays_date(connect):
    reason = {"code": "x", "description": "Something else is wrong"}
    vendor, _ = connect(serve({"chart": {"result": None, "error": reason}}))
    with pytest.raises(VendorError) as caught:
        vendor.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3))
    assert str(caught.value) == "yahoo failed at the prices of NVDA: YFPricesMissingError: Something else is wrong"


def test_a_profile_not_found_makes_a_ticker_unknown(connect):
    error = {"code": "Not Found", "description": "Quote not found for symbol: NOSUCH"}
    vendor, _ = connect(serve({"quoteSummary": {"result": None, "error": error}}, 404))
    with pytest.raises(TickerError, match="NOSUCH"):
        vendor.fundamentals("NOSUCH", NOW)


def stream(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"tickerStream": {"stream": list(entries)}}}


ARTICLE = {
    "id": "1",
    "content": {
        "title": "Nvidia reports",
        "summary": "Earnings are due.",
        "pubDate": "2025-02-24T18:11:46Z",
        "provider": {"displayName": "Reuters"},
        "canonicalUrl": {"url": "https://example.com/1"},
    },
}


def test_the_news_stream_is_read_in_utc_and_cut_to_the_window(connect):
    older = {"content": {**ARTICLE["content"], "pubDate": "2025-02-01T00:00:00Z"}}
    advertisement = {"ad": [{}], "content": {}}
    vendor, _ = connect(serve(stream(older, advertisement, ARTICLE)))
    (item,) = vendor.news("NVDA", datetime(2025, 2, 20, tzinfo=UTC), NOW)
    assert item.published == datetime(2025, 2, 24, 18, 11, 46, tzinfo=UTC)
    assert (item.title, item.publisher, item.url) == ("Nvidia reports", "Reuters", "https://example.com/1")
    assert item.sentiment is None


def test_a_news_entry_without_a_time_is_an_error(connect):
    vendor, _ = connect(serve(stream({"content": {"title": "Undated"}})))
    with pytest.raises(VendorError, match="pubDate"):
        vendor.news("NVDA", datetime(2025, 2, 20, tzinfo=UTC), NOW)


@pytest.mark.real_data
def test_an_empty_stream_is_checked_against_the_search(connect, recorded):
    def answer(request: Request) -> Reply:
        return Reply(200, stream() if "/xhr/ncp" in request.path else body(recorded, "search-AAPL.json"))

    vendor, _ = connect(answer)
    items = vendor.news("AAPL", datetime(2025, 2, 20, tzinfo=UTC), NOW)
    assert "Indonesia and Apple said to agree on terms to lift iPhone 16 ban" in [item.title for item in items]
    assert all(item.published.tzinfo is UTC for item in items)


@pytest.mark.real_data
def test_an_empty_stream_beside_a_search_that_names_the_symbol_means_no_news(connect, recorded):
    def answer(request: Request) -> Reply:
        return Reply(
            200, stream() if "/xhr/ncp" in request.path else {**body(recorded, "search-AAPL.json"), "news": []}
        )

    vendor, _ = connect(answer)
    assert vendor.news("AAPL", datetime(2025, 2, 20, tzinfo=UTC), NOW) == ()


def test_news_of_a_window_that_ended_over_a_week_ago_are_not_covered(connect):
    vendor, server = connect(serve(stream(ARTICLE)))
    with pytest.raises(NotCoveredError, match="news of the present"):
        vendor.news("NVDA", datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 2, 18, 17, 59, tzinfo=UTC))
    assert server.requests == []


def test_social_sentiment_is_not_covered(connect):
    vendor, _ = connect(serve({}))
    with pytest.raises(NotCoveredError):
        vendor.social("NVDA", date(2025, 2, 1), date(2025, 2, 2))


def test_a_share_class_is_asked_for_with_a_dash(connect):
    vendor, server = connect(serve(chart(NVDA_2023)))
    vendor.prices("BRK.B", date(2023, 12, 28), date(2024, 6, 10))
    assert any(request.path.endswith("/chart/BRK-B") for request in server.requests)


def test_the_cache_folder_is_the_one_that_was_given(tmp_path):
    YahooVendor(cache_folder=tmp_path)
    assert cache._TzDBManager.get_location() == str(tmp_path)
    YahooVendor()
    assert not Path(cache._TzDBManager.get_location()).is_relative_to(Path.home() / ".cache")


cents = st.integers(min_value=100, max_value=500_000)
ratios = st.sampled_from(
    [Fraction(n, d) for n, d in ((2, 1), (3, 1), (3, 2), (4, 1), (7, 1), (10, 1), (20, 1), (1, 8))]
)


@given(cents=cents, first=ratios, second=ratios)
def test_an_as_traded_price_survives_yahoos_adjustment_to_the_cent(cents, first, second):
    import numpy as np

    factor = first * second
    adjusted = float(np.float32(float(Fraction(cents, 100) / factor)))
    assert as_traded(adjusted, factor) == Decimal(cents) / 100


@given(prices=st.lists(st.floats(min_value=0.0625, max_value=5000, width=32), min_size=2, max_size=2), factor=ratios)
def test_un_splitting_keeps_the_order_of_prices(prices, factor):
    low, high = sorted(prices)
    assert as_traded(low, factor) <= as_traded(high, factor)


def test_prices_without_a_later_split_keep_yahoos_digits():
    assert as_traded(216.16000366210938, Fraction(1)) == Decimal("216.16")
    assert as_traded(0.1234, Fraction(1)) == Decimal("0.1234")
    assert math.isclose(float(as_traded(103.51000213623047, Fraction(1))), 103.51, abs_tol=0)
