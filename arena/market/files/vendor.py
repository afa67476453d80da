"""FilesVendor: the vendor protocol over a folder; `folder.py` says which files, `tables.py` which columns."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from arena.config.model import VendorName
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage_json import (
    Body,
    check_body,
    parse_daily,
    parse_news,
    parse_overview,
    parse_statements,
)
from arena.market.files.folder import COMMON_NEWS, PRICE_KINDS, Catalogue, FileKind
from arena.market.files.tables import read_prices, read_social
from arena.market.tickers import check_ticker
from arena.market.vendor import PartialVendor
from arena.records.market import Fundamentals, Identity, NewsItem, PriceHistory, SocialDay

T = TypeVar("T")


class FilesVendor(PartialVendor):
    """Facts from the files of one folder, read anew at every question; nothing is written.

    What a recording lacks is not made up for: a row of prices that cannot be read is left out and noted, any
    other fault is a VendorError that names the file and the row. No message names the folder.
    """

    name: VendorName = "files"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """The bars and actions from `start` to `end`; NotCoveredError when the file has none of these days.

        A file does not say its currency; its prices are taken to be in dollars.
        """
        ticker, files = self._known(ticker)
        path = next((path for kind in PRICE_KINDS if (path := files.find(kind, ticker))), None)
        if path is None:
            raise NotCoveredError(f"the folder has no prices of {ticker}")
        history = _daily(path, ticker) if path.suffix == ".json" else read_prices(path, ticker)
        return _between(path, history, start, end)

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002  # the file has no date
        """Who the company is as the recorded overview gives it, without a date."""
        ticker, files = self._known(ticker)
        path = files.find("overview", ticker)
        if path is None:
            raise NotCoveredError(f"the folder has no overview of {ticker}")
        undated = f"the company's name, exchange and sector are as {path.name} gives them, without a date"
        found = _checked(path, ticker, lambda body: parse_overview(body, ticker))
        return found.model_copy(update={"notes": (undated,)})

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:  # noqa: ARG002  # files hold all dates
        """Every statement of the recorded Alpha Vantage answers, whatever their date."""
        ticker, files = self._known(ticker)
        kinds: tuple[FileKind, ...] = ("income_statement", "balance_sheet", "cash_flow", "earnings")
        paths = {kind: path for kind in kinds if (path := files.find(kind, ticker))}
        if not paths:
            raise NotCoveredError(f"the folder has no fundamentals of {ticker}")
        bodies = {kind: _checked(path, ticker, lambda body: body) for kind, path in paths.items()}
        return Fundamentals(
            statements=parse_statements(
                bodies.get("income_statement"),
                bodies.get("balance_sheet"),
                bodies.get("cash_flow"),
                bodies.get("earnings"),
            ),
        )

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """The articles between `start` and `end`, newest first, from the ticker's own file or the common one."""
        ticker, files = check_ticker(ticker), Catalogue(self._folder)
        path = files.find("news", ticker) or self._folder / COMMON_NEWS
        if not path.is_file():
            files.check_known(ticker)
            raise NotCoveredError(f"the folder has no news of {ticker}")
        items = _checked(path, ticker, lambda body: parse_news(body, ticker))
        if not items:
            files.check_known(ticker)
        return tuple(item for item in items if start <= item.published <= end)

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """The days from `start` to `end`, newest first."""
        ticker, files = self._known(ticker)
        path = files.find("social", ticker)
        if path is None:
            raise NotCoveredError(f"the folder has no social sentiment of {ticker}")
        return read_social(path, start, end)

    def _known(self, ticker: str) -> tuple[str, Catalogue]:
        ticker, files = check_ticker(ticker), Catalogue(self._folder)
        files.check_known(ticker)
        return ticker, files


def _daily(path: Path, ticker: str) -> PriceHistory:
    return _checked(path, ticker, lambda body: parse_daily(body, ticker))


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


def _checked(path: Path, ticker: str, parse: Callable[[Body], T]) -> T:
    """What `parse` makes of a recorded answer; a recorded refusal is this file's fault, not the ticker's."""
    body = _json(path)
    try:
        check_body(body, ticker)
        _check_symbol(body, ticker)
        return parse(body)
    except (VendorError, TickerError) as error:
        raise VendorError(f"{path.name}: {error}") from error


def _check_symbol(body: Body, ticker: str) -> None:
    """Refuse statements of another company; prices and overviews are checked where they are parsed."""
    if body.get("symbol", ticker) != ticker:
        raise VendorError(f"it is about {body['symbol']!r}, not about {ticker!r}")


def _json(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_bytes(), parse_float=Decimal)
    except OSError as error:
        raise VendorError(f"{path.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise VendorError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(body, dict):
        raise VendorError(f"{path.name} holds no JSON object")
    return body
