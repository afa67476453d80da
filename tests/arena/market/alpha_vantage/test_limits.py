"""Limits, errors and keys: every fault the vendor is known for."""

import json
import logging
import socket
import traceback
from datetime import timedelta
from typing import Any

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage import AlphaVantageVendor
from tests.arena.market.alpha_vantage.answers import (
    BURST,
    EARNINGS,
    END,
    PREMIUM,
    QUOTA,
    START,
    YEARS_AGO,
    all_asks,
    article,
    read,
    serve,
    transaction,
)
from tests.arena.market.alpha_vantage.server import (
    KEY,
    NOW,
    Sleeps,
    by_function,
)
from tests.loopback import Reply


def test_the_burst_limit_is_waited_out_once(connect):
    replies, sleeps = iter([BURST, {"feed": [article("20251010T195900", "0.5")]}]), Sleeps()
    vendor, server = connect(lambda request: Reply(200, next(replies)), sleep=sleeps)
    assert len(vendor.news("NVDA", START, END)) == 1
    assert sleeps == [1.0]
    assert server.requests[0].target == server.requests[1].target


def test_a_second_burst_limit_is_an_error(connect):
    sleeps = Sleeps()
    vendor, server = connect(serve(BURST), sleep=sleeps)
    with pytest.raises(VendorError, match="a second apart"):
        vendor.news("NVDA", START, END)
    assert sleeps == [1.0]
    assert len(server.requests) == 2


def test_a_free_keys_requests_are_a_second_apart_and_stop_when_the_day_is_spent(connect):
    sleeps = Sleeps()
    answers = {"INCOME_STATEMENT": {"annualReports": [], "quarterlyReports": []}, "EARNINGS": EARNINGS}
    vendor, server = connect(by_function(answers), daily_limit=5, sleep=sleeps, clock=lambda: NOW)
    vendor.fundamentals("NVDA", YEARS_AGO)
    assert sleeps == [1.0, 2.0, 3.0]  # the clock stands still, so each waits for those before it
    with pytest.raises(TickerError):
        vendor.identity("NVDA", END)
    with pytest.raises(VendorError, match="5 requests of 2025-10-14 are spent; it was not asked"):
        vendor.identity("NVDA", END)
    assert len(server.requests) == 5


def test_the_vendors_word_that_the_day_is_spent_is_believed_over_the_count(connect):
    vendor, server = connect(serve(QUOTA), daily_limit=25)
    with pytest.raises(VendorError, match="request limit is reached"):
        vendor.identity("NVDA", END)
    with pytest.raises(VendorError, match="are spent; it was not asked"):
        vendor.news("NVDA", START, END)
    assert len(server.requests) == 1


def test_a_premium_key_is_neither_counted_nor_slowed(connect):
    sleeps = Sleeps()
    vendor, server = connect(serve({"feed": []}), daily_limit=None, sleep=sleeps)
    for hours in range(30):
        vendor.news("NVDA", START + timedelta(hours=hours), END + timedelta(hours=hours))
    assert (len(server.requests), sleeps) == (30, [])


def test_what_never_reached_the_vendor_is_not_counted(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/query"
        vendor = AlphaVantageVendor(KEY, address, timeout=5.0, daily_limit=1, folder=tmp_path, sleep=Sleeps())
        for _ in range(3):
            with pytest.raises(VendorError, match="cannot be reached"):
                vendor.news("NVDA", START, END)
    (kept,) = tmp_path.glob("*.json")
    assert read(kept)["requests"] == 0


ERRORS: dict[str, tuple[Any, type[Exception]]] = {
    "daily quota": (QUOTA, VendorError),
    "daily quota as a note": ({"Note": QUOTA["Information"]}, VendorError),
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
    "unknown message": ({"Information": f"Something new about {KEY}."}, VendorError),
    "unknown shape": ({"surprise": KEY}, VendorError),
    "a list": ([KEY], VendorError),
    "html": (f"<html>Bad gateway {KEY}</html>", VendorError),
    "cut json": (json.dumps(QUOTA)[:-20], VendorError),
    "empty body": ("", VendorError),
}


@pytest.mark.parametrize(("content", "kind"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_body_is_classified_and_never_read_as_facts(connect, caplog, content, kind):
    caplog.set_level(logging.DEBUG)
    sleeps = Sleeps()
    vendor, _ = connect(serve(content), sleep=sleeps)
    *with_ticker, market_news = all_asks(vendor)
    for ask in with_ticker:
        with pytest.raises(kind) as caught:
            ask()
        assert_without_key(caught.value)
    # Without a ticker nothing can be unknown: it is a failure.
    with pytest.raises(VendorError if kind is TickerError else kind) as caught:
        market_news()
    assert_without_key(caught.value)
    assert sleeps == []
    assert KEY not in caplog.text


def test_a_key_that_stands_among_facts_is_taken_out_of_them(connect):
    facts = {"Symbol": "NVDA", "Name": f"Company {KEY}", "data": [transaction("2025-10-14", executive=KEY)]}
    vendor, _ = connect(serve(facts))
    assert vendor.identity("NVDA", END).name == "Company [key]"
    assert vendor.insiders("NVDA", START.date(), END.date()).trades[0].insider == "[key]"


def assert_without_key(error: BaseException | None) -> None:
    """Neither in the traceback nor in any error behind it, shown or not."""
    assert error is not None
    assert KEY not in "".join(traceback.format_exception(error))
    while error is not None:
        assert KEY not in f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_http_error_is_a_vendor_error_whatever_its_body(connect, status):
    vendor, _ = connect(serve({"feed": []}, status))
    for ask in all_asks(vendor):
        with pytest.raises(VendorError, match=str(status)):
            ask()


@pytest.mark.parametrize("slow", [Reply(200, {"feed": []}, delay=5), Reply(200, {"feed": []}, drip=0.1)])
def test_the_deadline_covers_the_whole_answer(connect, slow):
    vendor, _ = connect(lambda request: slow, timeout=0.3)
    with pytest.raises(VendorError, match="timed out") as caught:
        vendor.news("NVDA", START, END)
    assert_without_key(caught.value)


def test_the_deadline_covers_all_requests_of_a_section(connect):
    vendor, server = connect(lambda request: Reply(200, {"feed": []}, delay=0.25), timeout=0.6)
    with pytest.raises(VendorError, match=r"timed out|took more than 0\.6 seconds"):
        vendor.market_news(START, END)
    assert len(server.requests) <= 3


def test_the_key_shows_nowhere_even_where_the_transport_names_it():
    key = "secretkey123456"
    vendor = AlphaVantageVendor(key, f"{key}://127.0.0.1/query")  # curl: Protocol "secretkey123456" not supported
    with pytest.raises(VendorError, match=r'Protocol "\[key\]"') as caught:
        vendor.news("NVDA", START, END)
    assert key not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    assert key not in repr(vendor)
