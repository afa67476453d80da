"""News of the market as a whole, which at Yahoo are those of the S&P 500."""

from datetime import UTC, datetime
from typing import Any

import pytest

from arena.errors import NotCoveredError, VendorError
from tests.arena.market.yahoo_answers import NOW, by_place, serve

START = datetime(2025, 2, 20, tzinfo=UTC)


def stream(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"tickerStream": {"stream": list(entries)}}}


def article(title: str, published: str) -> dict[str, Any]:
    return {"content": {"title": title, "pubDate": published, "provider": {"displayName": "Reuters"}}}


def searched(*quotes: str, news: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"quotes": [{"symbol": symbol, "quoteType": "INDEX"} for symbol in quotes], "news": list(news)}


def test_the_stream_of_the_index_is_cut_to_the_window_newest_first(connect):
    vendor, server = connect(
        serve(
            stream(
                article("Rates are held", "2025-02-21T19:00:00Z"),
                article("Stocks fall", "2025-02-24T21:00:00Z"),
                article("Long ago", "2025-02-19T21:00:00Z"),
                article("Still to come", "2025-02-25T18:00:01Z"),
            )
        )
    )
    items = vendor.market_news(START, NOW)
    assert [(item.title, item.publisher) for item in items] == [
        ("Stocks fall", "Reuters"),
        ("Rates are held", "Reuters"),
    ]
    (asked,) = [request for request in server.requests if "/xhr/ncp" in request.path]
    assert asked.json()["serviceConfig"]["s"] == ["^GSPC"]


def test_an_empty_stream_means_no_news_only_when_the_search_knows_the_index(connect):
    vendor, _ = connect(by_place({"/xhr/ncp": stream(), "/finance/search": searched("^GSPC")}))
    assert vendor.market_news(START, NOW) == ()
    vendor, _ = connect(by_place({"/xhr/ncp": stream(), "/finance/search": searched("GSPC")}))
    with pytest.raises(VendorError, match="its search does not name the symbol"):
        vendor.market_news(START, NOW)


def test_what_the_search_has_about_the_index_is_read_instead_of_an_empty_stream(connect):
    found = {"title": "Stocks rise", "providerPublishTime": int(START.timestamp()) + 60, "relatedTickers": ["^GSPC"]}
    other = {**found, "title": "Somebody else", "relatedTickers": ["AMD"]}
    vendor, _ = connect(by_place({"/xhr/ncp": stream(), "/finance/search": searched("^GSPC", news=(found, other))}))
    assert [item.title for item in vendor.market_news(START, NOW)] == ["Stocks rise"]


def test_market_news_of_a_window_that_ended_over_a_week_ago_are_not_covered(connect):
    vendor, server = connect(serve(stream()))
    with pytest.raises(NotCoveredError, match="market news of the present, none of the days up to 2025-02-18"):
        vendor.market_news(datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 2, 18, 17, 59, tzinfo=UTC))
    assert server.requests == []
