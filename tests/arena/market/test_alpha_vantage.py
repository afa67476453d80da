"""The Alpha Vantage adapter over recorded answers and every error the vendor is known for, on loopback."""

import json
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage import AlphaVantageVendor
from tests.loopback import Answer, Loopback, Reply, Request, loopback

KEY = "SECRETKEY123456"
START, END = datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 10, 14, 20, 0, tzinfo=UTC)

BURST = {
    "Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more "
    "sparingly (1 request per second). You may subscribe to any of the premium plans at "
    "https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day), raise the "
    "per-second burst limit, and instantly unlock all premium endpoints"
}
QUOTA = {
    "Information": f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day. "
    "Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/"
}
PREMIUM = {
    "Information": "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature for "
    "the TIME_SERIES_DAILY endpoint."
}
ARTICLES = "No articles found. Please adjust the time range or refer to the API documentation"


class Sleeps(list[float]):
    """A sleep that only notes how long it would have taken."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def connect() -> Iterator[Any]:
    servers = []

    def connected(answer: Answer, timeout: float = 5.0) -> tuple[AlphaVantageVendor, Loopback, Sleeps]:
        running = loopback(answer)
        servers.append(running)
        server, sleeps = running.__enter__(), Sleeps()
        return AlphaVantageVendor(KEY, f"{server.url}/query", timeout, sleeps), server, sleeps

    yield connected
    for running in servers:
        running.__exit__(None, None, None)


def serve(content: Any, status: int = 200) -> Answer:
    return lambda request: Reply(status, content)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def all_asks(vendor: AlphaVantageVendor) -> tuple[Any, ...]:
    return (
        lambda: vendor.prices("NVDA", START.date(), END.date()),
        lambda: vendor.fundamentals("NVDA", END),
        lambda: vendor.news("NVDA", START, END),
        lambda: vendor.social("NVDA", START.date(), END.date()),
    )


@pytest.mark.real_data
def test_recorded_daily_prices_are_read_as_traded_and_cut_to_the_window(connect, recorded):
    vendor, server, _ = connect(serve(read(recorded / "ai-trader-2025-10" / "daily_prices_NVDA.json")))
    history = vendor.prices("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert [bar.session for bar in history.bars][::9] == [date(2025, 10, 1), date(2025, 10, 14)]
    assert history.bars[-1].close == Decimal("180.03")
    assert "no dividends and no splits" in history.notes[0].text
    (request,) = server.requests
    assert request.query == {
        "function": "TIME_SERIES_DAILY",
        "symbol": "NVDA",
        "outputsize": "full",
        "apikey": KEY,
        "datatype": "json",
    }


def company(folder: Path, ticker: str) -> Answer:
    def answer(request: Request) -> Reply:
        path = folder / f"{ticker}_{request.query['function'].lower()}.json"
        return Reply(200, read(path) if path.exists() else {})

    return answer


@pytest.mark.real_data
def test_recorded_statements_carry_the_day_they_were_reported(connect, recorded):
    vendor, server, sleeps = connect(company(recorded / "alpha-vantage" / "statements-2021", "AAPL"))
    facts = vendor.fundamentals("AAPL", END)
    assert (facts.identity.name, facts.identity.exchange, facts.identity.currency) == ("Apple Inc", "NASDAQ", "USD")
    found = {(one.kind, one.period, one.fiscal_end): one for one in facts.statements}
    income = found["income", "quarter", date(2021, 6, 30)]
    assert income.filed == date(2021, 7, 27)
    assert income.items["net_income"] == Decimal(21_744_000_000)
    assert found["income", "year", date(2021, 9, 30)].items["net_income"] == Decimal(94_680_000_000)
    assert [request.query["function"] for request in server.requests] == [
        "OVERVIEW",
        "INCOME_STATEMENT",
        "BALANCE_SHEET",
        "CASH_FLOW",
        "EARNINGS",
    ]
    assert sleeps == []


@pytest.mark.real_data
def test_a_recorded_limit_body_among_the_statements_is_an_error(connect, recorded):
    folder = recorded / "alpha-vantage" / "statements-2021"

    def answer(request: Request) -> Reply:
        ticker = "AON" if request.query["function"] == "CASH_FLOW" else "AAPL"
        return company(folder, ticker)(request)

    vendor, _, _ = connect(answer)
    with pytest.raises(VendorError, match="request limit"):
        vendor.fundamentals("AAPL", END)


def test_a_known_fund_without_statements_has_an_identity_only(connect):
    overview = {"Symbol": "QQQ", "Name": "Invesco QQQ Trust", "Exchange": "NASDAQ"}
    vendor, _, _ = connect(lambda request: Reply(200, overview if request.query["function"] == "OVERVIEW" else {}))
    facts = vendor.fundamentals("QQQ", END)
    assert facts.identity.name == "Invesco QQQ Trust"
    assert facts.notes == ("the company's name, exchange and sector are those of the day alpha_vantage was asked",)
    assert facts.statements == ()


@pytest.mark.real_data
def test_recorded_news_are_cut_to_the_window_to_the_second(connect, recorded):
    feed = read(recorded / "ai-trader-2025-10" / "alpha_vantage_news_sentiment.json")
    entry = next(entry for entry in feed["feed"] if entry["ticker_sentiment"])
    ticker, own = entry["ticker_sentiment"][0]["ticker"], entry["ticker_sentiment"][0]
    published = datetime.strptime(entry["time_published"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    vendor, server, _ = connect(serve(feed))
    assert entry["title"] in [item.title for item in vendor.news(ticker, START, published)]
    item = next(item for item in vendor.news(ticker, START, published) if item.title == entry["title"])
    assert item.sentiment == float(own["ticker_sentiment_score"])
    earlier = published.replace(microsecond=0) - (published - START) / 10**6
    assert entry["title"] not in [item.title for item in vendor.news(ticker, START, earlier)]
    assert server.requests[0].query["time_from"] == "20251001T0000"
    assert server.requests[0].query["limit"] == "1000"


def article(published: str, score: str, title: str = "News") -> dict[str, Any]:
    return {
        "title": title,
        "url": "https://example.com",
        "time_published": published,
        "summary": "",
        "source": "Wire",
        "ticker_sentiment": [{"ticker": "NVDA", "relevance_score": "1", "ticker_sentiment_score": score}],
    }


def test_a_social_day_ends_with_its_sessions_close(connect):
    feed = [
        article("20251010T195900", "0.5"),  # 15:59 in New York, Friday
        article("20251010T120000", "-0.1"),
        article("20251010T200100", "-0.9"),  # 16:01: Saturday's
        article("20251011T150000", "0.1"),
    ]
    vendor, server, _ = connect(serve({"feed": feed}))
    saturday, friday = vendor.social("NVDA", date(2025, 10, 10), date(2025, 10, 11))
    assert (friday.day, friday.mentions, friday.sentiment) == (date(2025, 10, 10), 2, 0.2)  # (0.5 - 0.1) / 2
    assert (saturday.day, saturday.mentions, saturday.sentiment) == (date(2025, 10, 11), 2, -0.4)  # (-0.9 + 0.1) / 2
    assert server.requests[0].query["time_from"] == "20251009T2000"


def test_what_follows_an_early_close_counts_to_the_next_day(connect):
    feed = [article("20241129T175900", "0.5"), article("20241129T180100", "-0.5")]  # close at 13:00, 18:00 UTC
    vendor, _, _ = connect(serve({"feed": feed}))
    (friday,) = vendor.social("NVDA", date(2024, 11, 29), date(2024, 11, 29))
    assert (friday.mentions, friday.sentiment) == (1, 0.5)


def test_a_day_cut_short_by_the_limit_of_articles_is_left_out(connect):
    feed = [article("20251014T150000", "0.2")] * 900 + [article("20251013T150000", "0.2")] * 100
    vendor, _, _ = connect(serve({"feed": feed}))
    (only,) = vendor.social("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert (only.day, only.mentions) == (date(2025, 10, 14), 900)


def test_no_articles_is_an_empty_answer(connect):
    vendor, _, _ = connect(serve({"Information": ARTICLES}))
    assert vendor.news("NVDA", START, END) == ()
    assert vendor.social("NVDA", START.date(), END.date()) == ()


def test_the_burst_limit_is_waited_out_once(connect):
    replies = iter([BURST, {"feed": [article("20251010T195900", "0.5")]}])
    vendor, server, sleeps = connect(lambda request: Reply(200, next(replies)))
    assert len(vendor.news("NVDA", START, END)) == 1
    assert sleeps == [1.0]
    assert server.requests[0].target == server.requests[1].target


def test_a_second_burst_limit_is_an_error(connect):
    vendor, server, sleeps = connect(serve(BURST))
    with pytest.raises(VendorError, match="a second apart"):
        vendor.news("NVDA", START, END)
    assert sleeps == [1.0]
    assert len(server.requests) == 2


ERRORS: dict[str, tuple[Any, type[Exception]]] = {
    "daily quota": (QUOTA, VendorError),
    "legacy throttle": (
        {"Note": "Our standard API call frequency is 5 calls per minute and 500 calls per day."},
        VendorError,
    ),
    "premium": ({"Information": "Thank you! This is a premium endpoint. You may subscribe"}, NotCoveredError),
    "premium parameter": (PREMIUM, NotCoveredError),
    "no key": ({"Error Message": "the parameter apikey is invalid or missing. Please claim your key"}, VendorError),
    "no key, as information": ({"Information": "the parameter apikey is invalid or missing."}, VendorError),
    "bad symbol": ({"Error Message": "Invalid API call. Please retry or visit the documentation"}, TickerError),
    "empty object": ({}, TickerError),
    "empty quote": ({"Global Quote": {}}, TickerError),
    "unknown message": ({"Information": "Something new."}, VendorError),
    "unknown shape": ({"surprise": 1}, VendorError),
    "a list": ([], VendorError),
    "html": ("<html>Bad gateway</html>", VendorError),
    "empty body": ("", VendorError),
}


@pytest.mark.parametrize(("content", "kind"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_body_is_classified_and_never_read_as_facts(connect, content, kind):
    vendor, _, sleeps = connect(serve(content))
    for ask in all_asks(vendor):
        with pytest.raises(kind) as caught:
            ask()
        assert KEY not in "".join(traceback.format_exception(caught.value))
    assert sleeps == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_http_error_is_a_vendor_error_whatever_its_body(connect, status):
    vendor, _, _ = connect(serve({"feed": []}, status))
    for ask in all_asks(vendor):
        with pytest.raises(VendorError, match=str(status)):
            ask()


def test_a_foreign_listing_of_unknown_currency_is_not_taken_for_dollars(connect):
    vendor, server, _ = connect(serve({}))
    with pytest.raises(NotCoveredError, match=r"does not say in which currency TSCO\.LON trades"):
        vendor.prices("TSCO.LON", START.date(), END.date())
    assert server.requests == []


def test_premium_prices_say_what_to_do(connect):
    vendor, _, _ = connect(serve(PREMIUM))
    with pytest.raises(NotCoveredError, match=r"premium key, or name another vendor before alpha_vantage"):
        vendor.prices("NVDA", START.date(), END.date())


@pytest.mark.parametrize("slow", [Reply(200, {"feed": []}, delay=5), Reply(200, {"feed": []}, drip=0.1)])
def test_the_deadline_covers_the_whole_answer(connect, slow):
    vendor, _, _ = connect(lambda request: slow, timeout=0.3)
    with pytest.raises(VendorError, match="timed out"):
        vendor.news("NVDA", START, END)


def test_an_unreachable_server_is_a_vendor_error():
    vendor = AlphaVantageVendor(KEY, "http://127.0.0.1:9/query", timeout=1.0)
    with pytest.raises(VendorError, match="cannot be reached"):
        vendor.news("NVDA", START, END)


def test_the_key_shows_nowhere_even_where_the_transport_names_it():
    key = "secretkey123456"
    vendor = AlphaVantageVendor(key, f"{key}://127.0.0.1/query")  # curl: Protocol "secretkey123456" not supported
    with pytest.raises(VendorError, match=r'Protocol "\[key\]"') as caught:
        vendor.news("NVDA", START, END)
    assert key not in "".join(traceback.format_exception(caught.value))
    assert key not in repr(vendor)
