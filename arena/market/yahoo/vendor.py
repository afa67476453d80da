"""The adapter over yfinance: what is asked for each section.

yfinance hides most failures as empty frames and remembers them for the life of the process; both are switched
off here. It keeps one session, one cookie and one cache folder a process, so two YahooVendors share them.
Yahoo refuses what comes too fast; nothing here sleeps or asks again.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yfinance as yf
from pandas.errors import Pandas4Warning
from yfinance.data import YfData

from arena.config.market import VendorName
from arena.errors import NotCoveredError, VendorError
from arena.market.vendor import PartialVendor
from arena.market.yahoo.asking import NEW_YORK, Asking, temporary_folder
from arena.market.yahoo.earnings import read_earnings
from arena.market.yahoo.failures import FAILURES, fail
from arena.market.yahoo.fundamentals import read_statements
from arena.market.yahoo.identity import read_meta, read_profile
from arena.market.yahoo.insiders import read_insiders
from arena.market.yahoo.news import read_entry
from arena.market.yahoo.prices import read_history, unfinished_day
from arena.market.yahoo.session import YahooSession, within
from arena.records.market import Earnings, Fundamentals, Identity, Insiders, NewsItem, PriceHistory

PRESENT = timedelta(days=7)
"""How far back what Yahoo knows of the present only is taken to hold."""

INSIDERS_LISTED = timedelta(days=690)
"""How far back its list of insiders' trades is taken to reach: two years, and a month less to be safe."""

MARKET = "^GSPC"
"""The S&P 500, whose news are the market's."""


def _now() -> datetime:
    return datetime.now(UTC)


class YahooVendor(PartialVendor):
    """Yahoo Finance. Prices and earnings reach back for years; the rest is of the present, or nearly so.

    `cache_folder` keeps Yahoo's cookie between runs; without it a temporary folder serves for the process.
    `timeout` is in seconds and bounds all the requests for one section together.
    """

    name: VendorName = "yahoo"

    def __init__(
        self,
        cache_folder: Path | None = None,
        session: YahooSession | None = None,
        clock: Callable[[], datetime] = _now,
        timeout: float = 30.0,
    ) -> None:
        self._session = session or YahooSession()
        self._clock = clock
        self._timeout = timeout
        yf.config.debug.hide_exceptions = False
        yf.set_tz_cache_location(str(cache_folder or temporary_folder()))
        # yfinance asks to see its own deprecation warnings, which are no business of ours.
        warnings.filterwarnings("ignore", category=Pandas4Warning, module="yfinance")
        # What it logs is raised here as well, in words of ours.
        logging.getLogger("yfinance").setLevel(logging.CRITICAL)

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        """Who the company is: with its sector in the present, else as the chart of those days names it today."""
        with self._asking(ticker, "identity") as asking:
            if self._is_present(as_of):
                return read_profile(asking.summary("assetProfile"), ticker)
            day = as_of.astimezone(NEW_YORK).date()
            chart = asking.chart(day - timedelta(days=7), day + timedelta(days=1))
            if not chart.meta:
                raise NotCoveredError(f"yahoo has no {ticker} at {as_of:%Y-%m-%d}")
            return read_meta(chart.meta, asking.symbol, ticker, as_of)

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded. Yahoo is asked up to today whatever `end` is: later splits undo its adjustment."""
        with self._asking(ticker, "prices") as asking:
            return self._history(asking, ticker, start, end)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """The statements Yahoo lists: five quarters and four years at most.

        All are today's: figures are restated, without a date. So an `as_of` of more than a week ago is not covered.
        """
        if not self._is_present(as_of):
            raise NotCoveredError(
                f"yahoo has only the statements of the present, restated, not those of {as_of:%Y-%m-%d}"
            )
        with self._asking(ticker, "fundamentals") as asking:
            currency = asking.summary("financialData").get("financialData", {}).get("financialCurrency")
            statements = [
                statement
                for kind, period, table in asking.tables()
                for statement in read_statements(table, kind, period, currency)
            ]
        statements.sort(key=lambda found: (found.fiscal_end, found.kind, found.period), reverse=True)
        return Fundamentals(statements=tuple(statements))

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        """The reports of the last six years; the day of the next one only in the present, as it moves."""
        with self._asking(ticker, "earnings") as asking:
            rows = asking.earnings()
            if not rows:
                return Earnings(reports=())
            splits = self._history(asking, ticker, min(row.day for row in rows), self._today()).splits
            return read_earnings(rows, splits, as_of, present=self._is_present(as_of))

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        """Insiders' trades; Yahoo lists those of the last two years, without the days of their filings."""
        if start < self._today() - INSIDERS_LISTED:
            raise NotCoveredError(f"yahoo lists insiders' trades of the last two years only, not from {start} on")
        with self._asking(ticker, "insiders' trades") as asking:
            return read_insiders(asking.summary("insiderTransactions"), start, end)

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles of the last days. Yahoo keeps no archive, so a window that ended a week ago is not covered."""
        return self._news(ticker, "news", start, end)

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles about the S&P 500 of the last days, as for a ticker."""
        return self._news(MARKET, "market news", start, end)

    def _history(self, asking: Asking, ticker: str, start: date, end: date) -> PriceHistory:
        chart = asking.chart(start, self._today() + timedelta(days=1))
        if chart.frame is None:
            return PriceHistory(ticker=ticker, bars=())
        if not chart.meta["currency"]:
            raise VendorError(f"yahoo does not say in which currency {ticker} trades")
        unfinished = unfinished_day(chart.meta, self._clock())
        return read_history(chart.frame, ticker, chart.meta["currency"], end, unfinished)

    def _news(self, ticker: str, section: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        if not self._is_present(end):
            raise NotCoveredError(f"yahoo has only the {section} of the present, none of the days up to {end.date()}")
        with self._asking(ticker, section) as asking:
            items = [read_entry(entry) for entry in asking.news()]
        items.sort(key=lambda item: (item.published, item.title), reverse=True)
        return tuple(item for item in items if start <= item.published <= end)

    def _is_present(self, as_of: datetime) -> bool:
        return as_of >= self._clock() - PRESENT

    def _today(self) -> date:
        return self._clock().astimezone(NEW_YORK).date()

    @contextmanager
    def _asking(self, ticker: str, section: str) -> Iterator[Asking]:
        """Requests for one section of one ticker, against its deadline; what fails among them is classified."""
        # yfinance remembers answers about the past, failures among them, for the life of the process.
        YfData.cache_get.cache_clear()
        try:
            with within(self._timeout) as requests:
                yield Asking(_symbol(ticker), self._session, requests)
        except FAILURES as error:
            fail(ticker, section, error)


def _symbol(ticker: str) -> str:
    """Yahoo writes share classes with a dash (BRK-B); its dots are exchanges."""
    return re.sub(r"\.([AB])$", r"-\1", ticker)
