"""The adapter over yfinance: what is asked, and what its many ways of failing mean.

yfinance hides most failures as empty frames and remembers them for the life of the process; both are switched
off here. It keeps one session, one cookie and one cache folder a process, so two YahooVendors share them.
Yahoo refuses what comes too fast; nothing here sleeps or asks again.
"""

import atexit
import functools
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pandas as pd
import yfinance as yf
from curl_cffi.requests import Session
from curl_cffi.requests.exceptions import HTTPError, RequestException
from pandas.errors import Pandas4Warning
from yfinance.data import YfData
from yfinance.exceptions import YFException, YFPricesMissingError

from arena.config.model import VendorName
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.vendor import PartialVendor
from arena.market.yahoo.fundamentals import Period, read_identity, read_statements
from arena.market.yahoo.news import read_entry
from arena.market.yahoo.prices import read_history
from arena.records.market import Fundamentals, Identity, NewsItem, PriceHistory, Statement

NEW_YORK = ZoneInfo("America/New_York")
NEWS_COUNT = 100
PRESENT = timedelta(days=7)
"""How far back what Yahoo knows of the present only is taken to hold."""

# Answers that are not what yfinance expects end in whatever its parsing trips over.
_FAILURES = (YFException, RequestException, LookupError, TypeError, ValueError, AttributeError)

_FREQUENCIES: tuple[tuple[Period, str], ...] = (("quarter", "quarterly"), ("year", "yearly"))


def _now() -> datetime:
    return datetime.now(UTC)


class YahooVendor(PartialVendor):
    """Yahoo Finance. Prices reach back for decades; statements and news are those of the present only.

    `cache_folder` keeps Yahoo's cookie between runs; without it a temporary folder serves for the process.
    `timeout` is in seconds and bounds the prices' request; yfinance gives every other request 30 seconds.
    """

    name: VendorName = "yahoo"

    def __init__(
        self,
        cache_folder: Path | None = None,
        session: Session[Any] | None = None,
        clock: Callable[[], datetime] = _now,
        timeout: float = 30.0,
    ) -> None:
        self._session = session
        self._clock = clock
        self._timeout = timeout
        yf.config.debug.hide_exceptions = False
        yf.set_tz_cache_location(str(cache_folder or _temporary_folder()))
        # yfinance asks to see its own deprecation warnings, which are no business of ours.
        warnings.filterwarnings("ignore", category=Pandas4Warning, module="yfinance")

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded. Yahoo is asked up to today whatever `end` is: later splits undo its adjustment."""
        asked = self._ask_for(ticker)
        tomorrow = self._clock().astimezone(NEW_YORK).date() + timedelta(days=1)
        try:
            frame = asked.history(
                start=start, end=tomorrow, auto_adjust=False, actions=True, keepna=True, timeout=self._timeout
            )
            currency = asked.get_history_metadata()["currency"]
        except _FAILURES as error:
            if _knows_no_bars(error, asked):
                return PriceHistory(ticker=ticker, bars=())
            _fail(ticker, "prices", error)
        if not currency:
            raise VendorError(f"yahoo does not say in which currency {ticker} trades")
        return read_history(frame, ticker, currency, end)

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        """Who the company is today; an `as_of` of more than a week ago is not covered."""
        if as_of < self._clock() - PRESENT:
            raise NotCoveredError(f"yahoo has only the company of the present, not that of {as_of:%Y-%m-%d}")
        try:
            return read_identity(self._info(self._ask_for(ticker), ticker), ticker)
        except _FAILURES as error:
            _fail(ticker, "identity", error)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """The statements Yahoo lists: five quarters and four years at most.

        All are today's: companies are renamed and their figures restated, without a date. So an `as_of` of more
        than a week ago is not covered.
        """
        if as_of < self._clock() - PRESENT:
            raise NotCoveredError(
                f"yahoo has only the statements of the present, restated, not those of {as_of:%Y-%m-%d}"
            )
        asked = self._ask_for(ticker)
        try:
            info = self._info(asked, ticker)
            statements = sorted(
                _statements(asked, info),
                key=lambda found: (found.fiscal_end, found.kind, found.period),
                reverse=True,
            )
            return Fundamentals(statements=tuple(statements))
        except _FAILURES as error:
            _fail(ticker, "fundamentals", error)

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles of the last days. Yahoo keeps no archive, so a window that ended a week ago is not covered."""
        if end < self._clock() - PRESENT:
            raise NotCoveredError(f"yahoo has only the news of the present, none of the days up to {end.date()}")
        try:
            entries = self._ask_for(ticker).get_news(count=NEWS_COUNT) or self._searched_news(ticker)
        except _FAILURES as error:
            _fail(ticker, "news", error)
        items = (read_entry(entry) for entry in entries)
        return tuple(
            sorted(
                (item for item in items if start <= item.published <= end),
                key=lambda item: (item.published, item.title),
                reverse=True,
            )
        )

    def _info(self, asked: "_NewYorkTicker", ticker: str) -> Mapping[str, Any]:
        info: Mapping[str, Any] = asked.info
        if not info.get("quoteType"):
            raise VendorError(f"yahoo says nothing about {ticker}, which does not prove that it does not exist")
        return info

    def _ask_for(self, ticker: str) -> "_NewYorkTicker":
        # yfinance remembers answers about the past, failures among them, for the life of the process.
        YfData.cache_get.cache_clear()
        return _NewYorkTicker(_symbol(ticker), session=self._session)

    def _searched_news(self, ticker: str) -> list[Mapping[str, Any]]:
        """The search page's news: an empty stream proves nothing, an answer that names the symbol does."""
        found = yf.Search(_symbol(ticker), news_count=NEWS_COUNT, session=self._session, timeout=self._timeout)
        if _symbol(ticker) not in {quote["symbol"] for quote in found.quotes}:
            raise VendorError(f"yahoo gave no news for {ticker} and its search does not name the symbol")
        return [entry for entry in found.news if _symbol(ticker) in entry.get("relatedTickers", ())]


class _NewYorkTicker(yf.Ticker):  # type: ignore[misc]  # yfinance has no types
    """A Ticker whose window is counted in New York days.

    yfinance would ask Yahoo for the exchange's time zone first and take any failure of that for an unknown
    symbol; here one request tells prices, splits and errors. The frame keeps the exchange's own dates.
    """

    def _get_ticker_tz(self, timeout: float) -> str:  # noqa: ARG002 - the signature is yfinance's
        return NEW_YORK.key


def _statements(asked: _NewYorkTicker, info: Mapping[str, Any]) -> Iterator[Statement]:
    currency = info.get("financialCurrency")
    for period, frequency in _FREQUENCIES:
        income: pd.DataFrame = asked.get_income_stmt(freq=frequency)
        yield from read_statements(income, "income", period, currency)
        yield from read_statements(asked.get_balance_sheet(freq=frequency), "balance_sheet", period, currency)
        yield from read_statements(asked.get_cash_flow(freq=frequency), "cash_flow", period, currency)


def _symbol(ticker: str) -> str:
    """Yahoo writes share classes with a dash (BRK-B); its dots are exchanges."""
    return re.sub(r"\.([AB])$", r"-\1", ticker)


def _knows_no_bars(error: Exception, asked: _NewYorkTicker) -> bool:
    """Whether Yahoo knows the symbol but has no bars in the window: it says so, or sends its profile without them."""
    if isinstance(error, YFPricesMissingError):
        return (error.yahoo_reason or "").startswith("Data doesn't exist for startDate")
    return error.args == ("timestamp",) and asked.get_history_metadata().get("symbol") == asked.ticker


def _fail(ticker: str, section: str, error: Exception) -> NoReturn:
    """Raise what the failure means; only Yahoo's own word makes a ticker unknown."""
    unknown = isinstance(error, YFPricesMissingError) and "No data found" in (error.yahoo_reason or "")
    if unknown or (isinstance(error, HTTPError) and _names_no_symbol(error)):
        raise TickerError(f"yahoo knows no {ticker!r}") from error
    raise VendorError(f"yahoo failed at the {section} of {ticker}: {_one_line(error)}") from error


def _names_no_symbol(error: HTTPError) -> bool:
    response = error.response
    return response is not None and response.status_code == 404 and "Quote not found" in response.text


def _one_line(error: Exception) -> str:
    # yfinance's text for missing prices holds the window asked for, and so today's date.
    text = error.yahoo_reason or "no prices" if isinstance(error, YFPricesMissingError) else str(error)
    said = " ".join(text.split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


@functools.cache
def _temporary_folder() -> Path:
    """One folder a process, so that nothing is written to the user's home; gone at exit."""
    folder = Path(tempfile.mkdtemp(prefix="arena-yahoo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
