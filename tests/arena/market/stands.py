"""Real adapters over loopback servers whose answers a test chooses."""

from collections.abc import Callable
from datetime import datetime

from arena.market.alpha_vantage import AlphaVantageVendor
from arena.market.reddit import RedditVendor
from arena.market.stocktwits import StocktwitsVendor
from arena.market.vendor import Vendor
from arena.market.yahoo import YahooVendor
from tests.arena.market.alpha_vantage.server import KEY
from tests.arena.market.yahoo_answers import RewritingSession


def yahoo(url: str, clock: Callable[[], datetime], timeout: float = 5.0) -> Vendor:
    return YahooVendor(session=RewritingSession(url), clock=clock, timeout=timeout)


def alpha_vantage(url: str, clock: Callable[[], datetime], timeout: float = 5.0) -> Vendor:
    return AlphaVantageVendor(KEY, f"{url}/query", timeout, daily_limit=None, clock=clock, sleep=lambda seconds: None)


def stocktwits(url: str, clock: Callable[[], datetime], timeout: float = 5.0) -> Vendor:
    return StocktwitsVendor(f"{url}/api/2", timeout, clock)


def reddit(url: str, clock: Callable[[], datetime], timeout: float = 5.0) -> Vendor:
    return RedditVendor(url, timeout, clock=clock)
