"""One section's questions to Yahoo about one symbol, each through the part of yfinance that asks it.

An answer that is empty is checked: where Yahoo shows nothing without saying that there is nothing, its search
page must at least know the symbol.
"""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import yfinance as yf
from yfinance.data import YfData

from arena.errors import VendorError
from arena.market.yahoo.earnings import PAGE, EarningsRow, read_page
from arena.market.yahoo.failures import FAILURES, has_no_bars
from arena.market.yahoo.fundamentals import Period, StatementKind
from arena.market.yahoo.session import Section, YahooSession

NEW_YORK = ZoneInfo("America/New_York")
NEWS_COUNT = 100

_SUMMARY = "https://query2.finance.yahoo.com/v10/finance/quoteSummary/{symbol}"
_FREQUENCIES: tuple[tuple[Period, str], ...] = (("quarter", "quarterly"), ("year", "yearly"))


class Chart(NamedTuple):
    """The answer about a window of days."""

    frame: pd.DataFrame | None
    """Its rows; None where Yahoo says that there are none."""
    meta: Mapping[str, Any]
    """What Yahoo says about the instrument; empty where it says only that the window has no rows."""


class Asking:
    """Everything that is asked within one section's deadline."""

    def __init__(self, symbol: str, session: YahooSession, requests: Section) -> None:
        self.symbol = symbol
        self._session = session
        self._requests = requests
        self._ticker = _NewYorkTicker(symbol, session=session)

    def chart(self, start: date, end: date) -> Chart:
        """Daily rows from `start` to before `end`, with dividends and splits, adjusted as Yahoo has them."""
        try:
            frame = self._ticker.history(start=start, end=end, auto_adjust=False, actions=True, keepna=True)
        except FAILURES as error:
            # An answer about the symbol without the list of its days is how Yahoo says that there were none.
            # In both cases it did answer; where it did not, yfinance would ask again for what it says of itself.
            if has_no_bars(error):
                return Chart(None, {})
            if error.args == ("timestamp",) and self._meta().get("symbol") == self.symbol:
                return Chart(None, self._meta())
            raise
        return Chart(frame, self._meta())

    def summary(self, *modules: str) -> Mapping[str, Any]:
        """The modules of quoteSummary, and always `price`, which tells an instrument from nothing at all."""
        url = _SUMMARY.format(symbol=self.symbol)
        asked = {"modules": ",".join(dict.fromkeys(("price", *modules))), "formatted": "false", "symbol": self.symbol}
        answer = YfData(session=self._session).get_raw_json(url, params=asked)
        (found,) = answer["quoteSummary"]["result"]
        price = found.get("price") or {}
        if price.get("quoteType") in (None, "NONE") or price.get("symbol") != self.symbol:
            raise VendorError(f"yahoo says nothing about {self.symbol}, which does not prove that it does not exist")
        summary: Mapping[str, Any] = found
        return summary

    def tables(self) -> Iterator[tuple[StatementKind, Period, pd.DataFrame]]:
        """Every statement table, its lines down the side and the ends of its periods along the top."""
        for period, frequency in _FREQUENCIES:
            yield "income", period, self._ticker.get_income_stmt(freq=frequency)
            yield "balance_sheet", period, self._ticker.get_balance_sheet(freq=frequency)
            yield "cash_flow", period, self._ticker.get_cash_flow(freq=frequency)

    def earnings(self) -> tuple[EarningsRow, ...]:
        """The rows of the page of earnings dates; none for what is no company, such as a fund."""
        response = YfData(session=self._session).get(PAGE.format(symbol=self.symbol))
        response.raise_for_status()
        rows = read_page(response.text, self.symbol)
        if rows is None:
            kind = self._search()[0]["quoteType"]
            if kind == "EQUITY":
                raise VendorError(f"yahoo shows no earnings of {self.symbol}, which does not prove that there are none")
            return ()
        return rows

    def news(self) -> Sequence[Mapping[str, Any]]:
        """The stream of the symbol's news; where that is empty, what the search page has, which proves more."""
        entries: Sequence[Mapping[str, Any]] = self._ticker.get_news(count=NEWS_COUNT)
        self._requests.confirm()
        if entries:
            return entries
        _, news = self._search()
        return [entry for entry in news if self.symbol in entry.get("relatedTickers", ())]

    def _meta(self) -> Mapping[str, Any]:
        meta: Mapping[str, Any] = self._ticker.get_history_metadata()
        return meta

    def _search(self) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
        """How the search page describes the symbol, and its news; VendorError when it does not name it."""
        found = yf.Search(self.symbol, news_count=NEWS_COUNT, session=self._session).response
        described = next((quote for quote in found["quotes"] if quote.get("symbol") == self.symbol), None)
        if described is None:
            raise VendorError(f"yahoo shows nothing for {self.symbol} and its search does not name the symbol")
        return described, found["news"]


class _NewYorkTicker(yf.Ticker):  # type: ignore[misc]  # yfinance has no types
    """A Ticker whose window is counted in New York days.

    yfinance would ask Yahoo for the exchange's time zone first and take any failure of that for an unknown
    symbol; here one request tells prices, splits and errors. The frame keeps the exchange's own dates.
    """

    def _get_ticker_tz(self, timeout: float) -> str:  # noqa: ARG002 - the signature is yfinance's
        return NEW_YORK.key


@functools.cache
def temporary_folder() -> Path:
    """One folder a process, so that nothing is written to the user's home; gone at exit."""
    folder = Path(tempfile.mkdtemp(prefix="arena-yahoo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
