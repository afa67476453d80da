"""News of a ticker and of the market, and the moods made of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.arena.market.alpha_vantage.answers import ARTICLES, END, START, article, read, serve
from tests.loopback import Reply


@pytest.mark.real_data
def test_recorded_news_are_cut_to_the_window_to_the_second(connect, recorded):
    feed = read(recorded / "ai-trader-2025-10" / "alpha_vantage_news_sentiment.json")
    entry = next(entry for entry in feed["feed"] if entry["ticker_sentiment"])
    published = datetime.strptime(entry["time_published"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    vendor, server = connect(serve(feed))
    item = next(item for item in vendor.market_news(START, published) if item.title == entry["title"])
    assert item.sentiment == pytest.approx(float(entry["overall_sentiment_score"]))
    assert entry["title"] not in [one.title for one in vendor.market_news(START, published - timedelta(seconds=1))]
    assert server.requests[0].query["topics"] == "financial_markets"


def test_news_of_a_ticker_carry_its_own_score_and_are_cut_to_the_window(connect):
    feed = [article("20251014T200001", "0.9", "Late"), article("20251014T200000", "0.5", overall_sentiment_score="-1")]
    vendor, server = connect(serve({"feed": feed}))
    (only,) = vendor.news("NVDA", START, END)
    assert (only.title, only.sentiment, only.publisher) == ("News", 0.5, "Wire")
    assert server.requests[0].query["tickers"] == "NVDA"
    assert server.requests[0].query["time_to"] == "20251014T2001"
    assert server.requests[0].query["limit"] == "1000"


def test_market_news_are_asked_topic_by_topic_and_shown_once(connect):
    feeds = {
        "financial_markets": [article("20251013T120000", "0.1", "Stocks"), article("20251014T120000", "0.2", "Both")],
        "economy_macro": [article("20251014T120000", "0.2", "Both"), article("20251014T210000", "0.2", "Late")],
        "economy_monetary": [],
    }
    vendor, server = connect(lambda request: Reply(200, {"feed": feeds[request.query["topics"]]}))
    assert [(item.title, item.sentiment) for item in vendor.market_news(START, END)] == [("Both", 0.2), ("Stocks", 0.1)]
    assert all("tickers" not in request.query for request in server.requests)
    assert len(server.requests) == 3


def test_news_and_moods_of_a_session_share_one_request(connect):
    vendor, server = connect(serve({"feed": [article("20251014T120000", "0.5")]}))
    vendor.news("NVDA", END - timedelta(days=14), END)
    vendor.social("NVDA", END.date() - timedelta(days=14), END.date())
    assert len(server.requests) == 1


def test_a_social_day_ends_with_its_sessions_close(connect):
    feed = [
        article("20251010T195900", "0.5"),  # 15:59 in New York, Friday
        article("20251010T120000", "-0.1"),
        article("20251010T200100", "-0.9"),  # 16:01: Saturday's
        article("20251011T150000", "0.1"),
    ]
    vendor, server = connect(serve({"feed": feed}))
    saturday, friday = vendor.social("NVDA", date(2025, 10, 10), date(2025, 10, 11))
    assert (friday.day, friday.mentions, friday.sentiment) == (date(2025, 10, 10), 2, 0.2)  # (0.5 - 0.1) / 2
    assert (saturday.day, saturday.mentions, saturday.sentiment) == (date(2025, 10, 11), 2, -0.4)  # (-0.9 + 0.1) / 2
    assert server.requests[0].query["time_from"] == "20251009T2000"


def test_what_follows_an_early_close_counts_to_the_next_day(connect):
    feed = [article("20241129T175900", "0.5"), article("20241129T180100", "-0.5")]  # close at 13:00, 18:00 UTC
    vendor, _ = connect(serve({"feed": feed}))
    (friday,) = vendor.social("NVDA", date(2024, 11, 29), date(2024, 11, 29))
    assert (friday.mentions, friday.sentiment) == (1, 0.5)


def test_a_day_cut_short_by_the_limit_of_articles_is_left_out(connect):
    feed = [article("20251014T150000", "0.2")] * 900 + [article("20251013T150000", "0.2")] * 100
    vendor, _ = connect(serve({"feed": feed}))
    (only,) = vendor.social("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert (only.day, only.mentions) == (date(2025, 10, 14), 900)


def test_no_articles_is_an_empty_answer(connect):
    vendor, _ = connect(serve({"Information": ARTICLES}))
    assert vendor.news("NVDA", START, END) == ()
    assert vendor.social("NVDA", START.date(), END.date()) == ()
    assert vendor.market_news(START, END) == ()
