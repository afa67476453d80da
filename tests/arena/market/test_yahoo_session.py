"""The session's deadline, and yfinance's one session under several threads."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yfinance as yf
from curl_cffi.requests.exceptions import HTTPError, Timeout

from arena.market.yahoo.session import within
from tests.arena.market.yahoo_answers import NOW, RewritingSession, chart, earnings_page, summary
from tests.loopback import Reply, Request, loopback


def timed(act: Any) -> float:
    began = time.monotonic()
    with pytest.raises(Timeout):
        act()
    return time.monotonic() - began


def test_a_request_takes_no_longer_than_what_is_left_whatever_it_asks_for():
    with loopback(lambda request: Reply(delay=30)) as server:
        session = RewritingSession(server.url)
        with within(0.3):
            assert timed(lambda: session.get("https://query1.finance.yahoo.com/x", timeout=30)) < 10
            timed(lambda: session.post("https://query1.finance.yahoo.com/x"))
        assert [request.method for request in server.requests] == ["GET"]


@pytest.mark.parametrize(
    "place", ["fc.yahoo.com", "guce.yahoo.com/consent", "query1.finance.yahoo.com/v1/test/getcrumb"]
)
def test_a_cookie_that_does_not_come_leaves_time_for_the_facts(place):
    with loopback(lambda request: Reply(delay=30)) as server, within(4):
        assert timed(lambda: RewritingSession(server.url).get(f"https://{place}", timeout=30)) < 3.5


@pytest.mark.parametrize("left", [0.0009, 0.003])
def test_less_than_a_millisecond_is_not_taken_for_no_limit(left):
    with loopback(lambda request: Reply(delay=30)) as server, within(left):
        assert timed(lambda: RewritingSession(server.url).get("https://fc.yahoo.com")) < 10


def test_outside_a_section_a_request_keeps_its_own_timeout():
    with loopback(lambda request: Reply(200, "ok")) as server:
        with within(0.0):
            pass
        assert RewritingSession(server.url).get("https://fc.yahoo.com", timeout=5).text == "ok"


def test_the_deadline_of_one_thread_is_not_anothers():
    started, done = threading.Event(), threading.Event()

    def hold() -> None:
        with within(0.0):
            started.set()
            done.wait(5)

    with loopback(lambda request: Reply(200, "ok")) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        assert started.wait(5)
        with within(5.0):
            assert RewritingSession(server.url).get("https://query1.finance.yahoo.com/x").text == "ok"
        done.set()


@pytest.mark.parametrize(("status", "raised"), [(500, True), (503, True), (404, False), (429, False)])
def test_a_server_error_is_raised_and_what_yahoo_may_explain_is_not(status, raised):
    with loopback(lambda request: Reply(status, "x")) as server, within(5.0) as section:
        session = RewritingSession(server.url)
        if raised:
            with pytest.raises(HTTPError):
                session.get("https://query1.finance.yahoo.com/x")
        else:
            assert session.get("https://query1.finance.yahoo.com/x").status_code == status
        with pytest.raises(HTTPError):
            section.confirm()


ROWS = (("November 20, 2024 at 4 PM EST", "0.75", "0.81", "+8.06"), ("May 28, 2025 at 4 PM EDT", "0.9", "-", "-"))


def test_the_page_of_earnings_is_the_one_that_yfinance_reads(connect):
    """Its address and columns come from yfinance 1.7; when that moves on, so must our reading."""

    def answer(request: Request) -> Reply:
        if "/calendar/earnings" in request.path:
            return Reply(200, earnings_page("NVDA", *ROWS))
        return Reply(200, chart({date(2024, 11, 20): (1.0, 1.0, 1.0, 1.0, 1)}))

    vendor, server = connect(answer)
    ours = vendor.earnings("NVDA", NOW)
    theirs = yf.Ticker("NVDA", session=RewritingSession(server.url)).get_earnings_dates(limit=25)
    first, second = [request for request in server.requests if "/calendar/earnings" in request.path]
    assert (first.method, first.path) == (second.method, second.path)
    assert {**first.query, "crumb": ""} == {**second.query, "crumb": ""}
    assert list(theirs.columns) == ["EPS Estimate", "Reported EPS", "Surprise(%)"]
    assert theirs.index[0].to_pydatetime() == datetime(2024, 11, 20, 21, tzinfo=UTC)
    assert float(theirs["Reported EPS"].iloc[0]) == float(ours.reports[0].eps_actual)


TICKERS = ("AAPL", "AMD", "MSFT", "NVDA", "ORLY")


def everybody(request: Request) -> Reply:
    """An answer about whom the request names, with a price that tells who it is."""
    if "/xhr/ncp" in request.path:
        (symbol,) = request.json()["serviceConfig"]["s"]
        entry = {"content": {"title": symbol, "pubDate": "2025-02-24T18:11:46Z"}}
        return Reply(200, {"data": {"tickerStream": {"stream": [entry]}}}, delay=0.02)
    symbol = request.query.get("symbol") or request.path.rsplit("/", 1)[-1]
    if "/chart/" in request.path:
        price = float(10 + TICKERS.index(symbol))
        return Reply(200, chart({date(2025, 2, 20): (price, price, price, price, 1)}, {"symbol": symbol}), delay=0.02)
    if "/quoteSummary/" in request.path:
        insider = {"shares": 1, "filerName": symbol, "startDate": int(datetime(2025, 2, 3, tzinfo=UTC).timestamp())}
        return Reply(200, summary(symbol, insiderTransactions={"transactions": [insider]}), delay=0.02)
    if "/calendar/earnings" in request.path:
        return Reply(200, earnings_page(symbol, *ROWS), delay=0.02)
    return Reply(500, f"nothing is served at {request.path}")


def test_tickers_and_sections_asked_all_at_once_are_told_apart_and_asked_once(connect):
    vendor, server = connect(everybody, timeout=20)
    window = (datetime(2025, 2, 20, tzinfo=UTC), NOW)
    facts = {
        "prices": lambda ticker: int(vendor.prices(ticker, date(2025, 2, 20), date(2025, 2, 24)).bars[0].close) - 10,
        "identity": lambda ticker: TICKERS.index(vendor.identity(ticker, NOW).name.removesuffix(" Inc.")),
        "insiders": lambda ticker: TICKERS.index(
            vendor.insiders(ticker, date(2025, 1, 1), date(2025, 2, 24)).trades[0].insider
        ),
        "news": lambda ticker: TICKERS.index(vendor.news(ticker, *window)[0].title),
        "earnings": lambda ticker: TICKERS.index(ticker) if vendor.earnings(ticker, NOW).reports else None,
    }
    with ThreadPoolExecutor(16) as pool:
        asked = [(ticker, pool.submit(ask, ticker)) for ask in facts.values() for ticker in TICKERS]
        assert [TICKERS[one.result()] for _, one in asked] == [ticker for ticker, _ in asked]
    kinds = ("/xhr/ncp", "/chart/", "/quoteSummary/", "/calendar/earnings")
    counted = Counter(kind for request in server.requests for kind in kinds if kind in request.path)
    assert counted == {"/xhr/ncp": 5, "/chart/": 10, "/quoteSummary/": 10, "/calendar/earnings": 5}
