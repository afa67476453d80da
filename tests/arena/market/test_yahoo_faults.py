"""Every way in which Yahoo fails, at every section: none of them looks like an answer, none takes too long."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from arena.errors import TickerError, VendorError
from arena.market.yahoo import YahooVendor
from tests.arena.market.yahoo_answers import (
    NOW,
    NVDA_2023,
    by_place,
    chart,
    earnings_page,
    exchange,
    is_cookie,
    summary,
)
from tests.loopback import Reply, Request

pytestmark = pytest.mark.slow

PAST = datetime(2024, 6, 10, 20, tzinfo=UTC)
LATELY = datetime(2025, 2, 20, tzinfo=UTC)

Ask = Callable[[YahooVendor], object]
ASKS: dict[str, Ask] = {
    "prices": lambda yahoo: yahoo.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3)),
    "identity": lambda yahoo: yahoo.identity("NVDA", NOW),
    "past identity": lambda yahoo: yahoo.identity("NVDA", PAST),
    "fundamentals": lambda yahoo: yahoo.fundamentals("NVDA", NOW),
    "earnings": lambda yahoo: yahoo.earnings("NVDA", NOW),
    "insiders": lambda yahoo: yahoo.insiders("NVDA", date(2024, 9, 1), date(2025, 2, 24)),
    "news": lambda yahoo: yahoo.news("NVDA", LATELY, NOW),
    "market news": lambda yahoo: yahoo.market_news(LATELY, NOW),
}
asks = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())

FAULTS = {
    "rate limit": (Reply(429, "Too Many Requests"), "refuses more requests for now"),
    "rate limit in JSON": (Reply(429, {"finance": {"result": None, "error": {"code": "x"}}}), "429"),
    "server error": (Reply(500, "<html>oops</html>"), "status 500"),
    "server error in JSON": (
        Reply(500, {"chart": {"result": None, "error": {"code": "x", "description": "No data found"}}}),
        "status 500",
    ),
    "server error in its own words": (
        Reply(503, {"quoteSummary": {"result": None, "error": {"code": "x", "description": "Quote not found"}}}),
        "status 503",
    ),
    "gateway error": (Reply(502, {"finance": {"result": None, "error": {"code": "x", "description": "oops"}}}), "502"),
    "forbidden": (Reply(403, "<html>no</html>"), "yahoo"),
    "stale crumb": (
        Reply(401, {"finance": {"result": None, "error": {"code": "x", "description": "Invalid Crumb"}}}),
        "yahoo",
    ),
    "404 of a proxy": (Reply(404, "<html>not here</html>"), "yahoo"),
    "maintenance": (Reply(200, "<html>Will be right back</html>"), "yahoo"),
    "empty body": (Reply(200, ""), "yahoo"),
    "empty object": (Reply(200, {}), "yahoo"),
    "empty list": (Reply(200, []), "yahoo"),
    "null": (Reply(200, "null"), "yahoo"),
    "cut JSON": (Reply(200, '{"chart": {"result": [{"meta"'), "yahoo"),
    "null results": (
        Reply(200, {name: {"result": None, "error": None} for name in ("chart", "quoteSummary", "timeseries")}),
        "yahoo",
    ),
    "empty results": (
        Reply(200, {name: {"result": [], "error": None} for name in ("chart", "quoteSummary", "timeseries")}),
        "yahoo",
    ),
    "hollow results": (
        Reply(200, {name: {"result": [{}], "error": None} for name in ("chart", "quoteSummary", "timeseries")}),
        "yahoo",
    ),
}


@pytest.mark.parametrize(("fault", "said"), FAULTS.values(), ids=FAULTS.keys())
@asks
def test_no_failure_looks_like_an_answer(connect, ask, fault, said):
    vendor, _ = connect(lambda request: fault)
    with pytest.raises(VendorError, match=said) as caught:
        ask(vendor)
    assert type(caught.value) is VendorError


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "pageWith404andJson.fake.json",
        "pageWithUnknownError.json",
        "weirdJsonResult.fake.json",
        "search-badResult.fake.json",
        "quoteCombine-NONEXIST.json",
        "quoteSummary-insiderTransactions-ADH.json",
        "quoteSummary-assetProfile-ADH.json",
    ],
)
@asks
def test_no_recorded_failure_looks_like_an_answer(connect, recorded, ask, name):
    vendor, _ = connect(lambda request: exchange(recorded, name))
    with pytest.raises(VendorError) as caught:
        ask(vendor)
    assert type(caught.value) is VendorError


@asks
def test_a_server_that_is_not_there_is_a_failure(connect, ask):
    vendor, server = connect(lambda request: Reply())
    server.close()
    with pytest.raises(VendorError, match="yahoo failed") as caught:
        ask(vendor)
    assert type(caught.value) is VendorError


@pytest.mark.parametrize("fault", [Reply(delay=30), Reply(200, "x" * 1000, drip=0.02)], ids=["silence", "drip"])
@asks
def test_no_section_waits_longer_than_its_deadline(connect, ask, fault):
    vendor, _ = connect(lambda request: fault, timeout=0.3)
    began = time.monotonic()
    with pytest.raises(VendorError, match="timed out"):
        ask(vendor)
    assert time.monotonic() - began < 10


def test_threads_that_wait_for_one_cookie_keep_their_deadlines_and_yfinance_its_silence(connect, caplog):
    silent = False

    def answer(request: Request) -> Reply:
        if silent:
            return Reply(delay=60)
        return Reply(500 if request.path.endswith("/getcrumb") else 401, "Invalid Crumb")

    vendor, server = connect(answer, timeout=0.5, cookies=False)
    with pytest.raises(VendorError):
        ASKS["prices"](vendor)  # from here on yfinance has no crumb, and lets one thread at a time ask for another
    silent, before = True, len(server.requests)
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(ask, vendor) for ask in (*ASKS.values(), *ASKS.values())]
        failures = [one.exception() for one in asked]
    assert time.monotonic() - began < 15  # yfinance's own is thirty seconds, for each of several requests
    assert {type(failure) for failure in failures} == {VendorError}
    assert any(is_cookie(request) for request in server.requests[before:])
    assert [record.message for record in caplog.records if record.name == "yfinance"] == []


def test_the_deadline_is_for_all_requests_of_a_section_together(connect):
    table = {"timeseries": {"result": [{"meta": {"symbol": ["NVDA"], "type": ["x"]}}], "error": None}}
    vendor, server = connect(
        lambda request: Reply(200, summary("NVDA") if "/quoteSummary/" in request.path else table, delay=0.2),
        timeout=0.7,
    )
    with pytest.raises(VendorError, match="timed out"):
        vendor.fundamentals("NVDA", NOW)
    assert 1 < sum("/finance/" in request.path for request in server.requests) <= 4  # of seven


NO_CHART = Reply(404, {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}})
NO_QUOTE = Reply(
    404, {"quoteSummary": {"result": None, "error": {"code": "Not Found", "description": "Quote not found for symbol"}}}
)
UNKNOWN = {
    "prices": NO_CHART,
    "past identity": NO_CHART,
    "identity": NO_QUOTE,
    "fundamentals": NO_QUOTE,
    "insiders": NO_QUOTE,
}


@pytest.mark.parametrize(("section", "word"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_only_yahoos_own_word_makes_a_ticker_unknown(connect, section, word):
    vendor, _ = connect(lambda request: word)
    with pytest.raises(TickerError, match="yahoo knows no 'NVDA'"):
        ASKS[section](vendor)


EMPTY_TABLE = {"timeseries": {"result": [{"meta": {"symbol": ["NVDA"], "type": ["x"]}}], "error": None}}
STREAM = {
    "data": {"tickerStream": {"stream": [{"content": {"title": "A title", "pubDate": "2025-02-24T18:11:46Z"}}]}},
}
WELL = by_place(
    {
        "/v8/finance/chart/": chart(NVDA_2023),
        "/quoteSummary/": summary("NVDA", insiderTransactions={"transactions": []}),
        "/timeseries/": EMPTY_TABLE,
        "/calendar/earnings": earnings_page("NVDA", ("November 20, 2024 at 4 PM EST", "0.75", "0.81", "+8.06")),
        "/xhr/ncp": STREAM,
    }
)


@pytest.mark.parametrize("fault", [Reply(500, "oops"), Reply(429, "no"), Reply(404, "<html></html>"), Reply(200, "")])
@asks
def test_a_failure_is_not_remembered(connect, ask, fault):
    healthy = False
    vendor, _ = connect(lambda request: WELL(request) if healthy else fault)
    with pytest.raises(VendorError):
        ask(vendor)
    healthy = True
    assert ask(vendor) is not None


def test_a_stream_of_news_that_refuses_is_not_made_up_for_by_the_search(connect):
    found = {"quotes": [{"symbol": "NVDA", "quoteType": "EQUITY"}], "news": []}

    def answer(request: Request) -> Reply:
        return Reply(404, {}) if "/xhr/ncp" in request.path else Reply(200, found)

    vendor, _ = connect(answer)
    with pytest.raises(VendorError, match="status 404"):
        vendor.news("NVDA", LATELY, NOW)


def test_a_refused_crumb_does_not_keep_the_prices_back(connect):
    replies = iter([Reply(401, "Invalid Crumb"), Reply(200, chart(NVDA_2023))])

    def answer(request: Request) -> Reply:
        if request.path.endswith("/getcrumb"):
            return Reply(429, "Too Many Requests")
        return next(replies) if "/chart/" in request.path else Reply(200, "<html></html>")

    vendor, server = connect(answer, cookies=False)
    assert len(vendor.prices("NVDA", date(2023, 12, 28), date(2024, 6, 10)).bars) == 4
    assert any(request.path.endswith("/getcrumb") for request in server.requests)
