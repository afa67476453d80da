"""Asking Alpha Vantage: the package builds the requests, everything else about them is ours.

The package has no deadline, no choice of server and shows the key in its errors, so its one transport method is
replaced. Of its methods only the half that builds the request is used (`__wrapped__`): the other half turns lists
into data frames. Two functions the package does not know are asked for in its manner. The key leaves this module
in requests only: no error, nor the error behind it, holds a request's address or an answer's text.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from alpha_vantage.alphaintelligence import AlphaIntelligence
from alpha_vantage.fundamentaldata import FundamentalData
from alpha_vantage.timeseries import TimeSeries
from curl_cffi import CurlOpt, requests
from curl_cffi.requests.exceptions import ConnectionError as Unreachable
from curl_cffi.requests.exceptions import ConnectTimeout, RequestException

from arena.errors import VendorError
from arena.market.allowance import Allowance
from arena.market.alpha_vantage_json import Body, BurstLimitError, QuotaError, check_body, redact

T = TypeVar("T")

BURST_PAUSE = 1.0
"""Seconds before a request is sent again that the vendor found too close to another."""

SHARED_SECONDS = 300.0
"""How long the answer to a request that two sections need serves both."""

LARGEST_ANSWER = 50_000_000
"""Bytes; twenty years of daily prices are three million."""

_SHORTEST_KEY = 8
"""Characters from which on a key is taken out of answers; a shorter one (`demo`) is an ordinary word, too."""


class Connection:
    """The vendor's server, asked with one key. Methods may be called from several threads at once.

    `timeout` bounds each request in seconds, from connecting to the last byte.
    """

    def __init__(
        self, key: str, base_url: str, timeout: float, allowance: Allowance, sleep: Callable[[float], None]
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._timeout = timeout
        self._allowance = allowance
        self._sleep = sleep
        self._shared: dict[str, tuple[float, Body]] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def question(self, ticker: str | None) -> "Question":
        """The requests about one ticker, or about none, that must all be over within the timeout."""
        return Question(self, ticker, time.monotonic() + self._timeout)

    def body(self, query: str, ticker: str | None, until: float, *, may_be_empty: bool = False) -> Body:
        """An answer that is data; with `may_be_empty`, perhaps an empty object."""
        return self._twice(lambda: self._checked(_object(self._text(query, until)), ticker, may_be_empty))

    def shared_body(self, query: str, ticker: str | None, until: float) -> Body:
        """As `body`, sent once for all who ask within a few minutes. An error is not kept."""
        with self._lock:
            turn = self._turns.setdefault(query, threading.Lock())
        with turn:
            kept = self._kept(query)
            if kept is None:
                kept = self.body(query, ticker, until)
                self._keep(query, kept)
            return kept

    def table(self, query: str, ticker: str, until: float) -> str:
        """An answer in CSV. The vendor's errors are JSON here, too."""
        return self._twice(lambda: self._checked_table(self._text(query, until), ticker))

    def _twice(self, ask: Callable[[], T]) -> T:
        """Once more after a pause where the vendor says that the request came too soon after another.

        The only sleep beside the allowance's own: five requests in a row are what one company's statements take.
        """
        try:
            return ask()
        except BurstLimitError:
            self._sleep(BURST_PAUSE)
        return ask()

    def _checked(self, body: Body, ticker: str | None, may_be_empty: bool) -> Body:
        try:
            if body or not may_be_empty:
                check_body(body, ticker, self._key)
        except QuotaError:
            self._allowance.exhaust()
            raise
        return body

    def _checked_table(self, text: str, ticker: str) -> str:
        if text.lstrip().startswith(("{", "[")):
            self._checked(_object(text), ticker, may_be_empty=False)
            raise VendorError("alpha_vantage answered with JSON where a table was asked for")
        return text

    def _kept(self, query: str) -> Body | None:
        with self._lock:
            asked, body = self._shared.get(query, (0.0, None))
        return body if body is not None and time.monotonic() - asked < SHARED_SECONDS else None

    def _keep(self, query: str, body: Body) -> None:
        now = time.monotonic()
        with self._lock:
            self._shared = {old: (at, kept) for old, (at, kept) in self._shared.items() if now - at < SHARED_SECONDS}
            self._shared[query] = (now, body)

    def _text(self, query: str, until: float) -> str:
        """The answer's text without the key. What fails is told outside the except block, so that no error
        carries another one that knows the address.
        """
        left = until - time.monotonic()
        if left > 0:
            self._allowance.spend(patience=left)
            left = until - time.monotonic()
        if left <= 0:
            raise VendorError(f"alpha_vantage took more than {self._timeout:g} seconds over its earlier answers")
        failure, unreached = "", False
        try:
            response = requests.get(
                f"{self._base_url}?{query}",
                timeout=left,
                curl_options={CurlOpt.MAXFILESIZE_LARGE: LARGEST_ANSWER},
            )
        except RequestException as error:
            failure = redact(str(error), self._key)
            unreached = isinstance(error, Unreachable | ConnectTimeout)
        if unreached:
            self._allowance.give_back()
        if failure:
            raise VendorError(f"alpha_vantage cannot be reached: {failure}")
        if response.status_code != 200:
            raise VendorError(f"alpha_vantage answered with HTTP status {response.status_code}")
        text = response.content.decode("utf-8", "replace")
        return text.replace(self._key, "[key]") if len(self._key) >= _SHORTEST_KEY else text

    def query(self, package: type, method: Any, arguments: Mapping[str, Any]) -> str:
        """The query string the package builds for one of its methods, the key within it."""
        query, _data_key, _meta_data_key = method.__wrapped__(package(key=self._key), **arguments)
        return str(query)

    def plain_query(self, function: str, **arguments: str) -> str:
        """The query string of a function the package has no method for."""
        return urlencode({"function": function, **arguments, "apikey": self._key})


class Question:
    """The requests one section needs, all against one deadline."""

    def __init__(self, connection: Connection, ticker: str | None, until: float) -> None:
        self._connection = connection
        self._ticker = ticker
        self._until = until

    def daily(self, size: str) -> Body:
        """TIME_SERIES_DAILY: `compact` for the last 100 sessions, `full` for all."""
        return self._ask(_Prices, TimeSeries.get_daily, symbol=self._ticker, outputsize=size)

    def splits(self) -> Body:
        """SPLITS, which prices and earnings share."""
        return self._ask(_Companies, FundamentalData.get_splits, shared=True, symbol=self._ticker)

    def dividends(self) -> Body:
        """DIVIDENDS."""
        return self._ask(_Companies, FundamentalData.get_dividends, symbol=self._ticker)

    def overview(self) -> Body:
        """OVERVIEW."""
        return self._ask(_Companies, FundamentalData.get_company_overview, symbol=self._ticker)

    def income_statement(self) -> Body:
        """INCOME_STATEMENT, quarters and years."""
        return self._ask(_Companies, FundamentalData.get_income_statement_quarterly, symbol=self._ticker)

    def balance_sheet(self) -> Body:
        """BALANCE_SHEET; empty for who files none."""
        return self._ask(
            _Companies, FundamentalData.get_balance_sheet_quarterly, may_be_empty=True, symbol=self._ticker
        )

    def cash_flow(self) -> Body:
        """CASH_FLOW; empty for who files none."""
        return self._ask(_Companies, FundamentalData.get_cash_flow_quarterly, may_be_empty=True, symbol=self._ticker)

    def earnings(self) -> Body:
        """EARNINGS, which statements and earnings share."""
        return self._ask(_Companies, FundamentalData.get_earnings_quarterly, shared=True, symbol=self._ticker)

    def earnings_calendar(self) -> str:
        """EARNINGS_CALENDAR of the next year, as CSV."""
        query = self._connection.plain_query("EARNINGS_CALENDAR", symbol=str(self._ticker), horizon="12month")
        return self._connection.table(query, str(self._ticker), self._until)

    def insider_transactions(self) -> Body:
        """INSIDER_TRANSACTIONS of all years."""
        query = self._connection.plain_query("INSIDER_TRANSACTIONS", symbol=str(self._ticker))
        return self._connection.body(query, self._ticker, self._until)

    def news_sentiment(self, **arguments: Any) -> Body:
        """NEWS_SENTIMENT."""
        return self._ask(_News, AlphaIntelligence.get_news_sentiment, shared=True, **arguments)

    def _ask(
        self, package: type, method: Any, *, shared: bool = False, may_be_empty: bool = False, **arguments: Any
    ) -> Body:
        query = self._connection.query(package, method, arguments)
        if shared:
            return self._connection.shared_body(query, self._ticker, self._until)
        return self._connection.body(query, self._ticker, self._until, may_be_empty=may_be_empty)


class _QueryOnly:
    """The package's transport, replaced: it gives back what would have been sent."""

    def _handle_api_call(self, url: str) -> str:
        return urlsplit(url).query


class _Prices(_QueryOnly, TimeSeries):  # type: ignore[misc]  # the package has no types
    """TIME_SERIES_DAILY."""


class _Companies(_QueryOnly, FundamentalData):  # type: ignore[misc]  # the package has no types
    """OVERVIEW, the three statements, EARNINGS, SPLITS and DIVIDENDS."""


class _News(_QueryOnly, AlphaIntelligence):  # type: ignore[misc]  # the package has no types
    """NEWS_SENTIMENT."""


def _object(text: str) -> Body:
    said = ""
    try:
        body = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        said = str(error)
    if said:
        raise VendorError(f"alpha_vantage's answer is not JSON: {said}")
    if not isinstance(body, dict):
        raise VendorError(f"alpha_vantage's answer is a JSON {type(body).__name__}, not an object")
    return body
