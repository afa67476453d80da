"""FilesVendor: the vendor protocol over a folder; `folder.py` says which files, the others here what is in them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from arena.config.market import VendorName
from arena.errors import NotCoveredError, VendorError
from arena.market.alpha_vantage_json import (
    SIDES_ARE_INFERRED,
    Body,
    flaws_before,
    parse_earnings,
    parse_insiders,
    parse_market_news,
    parse_news,
    parse_overview,
)
from arena.market.files.folder import (
    COMMON_NEWS,
    MARKET_NEWS,
    MARKET_NEWS_LINES,
    NEWS_KINDS,
    PRICE_KINDS,
    Catalogue,
    FileKind,
)
from arena.market.files.json_lines import read_news_lines, read_post_lines
from arena.market.files.recorded import checked, filed_statements, named, read_daily, recorded_statements
from arena.market.files.tables import read_prices, read_social
from arena.market.tickers import check_ticker
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

SURPRISES_ONLY = (
    "earnings a share are restated for later splits in an Alpha Vantage recording, so only the surprises are given"
)

_NEW_YORK = ZoneInfo("America/New_York")


class FilesVendor(PartialVendor):
    """Facts from the files of one folder, read anew at every question; nothing is written.

    What a recording lacks is not made up for. A row of prices, a statement, a report or a trade that cannot be
    read is left out and noted; articles, posts and daily moods have no place for a note, so that there it is a
    VendorError, as is a file that cannot be read at all. Each names the file and the row, none the folder.
    """

    name: VendorName = "files"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002  # the file has no date
        """Who the company is as the recorded overview gives it, without a date."""
        _, path, ticker = self._one(ticker, ("overview",), "overview")
        undated = f"the company's name, exchange and sector are as {path.name} gives them, without a date"
        found = checked(path, ticker, lambda body: parse_overview(body, ticker))
        return found.model_copy(update={"notes": (undated,)})

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """The bars and actions from `start` to `end`; NotCoveredError when the file has none of these days.

        A file does not say its currency; its prices are taken to be in dollars.
        """
        files, path, ticker = self._one(ticker, PRICE_KINDS, "prices")
        history = read_daily(path, files, ticker) if path.suffix == ".json" else read_prices(path, ticker)
        return _between(path, history, start, end)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """Every statement of the recorded answers, whatever their date."""
        ticker, files = self._known(ticker)
        found = recorded_statements(files, ticker) or filed_statements(files, ticker)
        if found is None:
            raise NotCoveredError(f"the folder has no fundamentals of {ticker}")
        statements, flaws = found
        return Fundamentals(statements=statements, notes=flaws_before(flaws, _day(as_of)))

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        """The recorded reports with their surprises. A recording's calendar is not of `as_of`, so it is not read."""
        _, path, ticker = self._one(ticker, ("earnings",), "earnings")
        reports, flaws = checked(path, ticker, lambda body: parse_earnings(body, splits=None))
        return Earnings(reports=reports, notes=(SURPRISES_ONLY, *flaws_before(flaws, _day(as_of))))

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        """The recorded trades; none has a filing date."""
        _, path, ticker = self._one(ticker, ("insider_transactions",), "insiders' trades")
        trades, flaws = checked(path, ticker, lambda body: parse_insiders(body, ticker, start, end))
        return Insiders(trades=trades, notes=(SIDES_ARE_INFERRED, *flaws_before(flaws, end)))

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """The articles between `start` and `end`, newest first, from the ticker's own file or the common one."""
        ticker, files = check_ticker(ticker), Catalogue(self._folder)
        path = files.first(NEWS_KINDS, ticker) or self._folder / COMMON_NEWS
        if not path.is_file():
            files.check_known(ticker)
            raise NotCoveredError(f"the folder has no news of {ticker}")
        if path.suffix == ".jsonl":
            return read_news_lines(path, start, end)
        body = checked(path, ticker, lambda body: body)
        items = named(path, lambda: parse_news(body, ticker, start, end))
        if not items and not _mentions(body, ticker):
            files.check_known(ticker)
        return items

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """The articles about no ticker in particular between `start` and `end`, newest first."""
        path, lines = self._folder / MARKET_NEWS, self._folder / MARKET_NEWS_LINES
        if path.is_file():
            return checked(path, None, lambda body: parse_market_news(body, start, end))
        if lines.is_file():
            return read_news_lines(lines, start, end)
        raise NotCoveredError("the folder has no market news")

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """The days from `start` to `end`, newest first."""
        _, path, _ = self._one(ticker, ("social",), "social sentiment")
        return read_social(path, start, end)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        """The recorded posts between `start` and `end`, newest first."""
        _, path, _ = self._one(ticker, ("posts",), "posts")
        return read_post_lines(path, start, end)

    def _known(self, ticker: str) -> tuple[str, Catalogue]:
        ticker, files = check_ticker(ticker), Catalogue(self._folder)
        files.check_known(ticker)
        return ticker, files

    def _one(self, ticker: str, kinds: tuple[FileKind, ...], what: str) -> tuple[Catalogue, Path, str]:
        """The folder, the file of the first of the kinds, and the ticker in upper case."""
        ticker, files = self._known(ticker)
        path = files.first(kinds, ticker)
        if path is None:
            raise NotCoveredError(f"the folder has no {what} of {ticker}")
        return files, path, ticker


def _mentions(body: Body, ticker: str) -> bool:
    """Whether any article of a feed, of whatever time, scores the ticker."""
    feed = body.get("feed")
    entries = feed if isinstance(feed, list) else []
    scores = [score for entry in entries if isinstance(entry, dict) for score in entry.get("ticker_sentiment") or ()]
    return any(isinstance(score, dict) and score.get("ticker") == ticker for score in scores)


def _day(as_of: datetime) -> date:
    return as_of.astimezone(_NEW_YORK).date()


def _between(path: Path, history: PriceHistory, start: date, end: date) -> PriceHistory:
    """The cut history. Where it is empty, the error tells of days before `start` alone: `end` may lie ahead."""
    cut = history.between(start, end)
    if cut.bars:
        return cut
    if any(note.day for note in cut.notes):
        raise VendorError(f"{path.name} has no row that can be read for the days asked for")
    before = history.between(date.min, start - timedelta(days=1))
    faults = "".join(f"; {note.text}" for note in before.notes[-1:] if note.day)
    last = f"its last bar before them is of {before.bars[-1].session}" if before.bars else "and none before them"
    raise NotCoveredError(f"{path.name} has no bar for the days asked for, {last}{faults}")
