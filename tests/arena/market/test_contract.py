"""The vendor protocol's contract, held by every adapter: over recorded answers, and over every way of failing.

`SETUPS` lists, for each vendor and section it covers, answers and what they are asked with. An adapter that covers
another section joins by a line there. The faults hold for all sections of all vendors that a server or a folder
can fail, whether there is a set-up or not.
"""

import asyncio
import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from arena.config.market import MarketSettings
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.chain import VendorChain
from arena.market.files import FilesVendor
from arena.market.questions import PostsQuestion, PricesQuestion
from arena.market.simulated import SimulatedVendor
from arena.market.vendor import Vendor
from arena.records.market import (
    SECTIONS,
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SectionName,
    SocialDay,
    SocialPost,
)
from tests.arena.market.alpha_vantage.server import KEY
from tests.arena.market.stands import alpha_vantage, reddit, stocktwits, yahoo
from tests.loopback import Answer, Reply, Request, loopback
from tests.planted import TICKER, Planted

pytestmark = pytest.mark.slow

SESSION = date(2025, 10, 14)
PLANTED = Planted(SESSION)
ASKED = tuple(section for section in SECTIONS if section != "indicators")
WINDOW = timedelta(days=60)

NETWORK = {"yahoo": yahoo, "alpha_vantage": alpha_vantage, "stocktwits": stocktwits, "reddit": reddit}
MAIN: dict[str, SectionName] = {"yahoo": "prices", "alpha_vantage": "prices", "stocktwits": "posts", "reddit": "posts"}
"""A section that each vendor on the network covers."""


def ask(vendor: Vendor, section: SectionName, ticker: str, as_of: datetime) -> Any:
    """The protocol's method for the section, over the sixty days up to `as_of`."""
    day = as_of.date()
    asks: dict[str, Callable[[], Any]] = {
        "identity": lambda: vendor.identity(ticker, as_of),
        "prices": lambda: vendor.prices(ticker, day - WINDOW, day),
        "fundamentals": lambda: vendor.fundamentals(ticker, as_of),
        "earnings": lambda: vendor.earnings(ticker, as_of),
        "insiders": lambda: vendor.insiders(ticker, day - WINDOW, day),
        "news": lambda: vendor.news(ticker, as_of - WINDOW, as_of),
        "market_news": lambda: vendor.market_news(as_of - WINDOW, as_of),
        "social": lambda: vendor.social(ticker, day - WINDOW, day),
        "posts": lambda: vendor.posts(ticker, as_of - WINDOW, as_of),
    }
    return asks[section]()


class Setup(NamedTuple):
    """A vendor with answers about a ticker, and what it is asked."""

    vendor: str
    section: SectionName
    ticker: str = TICKER
    as_of: datetime = PLANTED.as_of
    served: Callable[[Path], Answer] | None = None
    """The server's answer from the recorded data; None for the planted answers, which need none."""
    folder: str = ""
    """The recorded folder of a `files` vendor; empty for one of the planted answers."""


def by_path(**names: str) -> Callable[[Path], Answer]:
    """Recorded Yahoo exchanges by a part of the path."""

    def of(recorded: Path) -> Answer:
        bodies = {
            part: json.loads((recorded / "yahoo" / name).read_text())["response"]["bodyJson"]
            for part, name in names.items()
        }

        def answer(request: Request) -> Reply:
            if "getcrumb" in request.path or "fc.yahoo.com" in request.path:
                return Reply(200, "crumb")
            found = next((body for part, body in bodies.items() if part in request.path), None)
            return Reply(500) if found is None else Reply(200, found)

        return answer

    return of


def by_function(folder: str, ticker: str, **names: str) -> Callable[[Path], Answer]:
    """Recorded Alpha Vantage bodies by function."""

    def of(recorded: Path) -> Answer:
        def answer(request: Request) -> Reply:
            function = request.query["function"]
            path = recorded / folder / names.get(function, f"{ticker}_{function.lower()}.json")
            return Reply(200, path.read_bytes()) if path.exists() else Reply(200, {})

        return answer

    return of


IN_2025 = datetime(2025, 2, 25, 21, tzinfo=UTC)
IN_2022 = datetime(2022, 1, 28, 21, tzinfo=UTC)
IN_2021 = datetime(2021, 10, 29, 20, tzinfo=UTC)

COMPANY: tuple[SectionName, ...] = (
    "identity",
    "prices",
    "fundamentals",
    "earnings",
    "insiders",
    "news",
    "market_news",
)
NEWS = "alpha_vantage_news_sentiment.json"

SETUPS = (
    *(Setup("yahoo", section) for section in COMPANY),
    Setup(
        "yahoo",
        "prices",
        "NVDA",
        IN_2022,
        by_path(chart="historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json"),
    ),
    Setup("yahoo", "news", "AAPL", IN_2025, by_path(search="search-AAPL.json", ncp="search-badResult.fake.json")),
    Setup("yahoo", "identity", "AAPL", IN_2025, by_path(quoteSummary="quoteSummary-all-AAPL.json")),
    Setup("yahoo", "insiders", "AAPL", IN_2025, by_path(quoteSummary="quoteSummary-all-AAPL.json")),
    *(Setup("alpha_vantage", section) for section in (*COMPANY, "social")),
    Setup(
        "alpha_vantage",
        "prices",
        "NVDA",
        served=by_function("ai-trader-2025-10", "NVDA", TIME_SERIES_DAILY="daily_prices_NVDA.json"),
    ),
    Setup("alpha_vantage", "identity", "AAPL", IN_2021, by_function("alpha-vantage/statements-2021", "AAPL")),
    Setup("alpha_vantage", "fundamentals", "AAPL", IN_2021, by_function("alpha-vantage/statements-2021", "AAPL")),
    Setup("alpha_vantage", "earnings", "AAPL", IN_2021, by_function("alpha-vantage/statements-2021", "AAPL")),
    *(
        Setup("alpha_vantage", section, "COIN", served=by_function("ai-trader-2025-10", "COIN", NEWS_SENTIMENT=NEWS))
        for section in ("news", "market_news", "social")
    ),
    *(Setup("files", section) for section in (*COMPANY, "social", "posts")),
    Setup("files", "prices", "NVDA", folder="ai-trader-2025-10"),
    *(
        Setup("files", section, "AAPL", IN_2021, folder="alpha-vantage/statements-2021")
        for section in ("identity", "fundamentals", "earnings")
    ),
    *(Setup("simulated", section) for section in (*COMPANY, "social", "posts")),
    Setup("stocktwits", "posts"),
    Setup("reddit", "posts"),
)

FACTS: dict[str, Any] = {
    "identity": Identity,
    "prices": PriceHistory,
    "fundamentals": Fundamentals,
    "earnings": Earnings,
    "insiders": Insiders,
    "news": NewsItem,
    "market_news": NewsItem,
    "social": SocialDay,
    "posts": SocialPost,
}


@contextmanager
def standing(setup: Setup, folder: Path, request: pytest.FixtureRequest) -> Iterator[Vendor]:
    """The vendor, its server running; the recorded data is asked for only where the set-up needs it."""
    with ExitStack() as stack:
        if setup.vendor in NETWORK:
            planted: Answer = getattr(PLANTED, setup.vendor)
            answer = setup.served(request.getfixturevalue("recorded")) if setup.served else planted
            server = stack.enter_context(loopback(answer))
            yield NETWORK[setup.vendor](server.url, lambda: setup.as_of + timedelta(hours=2))
        elif setup.vendor == "files":
            if setup.folder:
                yield FilesVendor(request.getfixturevalue("recorded") / setup.folder)
            else:
                PLANTED.write_files(folder / "files")
                yield FilesVendor(folder / "files")
        else:
            yield SimulatedVendor(7)


def marks(setup: Setup) -> Any:
    name = f"{setup.vendor}-{setup.section}-{setup.ticker}"
    recorded = setup.served is not None or setup.folder
    return pytest.param(setup, id=name, marks=[pytest.mark.real_data] if recorded else [])


def rows_of(answer: Any) -> tuple[Any, ...]:
    for name in ("bars", "statements", "reports", "trades"):
        if hasattr(answer, name):
            return tuple(getattr(answer, name))
    return answer if isinstance(answer, tuple) else (answer,)


@pytest.mark.parametrize("setup", [marks(setup) for setup in SETUPS])
def test_an_answer_is_facts(setup: Setup, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with standing(setup, tmp_path, request) as vendor:
        answer = ask(vendor, setup.section, setup.ticker, setup.as_of)
        again = ask(vendor, setup.section, setup.ticker, setup.as_of)
    assert vendor.name == setup.vendor
    assert answer == again
    rows = rows_of(answer)
    assert rows
    whole = isinstance(answer, FACTS[setup.section])
    assert whole or all(isinstance(row, FACTS[setup.section]) for row in rows)
    instants = [
        getattr(row, name) for row in rows for name in ("published", "reported", "posted") if hasattr(row, name)
    ]
    assert all(instant.tzinfo is not None for instant in instants)
    sessions = [row.session for row in rows if hasattr(row, "session")]
    assert all(earlier < later for earlier, later in pairwise(sessions))
    assert all(getattr(row, "low", 1) > 0 for row in rows)


# What says that there is no such ticker.

SUMMARY_UNKNOWN = Reply(
    404,
    {"quoteSummary": {"result": None, "error": {"code": "Not Found", "description": "Quote not found for symbol"}}},
)

UNKNOWN: dict[str, Reply] = {
    "yahoo": Reply(
        404,
        {
            "chart": {
                "result": None,
                "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
            }
        },
    ),
    "alpha_vantage": Reply(200, {"Error Message": "Invalid API call. Please retry or visit the documentation"}),
    "stocktwits": Reply(404, {"response": {"status": 404}, "errors": [{"message": "Symbol not found"}]}),
}
"""Reddit, whose search knows no tickers, has no such word."""


@pytest.mark.parametrize(
    ("name", "section", "reply"),
    [
        *((name, MAIN[name], reply) for name, reply in UNKNOWN.items()),
        *(("alpha_vantage", section, UNKNOWN["alpha_vantage"]) for section in (*COMPANY[2:6], "identity", "social")),
        *(("yahoo", section, SUMMARY_UNKNOWN) for section in ("identity", "fundamentals", "insiders")),
    ],
)
def test_only_the_vendors_own_word_makes_a_ticker_unknown(name: str, section: SectionName, reply: Reply) -> None:
    with loopback(lambda request: reply) as server:
        vendor = NETWORK[name](server.url, lambda: PLANTED.as_of)
        with pytest.raises(TickerError, match="NOSUCH"):
            ask(vendor, section, "NOSUCH", PLANTED.as_of)


def test_a_folder_without_a_file_about_a_ticker_does_not_know_it(tmp_path: Path) -> None:
    PLANTED.write_files(tmp_path / "files")
    for section in ("identity", "prices", "fundamentals", "earnings", "insiders", "social", "posts"):
        with pytest.raises(TickerError, match="NOSUCH"):
            ask(FilesVendor(tmp_path / "files"), section, "NOSUCH", PLANTED.as_of)


# What is a failure.

LIMIT = {
    "Information": f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day."
}

FAULTS: dict[str, Reply] = {
    "too many requests": Reply(429, "Too Many Requests"),
    "server error": Reply(500, {"error": f"apikey={KEY}"}),
    "bad gateway": Reply(502, "<html>Bad gateway</html>"),
    "unavailable": Reply(503),
    "a page": Reply(200, "<html>Will be right back</html>"),
    "an empty body": Reply(200, b""),
    "cut JSON": Reply(200, '{"Meta Data": {"2. Symbol": "ACME"}, "Time Series (Daily)": {"2025-10-14": {"1. op'),
    "a list": Reply(200, []),
    "null": Reply(200, "null"),
    "a limit": Reply(200, LIMIT),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("section", ASKED)
@pytest.mark.parametrize("name", NETWORK)
def test_no_failure_looks_like_an_answer(name: str, section: SectionName, fault: Reply) -> None:
    with loopback(lambda request: fault) as server:
        vendor = NETWORK[name](server.url, lambda: PLANTED.as_of, 2.0)
        with pytest.raises(VendorError) as caught:
            ask(vendor, section, TICKER, PLANTED.as_of)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    covered = {setup.section for setup in SETUPS if setup.vendor == name}
    assert section not in covered or not isinstance(caught.value, NotCoveredError)


THANKS = "Thank you for using Alpha Vantage! Please"
BURST = f"{THANKS} consider spreading out your free API requests more sparingly (1 request per second) (25 a day)."
SAID: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "the day's limit": (LIMIT, VendorError),
    "a burst": ({"Information": BURST}, VendorError),
    "the older limit": ({"Note": f"{THANKS} note: 5 calls per minute and 500 requests per day."}, VendorError),
    "a refused key": ({"Error Message": "the parameter apikey is invalid or missing."}, VendorError),
    "a premium endpoint": ({"Information": f"{THANKS} subscribe: this is a premium endpoint."}, NotCoveredError),
    "a bad symbol": ({"Error Message": "Invalid API call."}, TickerError),
    "nothing": ({}, TickerError),
    "no quote": ({"Global Quote": {}}, TickerError),
    "something new": ({"Information": "We have moved."}, VendorError),
}


@pytest.mark.parametrize(("body", "kind"), SAID.values(), ids=SAID)
@pytest.mark.parametrize("section", [*COMPANY, "social"])
def test_what_alpha_vantage_says_with_status_200_ends_in_its_class(
    section: SectionName, body: dict[str, Any], kind: type[Exception]
) -> None:
    with loopback(lambda request: Reply(200, body)) as server:
        vendor = alpha_vantage(server.url, lambda: PLANTED.as_of)
        with pytest.raises((VendorError, TickerError)) as caught:
            ask(vendor, section, TICKER, PLANTED.as_of)
    # The market as a whole is no ticker that could be unknown.
    expected = VendorError if section == "market_news" and kind is TickerError else kind
    assert isinstance(caught.value, expected)
    assert expected is NotCoveredError or not isinstance(caught.value, NotCoveredError)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("section", ["news", "market_news", "social"])
def test_the_word_that_there_are_no_articles_is_an_answer(section: SectionName) -> None:
    said = {"Information": "No articles found. Please adjust the time range or refer to the API documentation"}
    with loopback(lambda request: Reply(200, said)) as server:
        assert ask(alpha_vantage(server.url, lambda: PLANTED.as_of), section, TICKER, PLANTED.as_of) == ()


NOTHING = {
    "no modules": {"quoteSummary": {"result": [], "error": None}},
    "of nothing": {"quoteSummary": {"result": [{"price": {"quoteType": "NONE", "symbol": TICKER}}], "error": None}},
    "no stream": {"data": {"tickerStream": {"stream": []}}},
    "no chart": {"chart": {"result": [], "error": None}},
    "no series": {"timeseries": {"result": [], "error": None}},
    "no info": {"trailingPegRatio": None},
}


@pytest.mark.parametrize("body", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("section", COMPANY)
def test_yahoos_empty_answers_prove_nothing(section: SectionName, body: object) -> None:
    with loopback(lambda request: Reply(200, "crumb" if "getcrumb" in request.path else body)) as server:
        vendor = yahoo(server.url, lambda: PLANTED.as_of)
        with pytest.raises(VendorError) as caught:
            ask(vendor, section, TICKER, PLANTED.as_of)
    assert not isinstance(caught.value, NotCoveredError)


@pytest.mark.parametrize("name", NETWORK)
def test_a_server_that_never_answers_is_a_failure(name: str) -> None:
    def answer(request: Request) -> Reply:
        cookie = "getcrumb" in request.path or "fc.yahoo.com" in request.path
        return Reply(200, "crumb", delay=0 if cookie else 30)

    with loopback(answer) as server:
        vendor = NETWORK[name](server.url, lambda: PLANTED.as_of, 0.3)
        with pytest.raises(VendorError) as caught:
            ask(vendor, MAIN[name], TICKER, PLANTED.as_of)
    assert not isinstance(caught.value, NotCoveredError)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("name", NETWORK)
def test_a_server_that_is_gone_is_a_failure(name: str) -> None:
    with loopback(lambda request: Reply()) as server:
        url = server.url
    with pytest.raises(VendorError) as caught:
        ask(NETWORK[name](url, lambda: PLANTED.as_of), MAIN[name], TICKER, PLANTED.as_of)
    assert not isinstance(caught.value, NotCoveredError)
    assert KEY not in "".join(traceback.format_exception(caught.value))


BROKEN = {
    "empty": b"",
    "a page": b"<html></html>",
    "cut": b'{"Meta Data": {"2. Symb',
    "a limit": json.dumps(LIMIT).encode(),
}


@pytest.mark.parametrize(
    ("section", "damage"),
    # A file of lines that has none says that there are no posts.
    [pair for pair in product((*COMPANY, "social", "posts"), BROKEN) if pair != ("posts", "empty")],
)
def test_no_damaged_file_looks_like_an_answer(tmp_path: Path, section: SectionName, damage: str) -> None:
    PLANTED.write_files(tmp_path / "files")
    for path in (tmp_path / "files").iterdir():
        path.write_bytes(BROKEN[damage])
    with pytest.raises(VendorError) as caught:
        ask(FilesVendor(tmp_path / "files"), section, TICKER, PLANTED.as_of)
    assert not isinstance(caught.value, NotCoveredError)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.real_data
def test_a_recorded_rate_limit_is_a_failure(recorded: Path) -> None:
    answer = by_function("alpha-vantage/statements-2021", "AON")(recorded)
    with loopback(answer) as server, pytest.raises(VendorError) as caught:
        ask(alpha_vantage(server.url, lambda: IN_2021), "fundamentals", "AON", IN_2021)
    assert not isinstance(caught.value, NotCoveredError)


def test_an_outage_and_an_unknown_ticker_are_told_apart_in_the_chain() -> None:
    """What the adapters raise becomes `failed` or `unknown`, never an empty market."""
    prices = PricesQuestion(ticker="NOSUCH", start=SESSION - WINDOW, end=SESSION)
    posts = PostsQuestion(ticker="NOSUCH", start=PLANTED.as_of - WINDOW, end=PLANTED.as_of)
    for name, word in UNKNOWN.items():
        found = {}
        for what, reply in (("outage", Reply(500)), ("unknown", word)):
            with loopback(lambda request, reply=reply: reply) as server:
                vendor = NETWORK[name](server.url, lambda: PLANTED.as_of)
                chain = VendorChain([vendor], MarketSettings(vendors=("yahoo",)), lambda: PLANTED.as_of)
                found[what] = asyncio.run(chain.ask(posts if MAIN[name] == "posts" else prices))
        assert (found["outage"].failed, found["outage"].unknown) == (True, False), name
        assert (found["unknown"].failed, found["unknown"].unknown) == (False, True), name


def test_every_vendor_of_record_has_all_methods_of_the_protocol() -> None:
    assert set(ASKED) == set(get_args(SectionName)) - {"indicators"}
    vendors = [make("http://127.0.0.1:9", lambda: PLANTED.as_of) for make in NETWORK.values()]
    for vendor in (*vendors, FilesVendor(Path()), SimulatedVendor(7)):
        assert all(callable(getattr(vendor, section)) for section in ASKED), vendor.name
