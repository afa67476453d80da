"""TIME_SERIES_DAILY and NEWS_SENTIMENT as records."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import (
    Body,
    finds_nothing,
    mapping,
    optional_number,
    reason,
    rows,
    text,
)
from arena.market.quality import RawRow, believed
from arena.records.market import NewsItem, PriceHistory

_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


def parse_daily(body: Body, ticker: str) -> PriceHistory:
    """TIME_SERIES_DAILY: bars as traded, oldest first. It holds no corporate actions.

    A row that cannot be believed is left out, and a note about its day says why: it must not take other days'
    prices with it. No row that can be believed is a VendorError.
    """
    symbol = mapping(body.get("Meta Data"), "Meta Data").get("2. Symbol")
    if symbol != ticker:
        raise VendorError(f"the daily prices are of {symbol!r}, not of {ticker!r}")
    series = mapping(body.get("Time Series (Daily)"), "Time Series (Daily)")
    bars, notes = believed(_raw(_day(day), row) for day, row in series.items())
    if series and not bars:
        raise VendorError("none of the daily prices can be read")
    return PriceHistory(ticker=ticker, bars=bars, notes=notes)


def parse_news(body: Body, ticker: str, start: datetime = _EVER, end: datetime = _NEVER) -> tuple[NewsItem, ...]:
    """NEWS_SENTIMENT: the articles from `start` to `end` that score the ticker, newest first; times are UTC.

    An article that cannot be read is a VendorError that names its time, as articles have no place for a doubt; one
    whose time can be read and lies outside says nothing about those inside.
    """
    own = ((entry, _score(entry, ticker)) for entry in _articles(body, start, end))
    return _newest_first(_news_item(entry, score, "ticker_sentiment_score") for entry, score in own if score)


def parse_market_news(body: Body, start: datetime = _EVER, end: datetime = _NEVER) -> tuple[NewsItem, ...]:
    """NEWS_SENTIMENT by topic: every article, newest first, with its overall score; otherwise as `parse_news`."""
    articles = _articles(body, start, end)
    return _newest_first(_news_item(entry, entry, "overall_sentiment_score") for entry in articles)


def is_whole(body: Body, limit: int) -> bool:
    """Whether a NEWS_SENTIMENT answer holds all there is, and was not cut short by `limit`."""
    return len(body.get("feed", ())) < limit


def _newest_first(items: Iterable[NewsItem]) -> tuple[NewsItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.published, item.title), reverse=True))


def _articles(body: Body, start: datetime, end: datetime) -> Iterator[Body]:
    """The articles of the window, and those whose time cannot be read."""
    for entry in () if finds_nothing(body) else rows(body, "feed"):
        try:
            published = _instant(str(entry.get("time_published")))
        except ValueError:
            yield entry
        else:
            if start <= published <= end:
                yield entry


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise VendorError(f"the daily prices have a row of {text!r}, which is not a date") from None


def _raw(day: date, cells: object) -> RawRow:
    """The row as it stands; what is no JSON object has no prices."""
    row = cells if isinstance(cells, Mapping) else {}
    found = [row.get(name) for name in ("1. open", "2. high", "3. low", "4. close", "5. volume")]
    return RawRow(day, f"the daily prices of {day}", *(None if cell is None else str(cell) for cell in found))


def _score(entry: Body, ticker: str) -> Body | None:
    scores = rows(entry, "ticker_sentiment") if "ticker_sentiment" in entry else []
    return next((score for score in scores if score.get("ticker") == ticker), None)


def _news_item(entry: Body, scored: Body, score: str) -> NewsItem:
    """The article. An error never quotes one whose time is unknown: it may be of a later day."""
    try:
        published = _instant(str(entry.get("time_published")))
    except ValueError:
        raise VendorError("the time of an article cannot be read") from None
    try:
        sentiment = optional_number(scored, score)
        return NewsItem(
            published=published,
            title=text(entry["title"]),
            summary=text(entry.get("summary", "")),
            publisher=text(entry.get("source", "")),
            url=text(entry.get("url", "")),
            sentiment=None if sentiment is None else float(sentiment),
        )
    except (KeyError, ValueError) as error:
        raise VendorError(f"the article of {published:%Y-%m-%d %H:%M} UTC cannot be read: {reason(error)}") from error


def _instant(text: str) -> datetime:
    """YYYYMMDDTHHMMSS, or without the seconds, in UTC."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S" if len(text) == 15 else "%Y%m%dT%H%M").replace(tzinfo=UTC)
