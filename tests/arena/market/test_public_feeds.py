"""StockTwits and Reddit on loopback: what is read, what is refused, and how failures end."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.reddit import RedditVendor
from arena.market.stocktwits import PAGES, StocktwitsVendor
from arena.market.vendor import Vendor
from arena.records.market import SocialPost
from tests.loopback import Answer, Loopback, Reply, Request, loopback

NOW = datetime(2025, 10, 14, 22, 0, tzinfo=UTC)
CLOSE = datetime(2025, 10, 14, 20, 0, tzinfo=UTC)
START = CLOSE - timedelta(days=14)

Serve = Callable[..., Loopback]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running = []

    def serving(answer: Answer) -> Loopback:
        running.append(loopback(answer))
        return running[-1].__enter__()

    yield serving
    for server in running:
        server.__exit__(None, None, None)


def stocktwits(server: Loopback, timeout: float = 5.0, now: datetime = NOW) -> StocktwitsVendor:
    return StocktwitsVendor(f"{server.url}/api/2", timeout, clock=lambda: now)


def reddit(server: Loopback, timeout: float = 5.0, now: datetime = NOW) -> RedditVendor:
    return RedditVendor(server.url, timeout, clock=lambda: now)


FEEDS = pytest.mark.parametrize("vendor", [stocktwits, reddit])


def message(number: int, created: str, **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "body": f"post {number}",
        "created_at": created,
        "user": {"username": "trader"},
        "entities": {"sentiment": None},
    } | changed


def page(*messages: dict[str, Any], before: int | None = None) -> dict[str, Any]:
    return {
        "response": {"status": 200},
        "messages": list(messages),
        "cursor": {"more": before is not None, "max": before},
    }


def entry(title: str, created: datetime, **changed: Any) -> dict[str, Any]:
    data = {
        "title": title,
        "selftext": "",
        "author": "someone",
        "created_utc": created.timestamp(),
        "permalink": f"/r/stocks/comments/1/{title}/",
        "score": 12,
    } | changed
    return {"kind": "t3", "data": data}


def listing(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(entries), "after": None}}


def test_stocktwits_posts_carry_their_authors_tag_and_are_cut_at_the_close(serve):
    tagged = message(
        2,
        "2025-10-14T19:59:59Z",
        body="to\x00 the\u202e \n moon \ud83d",
        entities={"sentiment": {"basic": "Bullish"}},
        likes={"total": 5},
    )
    server = serve(lambda request: Reply(200, page(message(3, "2025-10-14T20:00:01Z"), tagged)))
    assert stocktwits(server).posts("NVDA", START, CLOSE) == (
        SocialPost(
            posted=datetime(2025, 10, 14, 19, 59, 59, tzinfo=UTC),
            text="to the moon \ufffd",
            author="trader",
            url="https://stocktwits.com/trader/message/2",
            leaning="bullish",
            score=5,
        ),
    )
    (request,) = server.requests
    assert request.path == "/api/2/streams/symbol/NVDA.json"
    assert request.headers["user-agent"].startswith("modelchat-arena/")


def test_stocktwits_is_paged_back_until_the_window_is_left(serve):
    pages = {
        None: page(message(9, "2025-10-14T21:00:00Z"), before=9),
        "9": page(message(8, "2025-10-14T19:00:00Z", entities={"sentiment": {"basic": "Bearish"}}), before=8),
        "8": page(message(7, "2025-09-01T19:00:00Z"), before=7),
    }
    server = serve(lambda request: Reply(200, pages[request.query.get("max")]))
    (only,) = stocktwits(server).posts("NVDA", START, CLOSE)
    assert (only.text, only.leaning, only.score) == ("post 8", "bearish", None)
    assert len(server.requests) == 3


def test_a_stream_that_no_longer_reaches_the_close_is_not_an_empty_one(serve):
    server = serve(lambda request: Reply(200, page(message(9, "2025-10-14T21:00:00Z"), before=9)))
    with pytest.raises(NotCoveredError, match="reach back to 2025-10-14 21:00 UTC only"):
        stocktwits(server).posts("NVDA", START, CLOSE)
    assert len(server.requests) == PAGES
    quiet = serve(lambda request: Reply(200, page()))
    assert stocktwits(quiet).posts("NVDA", START, CLOSE) == ()


@pytest.mark.parametrize(("ticker", "symbol"), [("BRK-B", "BRK.B"), ("BTC-USD", "BTC.X"), ("NVDA", "NVDA")])
def test_stocktwits_has_its_own_way_to_write_a_ticker(serve, ticker, symbol):
    server = serve(lambda request: Reply(200, page()))
    stocktwits(server).posts(ticker, START, CLOSE)
    assert server.requests[0].path == f"/api/2/streams/symbol/{symbol}.json"


def test_a_symbol_stocktwits_does_not_know_is_a_ticker_error(serve):
    server = serve(
        lambda request: Reply(404, {"response": {"status": 404}, "errors": [{"message": "Symbol not found"}]})
    )
    with pytest.raises(TickerError, match="stocktwits knows no 'NOPE'"):
        stocktwits(server).posts("NOPE", START, CLOSE)


def test_reddit_is_searched_subreddit_by_subreddit_for_posts_that_name_the_ticker(serve):
    found = {
        "/r/stocks/search.json": listing(
            entry("NVDA earnings", CLOSE - timedelta(hours=2), selftext="What do\nyou think?"),
            entry("late NVDA", CLOSE + timedelta(seconds=1)),
        ),
        "/r/wallstreetbets/search.json": listing(
            entry("ENVDAX", CLOSE - timedelta(hours=1)), entry("yolo $NVDA", CLOSE, author=None, score=None)
        ),
        "/r/investing/search.json": listing(),
    }
    server = serve(lambda request: Reply(200, found[request.path]))
    newest, older = reddit(server).posts("NVDA", START, CLOSE)
    assert (newest.text, newest.author, newest.score) == ("yolo $NVDA", "", None)
    assert older == SocialPost(
        posted=CLOSE - timedelta(hours=2),
        text="NVDA earnings What do you think?",
        author="someone",
        url="https://www.reddit.com/r/stocks/comments/1/NVDA earnings/",
        score=12,
    )
    assert [request.query["q"] for request in server.requests] == ["NVDA"] * 3
    assert {
        (request.query["restrict_sr"], request.query["sort"], request.query["t"]) for request in server.requests
    } == {("1", "new", "week")}
    assert "modelchat-arena" in server.requests[0].headers["user-agent"]


def test_a_ticker_that_is_a_word_needs_its_dollar_sign(serve):
    posts = listing(entry("ALL in", CLOSE), entry("$ALL beats", CLOSE))
    server = serve(lambda request: Reply(200, posts if "stocks" in request.path else listing()))
    assert [post.text for post in reddit(server).posts("ALL", START, CLOSE)] == ["$ALL beats"]


def test_one_subreddit_that_fails_fails_the_answer(serve):
    def answer(request: Request) -> Reply:
        return Reply(404, {}) if "investing" in request.path else Reply(200, listing(entry("NVDA", CLOSE)))

    with pytest.raises(VendorError, match="reddit has no r/investing"):
        reddit(serve(answer)).posts("NVDA", START, CLOSE)


@FEEDS
def test_the_past_is_not_covered_and_costs_no_request(serve, vendor):
    server = serve(lambda request: Reply(200, {}))
    yesterday = datetime(2025, 10, 13, 20, 0, tzinfo=UTC)
    with pytest.raises(NotCoveredError, match="is a live feed of the present, without the posts of 2025-10-13"):
        vendor(server).posts("NVDA", yesterday - timedelta(days=14), yesterday)
    assert server.requests == []


@FEEDS
def test_over_a_weekend_fridays_close_is_the_present(serve, vendor):
    empty = page() if vendor is stocktwits else listing()
    friday, sunday = datetime(2025, 10, 10, 20, 0, tzinfo=UTC), datetime(2025, 10, 12, 12, 0, tzinfo=UTC)
    assert vendor(serve(lambda request: Reply(200, empty)), now=sunday).posts("NVDA", START, friday) == ()


@FEEDS
def test_a_feed_offers_posts_only(serve, vendor):
    feed: Vendor = vendor(serve(lambda request: Reply(200, {})))
    for ask in (
        lambda: feed.prices("NVDA", START.date(), CLOSE.date()),
        lambda: feed.news("NVDA", START, CLOSE),
        lambda: feed.identity("NVDA", CLOSE),
    ):
        with pytest.raises(NotCoveredError, match=f"{feed.name} has no"):
            ask()


FAILURES = {
    "throttled": (Reply(429, {"error": 429}), "has had too many requests: it answered with HTTP status 429"),
    "blocked": (Reply(403, "<html>You've been blocked</html>"), "turns this program away: .* status 403"),
    "down": (Reply(503, ""), "failed: it answered with HTTP status 503"),
    "a page": (Reply(200, "<!doctype html><html>Log in</html>"), "answer is an HTML page"),
    "cut": (Reply(200, json.dumps(page(message(1, "2025-10-14T19:00:00Z")))[:-30]), "answer is not JSON"),
    "a list": (Reply(200, [1]), "is a JSON list, not an object"),
    "nothing known": (Reply(200, {"surprise": 1}), "has no list"),
    "an entry that is none": (Reply(200, {"messages": [1], "data": {"children": [1]}}), "has no list|without data"),
}


@FEEDS
@pytest.mark.parametrize(("reply", "said"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_a_vendor_error_and_never_an_empty_answer(serve, vendor, reply, said):
    with pytest.raises(VendorError, match=said) as caught:
        vendor(serve(lambda request: reply)).posts("NVDA", START, CLOSE)
    assert not isinstance(caught.value, NotCoveredError)


@pytest.mark.parametrize(
    "changed",
    [{"created_at": "soon"}, {"created_at": "2025-10-14T19:00:00"}, {"created_at": None}, {"id": "x"}, {"user": "me"}],
)
def test_a_stocktwits_post_that_cannot_be_read_is_an_error(serve, changed):
    broken = message(1, "2025-10-14T19:00:00Z") | changed
    with pytest.raises(VendorError, match="a post of stocktwits cannot be read") as caught:
        stocktwits(serve(lambda request: Reply(200, page(broken)))).posts("NVDA", START, CLOSE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("changed", [{"created_utc": "soon"}, {"created_utc": 1e30}, {"score": "many"}])
def test_a_reddit_post_that_cannot_be_read_is_an_error(serve, changed):
    broken = entry("NVDA", CLOSE, **changed)
    with pytest.raises(VendorError, match="a post of reddit cannot be read") as caught:
        reddit(serve(lambda request: Reply(200, listing(broken)))).posts("NVDA", START, CLOSE)
    assert "\n" not in str(caught.value)


@FEEDS
@pytest.mark.parametrize("slow", [Reply(200, {}, delay=5), Reply(200, {"messages": []}, drip=0.1)])
def test_the_deadline_covers_the_whole_answer(serve, vendor, slow):
    with pytest.raises(VendorError, match=r"cannot be reached: .*timed out"):
        vendor(serve(lambda request: slow), timeout=0.3).posts("NVDA", START, CLOSE)


@FEEDS
def test_an_endless_answer_is_cut_off(serve, vendor):
    endless = Reply(200, b'{"messages": "' + b"x" * 5_000_000 + b'"}')
    with pytest.raises(VendorError, match=r"cannot be reached: .*(?i:size|large|exceeded)"):
        vendor(serve(lambda request: endless)).posts("NVDA", START, CLOSE)


@pytest.mark.parametrize("vendor", [StocktwitsVendor, RedditVendor])
def test_a_server_that_is_not_there_is_a_vendor_error(vendor):
    with pytest.raises(VendorError, match="cannot be reached"):
        vendor("http://127.0.0.1:9", 1.0, clock=lambda: NOW).posts("NVDA", START, CLOSE)
