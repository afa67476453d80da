"""Alpha Vantage's answers: prices as traded with their events, the company, its statements, earnings and insiders,
news with sentiment.

A free key allows 25 requests a day, and a ticker costs fourteen: prices 3, identity 1, statements 4, earnings 1
more (2 for an `as_of` of the present), insiders 1, news and social sentiment 1 together, and market news 3 for all
tickers. Its daily prices reach back 100 sessions for a free key: where `market.sessions` above 85 asks for more,
these are answered, and said to be cut.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from arena.config.market import VendorName
from arena.errors import TickerError, VendorError
from arena.market.allowance import Allowance
from arena.market.alpha_vantage.connection import Connection, Question
from arena.market.alpha_vantage.listings import check_listing
from arena.market.alpha_vantage.moods import day_end, moods
from arena.market.alpha_vantage.prices import Prices
from arena.market.alpha_vantage_json import (
    SIDES_ARE_INFERRED,
    Body,
    flaws_before,
    is_whole,
    parse_calendar,
    parse_earnings,
    parse_insiders,
    parse_market_news,
    parse_news,
    parse_overview,
    parse_splits,
    parse_statements,
)
from arena.market.present import is_present
from arena.market.vendor import PartialVendor
from arena.records.market import (
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SocialDay,
    Split,
)

NEWS_LIMIT = 1000
MARKET_NEWS_LIMIT = 50
"""Articles a topic."""

MARKET_TOPICS = ("financial_markets", "economy_macro", "economy_monetary")
"""Asked one by one: several in one request would mean articles that are about all of them."""

TODAYS_IDENTITY = "the company's name, exchange and sector are those of the day alpha_vantage was asked"
NO_PAST_EPS = (
    "alpha_vantage restates earnings a share for later splits and rounds them, so for a past date only the "
    "surprises are given"
)
EPS_SINCE_SPLIT = "earnings a share are given for reports since the last split only; before it they are restated"

_NEW_YORK = ZoneInfo("America/New_York")


def _now() -> datetime:
    return datetime.now(UTC)


class AlphaVantageVendor(PartialVendor):
    """Alpha Vantage. `timeout` bounds one section's requests together, in seconds.

    `daily_limit` is the key's requests a day; None for a premium key, whose requests are not counted nor spaced.
    The count is kept in `folder`, for all processes that name the same; None keeps it in this object.
    """

    name: VendorName = "alpha_vantage"

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://www.alphavantage.co/query",
        timeout: float = 30.0,
        *,
        daily_limit: int | None = 25,
        folder: Path | None = None,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        allowance = Allowance(api_key, daily_limit, folder, clock, sleep)
        self._connection = Connection(api_key, base_url, timeout, allowance, sleep)
        self._clock = clock
        self._prices = Prices(clock)

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002 - the vendor knows today's
        """Who the company is today, which a note says."""
        overview = self._about(ticker).overview()
        return parse_overview(overview, ticker).model_copy(update={"notes": (TODAYS_IDENTITY,)})

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded, with splits and dividends; where these cannot be had, a note says so.

        A key that is refused the full history gets the last 100 sessions where they reach the window, told as cut.
        """
        return self._prices.history(self._about(ticker), ticker, start, end)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """All statements, with the day each was reported where EARNINGS names it."""
        question = self._about(ticker)
        statements, flaws = parse_statements(
            question.income_statement(),
            # An empty answer about a known company says that it has none of these.
            question.balance_sheet() or None,
            question.cash_flow() or None,
            question.earnings(),
        )
        return Fundamentals(statements=statements, notes=flaws_before(flaws, _day(as_of)))

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        """Reports with their surprises; earnings a share and the next report's day for the present only."""
        question, present = self._about(ticker), is_present(as_of, self._clock())
        body = question.earnings()
        notes, provisional = [NO_PAST_EPS], False
        splits: tuple[Split, ...] | None = None
        expected: date | None = None
        if present:
            notes = [EPS_SINCE_SPLIT]
            try:
                splits = parse_splits(question.splits(), ticker)
            except (VendorError, TickerError) as error:
                provisional = True
                notes = [
                    f"earnings a share are left out, as they may be restated for splits and these are unknown: {error}"
                ]
            try:
                expected = parse_calendar(question.earnings_calendar(), ticker, _day(as_of))
            except (VendorError, TickerError) as error:
                provisional = True
                notes.append(f"the day of the next report is unknown: {error}")
        reports, flaws = parse_earnings(body, splits)
        return Earnings(
            reports=reports,
            expected=expected,
            notes=(*notes, *flaws_before(flaws, _day(as_of))),
            provisional=provisional,
        )

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        """Trades in shares; none has a filing date."""
        trades, flaws = parse_insiders(self._about(ticker).insider_transactions(), ticker, start, end)
        return Insiders(trades=trades, notes=(SIDES_ARE_INFERRED, *flaws_before(flaws, end)))

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles that score the ticker, newest first; of more than 1000 the newest."""
        return parse_news(self._articles(ticker, _day(start), end), ticker, start, end)

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """The newest articles about markets and the economy, newest first, each once."""
        question = self._connection.question(None)
        found: dict[str, NewsItem] = {}
        for topic in MARKET_TOPICS:
            body = question.news_sentiment(topics=topic, limit=MARKET_NEWS_LIMIT, **_window(start, end))
            for item in parse_market_news(body, start, end):
                found.setdefault(item.url or item.title, item)
        return tuple(sorted(found.values(), key=lambda item: (item.published, item.title), reverse=True))

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """The mean sentiment of the articles of each day, newest first; the vendor scores no posts.

        A day that the vendor's limit of 1000 articles cut short is left out.
        """
        body = self._articles(ticker, start, day_end(end))
        items = parse_news(body, ticker, day_end(start - timedelta(days=1)), day_end(end))
        return moods(items, start, end, complete=is_whole(body, NEWS_LIMIT))

    def _articles(self, ticker: str, first: date, end: datetime) -> Body:
        """One request for the articles and for the days' moods, which begin with the close before the first."""
        window = _window(day_end(first - timedelta(days=1)), end)
        return self._about(ticker).news_sentiment(tickers=ticker, limit=NEWS_LIMIT, **window)

    def _about(self, ticker: str) -> Question:
        check_listing(ticker)
        return self._connection.question(ticker)


def _window(start: datetime, end: datetime) -> dict[str, str]:
    return {"time_from": _minute(start), "time_to": _minute(end + timedelta(minutes=1))}


def _minute(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M")


def _day(instant: datetime) -> date:
    return instant.astimezone(_NEW_YORK).date()
