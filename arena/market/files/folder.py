"""Which file of a folder holds what about which ticker, told by its name alone.

Prices, the first of these that is there: `daily_prices_{T}.json` or `{T}.json` (Alpha Vantage
TIME_SERIES_DAILY; with the events of `{T}_splits.json` and `{T}_dividends.json`, SPLITS and DIVIDENDS), `{T}.csv`,
`{T}-YFin-data-{FROM}-{TO}.csv` or `{T}_{FROM}_{TO}.csv`, `{T}.parquet` (tables.py).
Identity: `{T}_overview.json` (OVERVIEW).
Fundamentals, as many as there are: `{T}_income_statement.json`, `{T}_balance_sheet.json`, `{T}_cash_flow.json`, and
`{T}_earnings.json` for their dates (Alpha Vantage); without these `{T}.quarterly.json` and `{T}.annual.json`
(Polygon, filings.py).
Earnings: `{T}_earnings.json` (EARNINGS). Insiders' trades: `{T}_insider_transactions.json` (INSIDER_TRANSACTIONS).
News: `news_{T}.json` (NEWS_SENTIMENT), `news_{T}.jsonl` or `{T}_news_by_day.jsonl` (json_lines.py), else
`alpha_vantage_news_sentiment.json` for all tickers. Market news: `market_news.json` (NEWS_SENTIMENT) or
`market_news.jsonl`.
Social sentiment: `social_{T}.csv` (tables.py). Posts: `posts_{T}.jsonl` (json_lines.py).

`{T}` is the ticker in upper case, dates are YYYY-MM-DD. Files are found by listing the folder and reading
names, so no path is ever made out of a ticker. Messages name files, never the folder: they become notes of
snapshots, which are sent to model providers, and the same recording may lie elsewhere on another machine.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from arena.errors import TickerError, VendorError
from arena.market.tickers import TICKER

FileKind = Literal[
    "daily_prices",
    "daily",
    "csv",
    "yfinance_csv",
    "dated_csv",
    "parquet",
    "splits",
    "dividends",
    "news",
    "news_lines",
    "news_by_day",
    "income_statement",
    "balance_sheet",
    "cash_flow",
    "earnings",
    "overview",
    "insider_transactions",
    "quarterly",
    "annual",
    "social",
    "posts",
]

PRICE_KINDS: tuple[FileKind, ...] = ("daily_prices", "daily", "csv", "yfinance_csv", "dated_csv", "parquet")
"""In order of preference."""

NEWS_KINDS: tuple[FileKind, ...] = ("news", "news_lines", "news_by_day")
"""In order of preference, before the common file."""

COMMON_NEWS = "alpha_vantage_news_sentiment.json"
MARKET_NEWS = "market_news.json"
MARKET_NEWS_LINES = "market_news.jsonl"

_NAMES: dict[FileKind, str] = {
    "daily_prices": r"daily_prices_{ticker}\.json",
    "daily": r"{ticker}\.json",
    "csv": r"{ticker}\.csv",
    "yfinance_csv": r"{ticker}-YFin-data-{day}-{day}\.csv",
    "dated_csv": r"{ticker}_{day}_{day}\.csv",
    "parquet": r"{ticker}\.parquet",
    "splits": r"{ticker}_splits\.json",
    "dividends": r"{ticker}_dividends\.json",
    "news": r"news_{ticker}\.json",
    "news_lines": r"news_{ticker}\.jsonl",
    "news_by_day": r"{ticker}_news_by_day\.jsonl",
    "income_statement": r"{ticker}_income_statement\.json",
    "balance_sheet": r"{ticker}_balance_sheet\.json",
    "cash_flow": r"{ticker}_cash_flow\.json",
    "earnings": r"{ticker}_earnings\.json",
    "overview": r"{ticker}_overview\.json",
    "insider_transactions": r"{ticker}_insider_transactions\.json",
    "quarterly": r"{ticker}\.quarterly\.json",
    "annual": r"{ticker}\.annual\.json",
    "social": r"social_{ticker}\.csv",
    "posts": r"posts_{ticker}\.jsonl",
}
_PATTERNS = {
    kind: re.compile(name.format(ticker=f"(?P<ticker>{TICKER})", day=r"\d{4}-\d{2}-\d{2}"))
    for kind, name in _NAMES.items()
}


class Catalogue:
    """The files of a folder by kind and ticker, as they were when it was made."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[tuple[FileKind, str], list[Path]] = {}
        for path in _listed(folder):
            for kind, pattern in _PATTERNS.items():
                if found := pattern.fullmatch(path.name):
                    self._files.setdefault((kind, found["ticker"]), []).append(path)

    def find(self, kind: FileKind, ticker: str) -> Path | None:
        """The one file of that kind; two of them are a VendorError, as either might be meant."""
        paths = self._files.get((kind, ticker), [])
        if len(paths) > 1:
            raise VendorError(f"there are both {paths[0].name} and {paths[1].name}; keep one of them")
        return paths[0] if paths else None

    def first(self, kinds: Iterable[FileKind], ticker: str) -> Path | None:
        """The file of the first kind there is one of."""
        return next((path for kind in kinds if (path := self.find(kind, ticker))), None)

    def check_known(self, ticker: str) -> None:
        """TickerError, with the nearest tickers there are, when no file is about the ticker."""
        known = sorted({known for _, known in self._files})
        if ticker not in known:
            nearest = get_close_matches(ticker, known, n=3, cutoff=0.4) or known[:3]
            hint = f"the nearest it has: {', '.join(nearest)}" if nearest else "nor about any other ticker"
            raise TickerError(f"the folder has no file about {ticker}; {hint}")


def _listed(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise VendorError(f"the folder cannot be listed: {error.strerror}") from error
