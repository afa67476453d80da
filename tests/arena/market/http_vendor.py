"""A vendor over HTTP that sends one request a section; and, as a program, a crowd that asks it all at once.

The program is one of several processes that share a cache: it says `ready`, waits for a line, has twenty
callers ask for every ticker, and prints the hashes of what they got.
"""

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from arena.config.market import MarketSettings, VendorName
from arena.errors import VendorError
from arena.market.cache import AnswerCache
from arena.market.market import Market
from arena.market.vendor import PartialVendor
from arena.records.market import (
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SocialDay,
    SocialPost,
)
from tests.arena.market.scripted import every_session

SESSION = date(2025, 10, 14)
TICKERS = ("AAPL", "AMD", "META", "MSFT", "NVDA")
CALLERS = 20


class HttpVendor(PartialVendor):
    """Asks `{url}/{section}/{ticker}` and makes the facts up itself."""

    name: VendorName = "yahoo"

    def __init__(self, url: str) -> None:
        self._url = url

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        self._ask("identity", ticker)
        return Identity(ticker=ticker, name=f"{ticker} Corp.")

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        self._ask("prices", ticker)
        return every_session(ticker, start, end)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        self._ask("fundamentals", ticker)
        return Fundamentals(statements=())

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        self._ask("earnings", ticker)
        return Earnings(reports=())

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        self._ask("insiders", ticker)
        return Insiders(trades=())

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        self._ask("news", ticker)
        return (NewsItem(published=end, title=f"{ticker} \U0001f680"),)

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        self._ask("market_news", "")
        return ()

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        self._ask("social", ticker)
        return (SocialDay(day=end, mentions=1, sentiment=1 / 3),)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        self._ask("posts", ticker)
        return ()

    def _ask(self, section: str, ticker: str) -> None:
        try:
            urlopen(f"{self._url}/{section}/{ticker}", timeout=20).read()
        except OSError as error:
            raise VendorError(f"yahoo cannot be reached: {error}") from error


async def crowd(market: Market) -> dict[str, Any]:
    """The hashes by ticker, and when each section was asked for, over twenty callers who must have got the same."""
    asked = [market.snapshot(ticker, SESSION) for ticker in TICKERS for _ in range(CALLERS)]
    told = await asyncio.gather(*asked)
    await asyncio.gather(*(market.history(ticker, SESSION, SESSION) for ticker in TICKERS))
    return {
        ticker: sorted({snapshot.model_dump_json() for snapshot in told if snapshot.ticker == ticker})
        for ticker in TICKERS
    }


def clock() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    url, folder = sys.argv[1:]
    settings = MarketSettings(vendors=("yahoo",), sessions=30)
    asking = Market(settings, [HttpVendor(url)], clock, AnswerCache(Path(folder), clock))
    print("ready", flush=True)  # noqa: T201 - to its parent
    sys.stdin.readline()
    print(json.dumps(asyncio.run(crowd(asking))))  # noqa: T201 - to its parent
