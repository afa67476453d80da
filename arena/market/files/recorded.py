"""Recorded JSON answers in a folder, read into facts. What is wrong with one is a VendorError that names its file."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from arena.errors import TickerError, VendorError
from arena.market.alpha_vantage_json import (
    NO_ACTIONS,
    Body,
    Flaw,
    check_body,
    parse_daily,
    parse_dividends,
    parse_splits,
    parse_statements,
    with_actions,
)
from arena.market.files.filings import parse_filings
from arena.market.files.folder import Catalogue, FileKind
from arena.records.market import PriceHistory, PriceNote, Statement

T = TypeVar("T")

_STATEMENT_KINDS: tuple[FileKind, ...] = ("income_statement", "balance_sheet", "cash_flow", "earnings")


def read_daily(path: Path, files: Catalogue, ticker: str) -> PriceHistory:
    """The recorded prices with the recorded events; where neither file of these is there, a note says so."""
    history = checked(path, ticker, lambda body: parse_daily(body, ticker))
    splits, dividends = files.find("splits", ticker), files.find("dividends", ticker)
    if splits is None and dividends is None:
        return history.model_copy(update={"notes": (PriceNote(text=NO_ACTIONS), *history.notes)})
    missing = (("splits", splits), ("dividends", dividends))
    notes = tuple(PriceNote(text=f"the folder has no {name} of {ticker}") for name, there in missing if there is None)
    known = with_actions(
        history,
        checked(splits, ticker, lambda body: parse_splits(body, ticker)) if splits else (),
        checked(dividends, ticker, lambda body: parse_dividends(body, ticker)) if dividends else (),
    )
    return known.model_copy(update={"notes": (*known.notes, *notes)})


def recorded_statements(files: Catalogue, ticker: str) -> tuple[tuple[Statement, ...], tuple[Flaw, ...]] | None:
    """Alpha Vantage's statements and what could not be read of them; None where there are none."""
    paths = {kind: path for kind in _STATEMENT_KINDS if (path := files.find(kind, ticker))}
    if not set(paths) - {"earnings"}:
        return None
    bodies = {kind: checked(path, ticker, lambda body: body) for kind, path in paths.items()}
    return parse_statements(*(bodies.get(kind) for kind in _STATEMENT_KINDS))


def filed_statements(files: Catalogue, ticker: str) -> tuple[tuple[Statement, ...], tuple[Flaw, ...]] | None:
    """Polygon's statements and what could not be read of them; None where there are none."""
    quarters, years = files.find("quarterly", ticker), files.find("annual", ticker)
    if quarters is None and years is None:
        return None
    return parse_filings(_filings(quarters, ticker), _filings(years, ticker))


def checked(path: Path, ticker: str | None, parse: Callable[[Body], T]) -> T:
    """What `parse` makes of a recorded answer; a recorded refusal is this file's fault, not the ticker's."""

    def parsed() -> T:
        body = _json(path)
        check_body(body, ticker)
        _check_symbol(body, ticker)
        return parse(body)

    return named(path, parsed)


def named(path: Path, read: Callable[[], T]) -> T:
    """What was read; an error names the file."""
    try:
        return read()
    except (VendorError, TickerError) as error:
        raise VendorError(f"{path.name}: {error}") from error


def _check_symbol(body: Body, ticker: str | None) -> None:
    """Refuse statements of another company; prices and overviews are checked where they are parsed."""
    if ticker is not None and body.get("symbol", ticker) != ticker:
        raise VendorError(f"it is about {body['symbol']!r}, not about {ticker!r}")


def _json(path: Path) -> dict[str, Any]:
    body = _parsed(path)
    if not isinstance(body, dict):
        raise VendorError("it holds no JSON object")
    return body


def _filings(path: Path | None, ticker: str) -> list[dict[str, Any]]:
    if path is None:
        return []
    filings = named(path, lambda: _parsed(path))
    if not isinstance(filings, list) or not all(isinstance(one, dict) for one in filings):
        raise VendorError(f"{path.name} holds no list of JSON objects")
    for one in filings:
        about = one.get("tickers", [ticker])
        if ticker not in about:
            raise VendorError(f"{path.name}: it is about {', '.join(map(str, about))}, not about {ticker!r}")
    return filings


def _parsed(path: Path) -> object:
    try:
        return json.loads(path.read_bytes(), parse_float=Decimal)
    except OSError as error:
        raise VendorError(f"it cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise VendorError(f"it cannot be read: {error}") from error
