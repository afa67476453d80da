"""Daily prices and social sentiment in rows and columns.

Prices come in two layouts, told apart by the header:

Plain (lower case): `session` or `date`, `open`, `high`, `low`, `close`, `volume`, and where there are any
`dividend` (cash a share, on its ex-date) and `split` (new shares for one old, on its ex-date). Prices and
amounts are as traded; that is what the layout means, and it is believed.

yfinance (capitals): `Date`, `Open`, `High`, `Low`, `Close`, `Volume`, perhaps `Adj Close`, `Dividends` and
`Stock Splits`. An export without `Adj Close` has dividends and later splits folded into every price, which
cannot be undone: it is taken as it is, its actions are left out (the prices have paid them already), and a
note says so. With `Adj Close` only splits are folded in; those the file lists are multiplied back.

Rows may come in any order, in CSV or Parquet. One without sound prices is left out, and a note about its day
names it; one whose split or dividend cannot be read, or whose day has a second row, ends the history before its
day. So a fault in the file never changes what was known before it, except in a yfinance export with `Adj Close`,
where a split that cannot be read leaves every earlier price unknown and is a VendorError, as is a row whose day
cannot be read.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from arena.errors import VendorError
from arena.market.files.rows import Row, read_rows, reason
from arena.records.market import Bar, Dividend, PriceHistory, PriceNote, SocialDay, Split

FOLDED_IN = (
    "the prices are a yfinance export with dividends and later splits folded in: "
    "they are not as traded, and what was folded in looks ahead"
)
SPLITS_UNKNOWN = (
    "the prices are a yfinance export that lists no splits: "
    "a later split would be folded in, so they may not be as traded"
)
UN_SPLIT = (
    "the prices are a yfinance export whose listed splits were multiplied back: "
    "a split after the export would still be folded in"
)

_YAHOO_DIGITS = Decimal("0.0001")
"""Yahoo sends 32-bit floats: 49.522 reads 49.52199935913086, so what was multiplied back is rounded to this."""


class _Layout(NamedTuple):
    session: str
    open: str
    high: str
    low: str
    close: str
    volume: str
    dividend: str
    split: str


_YFINANCE = _Layout("Date", "Open", "High", "Low", "Close", "Volume", "Dividends", "Stock Splits")
_PLAIN = _Layout("session", "open", "high", "low", "close", "volume", "dividend", "split")


def read_prices(path: Path, ticker: str) -> PriceHistory:
    """The whole table as a history, oldest bar first, with notes on what is known about its prices."""
    rows = read_rows(path)
    header = rows[0].cells
    try:
        if "Close" not in header:
            return _plain(rows, ticker)
        return _split_adjusted(rows, ticker) if "Adj Close" in header else _fully_adjusted(rows, ticker)
    except ValidationError as error:
        raise VendorError(f"{path.name}: {reason(error)}") from error


def read_social(path: Path, start: date, end: date) -> tuple[SocialDay, ...]:
    """The days from `start` to `end` of a CSV of `day`, `mentions` and `sentiment` (-1 to 1), newest first."""
    found = [_social_day(row) for row in read_rows(path) if start <= row.day("day") <= end]
    return tuple(sorted(found, key=lambda one: one.day, reverse=True))


def _plain(rows: Sequence[Row], ticker: str) -> PriceHistory:
    layout = _PLAIN if "session" in rows[0].cells else _PLAIN._replace(session="date")
    return _history(rows, layout, ticker)


def _fully_adjusted(rows: Sequence[Row], ticker: str) -> PriceHistory:
    return _history(rows, _YFINANCE._replace(dividend="", split=""), ticker, FOLDED_IN)


def _split_adjusted(rows: Sequence[Row], ticker: str) -> PriceHistory:
    splits = _all_splits(rows)
    doubt = UN_SPLIT if _YFINANCE.split in rows[0].cells else SPLITS_UNKNOWN
    history = _history(rows, _YFINANCE, ticker, doubt)
    return history.model_copy(
        update={
            "bars": tuple(_un_split(bar, splits) for bar in history.bars),
            "dividends": tuple(_un_split_dividend(paid, splits) for paid in history.dividends),
        }
    )


def _history(rows: Sequence[Row], layout: _Layout, ticker: str, *doubts: str) -> PriceHistory:
    """The rows as they are. A row that cannot be read takes no earlier day's prices with it."""
    for column in layout[:6]:
        rows[0].check_column(column)
    bars: list[Bar] = []
    dividends: list[Dividend] = []
    splits: list[Split] = []
    notes = [PriceNote(text=doubt) for doubt in doubts]
    for day, same_day in groupby(sorted(rows, key=_by(layout)), key=_by(layout)):
        try:
            row = _only(list(same_day), day)
            paid, split = _dividend(row, layout), _split(row, layout)
        except VendorError as error:
            # What follows an unknown split or dividend cannot be compared with what came before it.
            notes.append(PriceNote(text=f"{error}; the prices from {day} on are left out", day=day))
            break
        dividends += [paid] if paid else []
        splits += [split] if split else []
        try:
            bars.append(_bar(row, layout))
        except VendorError as error:
            notes.append(PriceNote(text=f"{error}; the row is left out", day=day))
    return PriceHistory(
        ticker=ticker, bars=tuple(bars), dividends=tuple(dividends), splits=tuple(splits), notes=tuple(notes)
    )


def _by(layout: _Layout) -> Callable[[Row], date]:
    return lambda row: row.day(layout.session)


def _only(rows: Sequence[Row], day: date) -> Row:
    if len(rows) > 1:
        raise rows[1].error(f"a second row of {day}")
    return rows[0]


def _bar(row: Row, layout: _Layout) -> Bar:
    try:
        return Bar(
            session=row.day(layout.session),
            open=row.number(layout.open),
            high=row.number(layout.high),
            low=row.number(layout.low),
            close=row.number(layout.close),
            volume=row.number(layout.volume),
        )
    except ValidationError as error:
        raise row.error(error) from error


def _dividend(row: Row, layout: _Layout) -> Dividend | None:
    amount = row.number_if_any(layout.dividend)
    try:
        return Dividend(ex_date=row.day(layout.session), amount=amount) if amount else None
    except ValidationError as error:
        raise row.error(error) from error


def _split(row: Row, layout: _Layout) -> Split | None:
    """The split; a ratio of 1 is how some tables write that there is none."""
    ratio = row.number_if_any(layout.split)
    try:
        return Split(ex_date=row.day(layout.session), ratio=ratio) if ratio and ratio != 1 else None
    except ValidationError as error:
        raise row.error(error) from error


def _all_splits(rows: Sequence[Row]) -> list[Split]:
    """Every split of a yfinance export. One that cannot be read leaves all earlier prices unknown: a VendorError."""
    found = [split for row in rows if (split := _split(row, _YFINANCE))]
    if len({split.ex_date for split in found}) < len(found):
        raise VendorError(f"{rows[0].file} lists two splits of one day")
    return found


def _un_split(bar: Bar, splits: Sequence[Split]) -> Bar:
    ratio = Decimal(1)
    for split in splits:
        if split.ex_date > bar.session:
            ratio *= split.ratio
    if ratio == 1:
        return bar
    return Bar(
        session=bar.session,
        open=(bar.open * ratio).quantize(_YAHOO_DIGITS),
        high=(bar.high * ratio).quantize(_YAHOO_DIGITS),
        low=(bar.low * ratio).quantize(_YAHOO_DIGITS),
        close=(bar.close * ratio).quantize(_YAHOO_DIGITS),
        volume=round(bar.volume / ratio),
    )


def _un_split_dividend(paid: Dividend, splits: Sequence[Split]) -> Dividend:
    amount = paid.amount
    for split in splits:
        if split.ex_date > paid.ex_date:
            amount *= split.ratio
    return Dividend(ex_date=paid.ex_date, amount=amount)


def _social_day(row: Row) -> SocialDay:
    try:
        return SocialDay(day=row.day("day"), mentions=row.number("mentions"), sentiment=float(row.number("sentiment")))
    except ValidationError as error:
        raise row.error(error) from error
