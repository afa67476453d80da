"""TIME_SERIES_DAILY and NEWS_SENTIMENT as records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import Body, finds_nothing, mapping, number, reason, rows, text
from arena.market.quality import RawRow, believed
from arena.records.market import NewsItem, PriceHistory, PriceNote

NO_ACTIONS = "Alpha Vantage's daily prices list no dividends and no splits, so none are known"


def parse_daily(body: Body, ticker: str) -> PriceHistory:
    """TIME_SERIES_DAILY: bars as traded, oldest first. It holds no corporate actions, and a note says so.

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
    return PriceHistory(ticker=ticker, bars=bars, notes=(PriceNote(text=NO_ACTIONS), *notes))


def parse_news(body: Body, ticker: str) -> tuple[NewsItem, ...]:
    """NEWS_SENTIMENT: the articles that score the ticker, newest first; times are UTC."""
    if finds_nothing(body):
        return ()
    feed = (mapping(entry, "feed") for entry in rows(body, "feed"))
    items = [item for entry in feed if (item := _news_item(entry, ticker)) is not None]
    return tuple(sorted(items, key=lambda item: (item.published, item.title), reverse=True))


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


def _news_item(entry: Body, ticker: str) -> NewsItem | None:
    scores = rows(entry, "ticker_sentiment") if "ticker_sentiment" in entry else []
    own = next((score for score in scores if score.get("ticker") == ticker), None)
    if own is None:
        return None
    try:
        return NewsItem(
            published=_instant(str(entry["time_published"])),
            title=text(entry["title"]),
            summary=text(entry.get("summary", "")),
            publisher=text(entry.get("source", "")),
            url=text(entry.get("url", "")),
            sentiment=float(number(own, "ticker_sentiment_score")),
        )
    except (KeyError, ValueError) as error:
        raise VendorError(f"the article {entry.get('title')!r} cannot be read: {reason(error)}") from error


def _instant(text: str) -> datetime:
    """YYYYMMDDTHHMMSS, or without the seconds, in UTC."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S" if len(text) == 15 else "%Y%m%dT%H%M").replace(tzinfo=UTC)
