"""The adapter over the alpha-vantage package: daily prices as traded, news with sentiment, statements.

The package has no deadline, no choice of server and shows the key in its errors, so its one transport method
is replaced. Of its methods only the half that builds the request is used (`__wrapped__`): the other half turns
lists into data frames. Its free keys allow 25 requests a day; a ticker costs eight (prices 1, fundamentals 5,
news 1, social 1).
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alpha_vantage.alphaintelligence import AlphaIntelligence
from alpha_vantage.fundamentaldata import FundamentalData
from alpha_vantage.timeseries import TimeSeries
from curl_cffi import requests
from curl_cffi.requests.exceptions import RequestException

from arena.config.model import VendorName
from arena.errors import NotCoveredError, VendorError
from arena.market.alpha_vantage_json import (
    Body,
    BurstLimitError,
    check_body,
    parse_daily,
    parse_news,
    parse_overview,
    parse_statements,
    redact,
)
from arena.market.calendar import close_of, is_session
from arena.market.vendor import PartialVendor
from arena.records.market import Fundamentals, Identity, NewsItem, PriceHistory, SocialDay

NEW_YORK = ZoneInfo("America/New_York")
USUAL_CLOSE = time_of_day(16, 0)
NEWS_LIMIT = 1000
TODAYS_IDENTITY = "the company's name, exchange and sector are those of the day alpha_vantage was asked"
_FOREIGN = re.compile(r"\.[A-Z]{2,}$")
BURST_PAUSE = 1.0
"""Seconds between two requests that the vendor found too close together."""


class AlphaVantageVendor(PartialVendor):
    """Alpha Vantage. `timeout` bounds each request in seconds, from connecting to the last byte.

    Answered with its burst limit, it sends the same request once more after a second: the only sleep outside
    the model clients, because five requests in a row are what one company's statements take.
    """

    name: VendorName = "alpha_vantage"

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://www.alphavantage.co/query",
        timeout: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = api_key
        self._base_url = base_url
        self._timeout = timeout
        self._sleep = sleep

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded, without dividends and splits, which a note says.

        Listings outside the United States, which their suffix tells (TSCO.LON), are not covered, because the
        answer does not say its currency.
        """
        if _FOREIGN.search(ticker):
            raise NotCoveredError(f"alpha_vantage does not say in which currency {ticker} trades")
        client = _Prices(self._key, self._base_url, self._timeout)
        try:
            body = self._ask(ticker, client, TimeSeries.get_daily, symbol=ticker, outputsize="full")
        except NotCoveredError as error:
            raise NotCoveredError(
                f"{error} (daily prices beyond the last 100 sessions): "
                "set a premium key, or name another vendor before alpha_vantage under market.vendors"
            ) from error
        return parse_daily(body, ticker).between(start, end)

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002 - the vendor knows today's
        """Who the company is today, which a note says."""
        client = _Companies(self._key, self._base_url, self._timeout)
        overview = self._ask(ticker, client, FundamentalData.get_company_overview, symbol=ticker)
        return parse_overview(overview, ticker).model_copy(update={"notes": (TODAYS_IDENTITY,)})

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:  # noqa: ARG002 - the vendor answers all periods
        """All statements, with the day each was reported where EARNINGS names it."""
        client = _Companies(self._key, self._base_url, self._timeout)
        income, balance_sheet, cash_flow, earnings = (
            # An empty answer about a known company (a fund, say) says that it has none of these.
            self._ask(ticker, client, method, symbol=ticker, may_be_empty=True) or None
            for method in (
                FundamentalData.get_income_statement_quarterly,
                FundamentalData.get_balance_sheet_quarterly,
                FundamentalData.get_cash_flow_quarterly,
                FundamentalData.get_earnings_quarterly,
            )
        )
        return Fundamentals(statements=parse_statements(income, balance_sheet, cash_flow, earnings))

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles that score the ticker, newest first; of more than 1000 the newest."""
        items, _ = self._news(ticker, start, end)
        return items

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """The mean sentiment of the articles of each day, newest first; the vendor scores no posts.

        A day ends with its session's close (16:00 in New York where there is none) and what comes later counts
        to the next one, so that a session's day is known at its close. A day that the vendor's limit of 1000
        articles cut short is left out.
        """
        items, complete = self._news(ticker, _day_end(start - timedelta(days=1)), _day_end(end))
        scores: dict[date, list[float]] = defaultdict(list)
        for item in items:
            if item.sentiment is not None:
                scores[_day_of(item.published)].append(item.sentiment)
        if not complete and scores:
            del scores[min(scores)]
        return tuple(
            SocialDay(day=day, mentions=len(scores[day]), sentiment=round(fmean(scores[day]), 6))
            for day in sorted(scores, reverse=True)
            if start <= day <= end
        )

    def _news(self, ticker: str, start: datetime, end: datetime) -> tuple[tuple[NewsItem, ...], bool]:
        """The articles between the two instants, and whether these are all."""
        client = _News(self._key, self._base_url, self._timeout)
        body = self._ask(
            ticker,
            client,
            AlphaIntelligence.get_news_sentiment,
            tickers=ticker,
            time_from=_minute(start),
            time_to=_minute(end + timedelta(minutes=1)),
            limit=NEWS_LIMIT,
        )
        items = tuple(item for item in parse_news(body, ticker) if start <= item.published <= end)
        return items, len(body.get("feed", ())) < NEWS_LIMIT

    def _ask(
        self, ticker: str, client: "_Client", method: Any, *, may_be_empty: bool = False, **arguments: Any
    ) -> Body:
        """An answer that is data, asked for a second time when the first came within a second of another."""
        try:
            return self._ask_once(ticker, client, method, may_be_empty, arguments)
        except BurstLimitError:
            self._sleep(BURST_PAUSE)
            return self._ask_once(ticker, client, method, may_be_empty, arguments)

    def _ask_once(
        self, ticker: str, client: "_Client", method: Any, may_be_empty: bool, arguments: Mapping[str, Any]
    ) -> Body:
        body: Body
        body, _data_key, _meta_data_key = method.__wrapped__(client, **arguments)
        if body or not may_be_empty:
            check_body(body, ticker, self._key)
        return body


class _Client:
    """The package's classes with their transport replaced: another server, a deadline, no key in errors."""

    def __init__(self, key: str, base_url: str, timeout: float) -> None:
        super().__init__(key=key, output_format="json")  # type: ignore[call-arg]  # the next class is the package's
        self._secret = key
        self._base_url = base_url
        self._timeout = timeout

    def _handle_api_call(self, url: str) -> Body:
        # curl's timeout covers the whole answer; the package's own transport waits for ever.
        try:
            response = requests.get(f"{self._base_url}?{urlsplit(url).query}", timeout=self._timeout)
        except RequestException as error:
            # The chained exception would show the address, and the key within it.
            raise VendorError(f"alpha_vantage cannot be reached: {redact(str(error), self._secret)}") from None
        if response.status_code != 200:
            raise VendorError(f"alpha_vantage answered with HTTP status {response.status_code}")
        return _parse(response.text)


class _Prices(_Client, TimeSeries):  # type: ignore[misc]  # the package has no types
    """TIME_SERIES_DAILY."""


class _Companies(_Client, FundamentalData):  # type: ignore[misc]  # the package has no types
    """OVERVIEW, the three statements and EARNINGS."""


class _News(_Client, AlphaIntelligence):  # type: ignore[misc]  # the package has no types
    """NEWS_SENTIMENT."""


def _parse(text: str) -> Body:
    try:
        body = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise VendorError(f"alpha_vantage's answer is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise VendorError(f"alpha_vantage's answer is a JSON {type(body).__name__}, not an object")
    return body


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M")


def _day_end(day: date) -> datetime:
    return close_of(day) if is_session(day) else datetime.combine(day, USUAL_CLOSE, NEW_YORK)


def _day_of(published: datetime) -> date:
    day = published.astimezone(NEW_YORK).date()
    return day if published <= _day_end(day) else day + timedelta(days=1)
