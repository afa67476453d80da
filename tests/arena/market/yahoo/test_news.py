"""Yahoo's news, recorded and hand-made, through yfinance itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from arena.errors import NotCoveredError, VendorError
from tests.arena.market.yahoo.answers import NOW, body, serve
from tests.loopback import Reply, Request


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
