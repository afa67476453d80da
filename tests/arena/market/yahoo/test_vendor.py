"""What the Yahoo adapter makes of failures, and of what it is set up with."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from yfinance import cache

from arena.errors import NotCoveredError, VendorError
from arena.market.yahoo import YahooVendor
from tests.arena.market.yahoo.answers import NOW, NVDA_2023, chart, serve
from tests.loopback import Reply

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


def test_a_failure_does_not_tell_todays_date(connect):
    reason = {"code": "x", "description": "Something else is wrong"}
    vendor, _ = connect(serve({"chart": {"result": None, "error": reason}}))
    with pytest.raises(VendorError) as caught:
        vendor.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3))
    assert str(caught.value) == "yahoo failed at the prices of NVDA: YFPricesMissingError: Something else is wrong"


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
