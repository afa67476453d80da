"""Daily prices and social sentiment in rows and columns.

Prices come in two layouts, told apart by the header:

Plain (lower case): `session` or `date`, `open`, `high`, `low`, `close`, `volume`, and where there are any
`dividend` (cash a share, on its ex-date) and `split` (new shares for one old, on its ex-date). Prices and
amounts are as traded; that is what the layout means, and it is believed.

yfinance (capitals): `Date`, `Open`, `High`, `Low`, `Close`, `Volume`, perhaps `Adj Close`, `Dividends` and
`Stock Splits`. An export without `Adj Close` has dividends and later splits folded into every price, which
cannot be undone: it is taken as it is, its actions are left out (the prices have paid them already), and a
note says so. With `Adj Close` only splits are folded in; those the file lists are multiplied back.

Rows may come in any order, in CSV or Parquet. Which are believed is `arena.market.quality`'s business; one whose
split or dividend cannot be read, or differs from that in a second row of its day, ends the history before its
day. So a fault in the file never changes what was known before it, except in a yfinance export with `Adj Close`,
where a split that cannot be read leaves every earlier price unknown and is a VendorError, as is a row whose day
cannot be read.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from arena.errors import VendorError
from arena.market.files.rows import Row, read_rows, reason
from arena.market.quality import Cell, RawRow, believed
from arena.records.market import Dividend, PriceHistory, PriceNote, SocialDay, Split

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

_SIGNIFICANT = 6
"""Digits after the first that a 32-bit float has: prices far below a cent keep them."""


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
    history = _history(rows, _YFINANCE, ticker, doubt, folded_in=splits)
    dividends = (
        Dividend(ex_date=paid.ex_date, amount=paid.amount * _ratio_after(paid.ex_date, splits))
        for paid in history.dividends
    )
    return history.model_copy(update={"dividends": tuple(dividends)})


def _history(
    rows: Sequence[Row], layout: _Layout, ticker: str, *doubts: str, folded_in: Sequence[Split] = ()
) -> PriceHistory:
    """The rows without the splits folded into them. One that cannot be read takes no earlier day's prices with it."""
    for column in layout[:6]:
        rows[0].check_column(column)
    raw: list[RawRow] = []
    dividends: list[Dividend] = []
    splits: list[Split] = []
    ending: list[PriceNote] = []
    for day, same_day in groupby(sorted(rows, key=_by(layout)), key=_by(layout)):
        of_day = list(same_day)
        try:
            paid, split = _actions(of_day, day, layout)
        except VendorError as error:
            # What follows an unknown split or dividend cannot be compared with what came before it.
            ending.append(PriceNote(text=f"{error}; the prices from {day} on are left out", day=day))
            break
        dividends += [paid] if paid else []
        splits += [split] if split else []
        raw += [_raw(row, layout, _ratio_after(day, folded_in)) for row in of_day]
    bars, notes = believed(raw)
    return PriceHistory(
        ticker=ticker,
        bars=bars,
        dividends=tuple(dividends),
        splits=tuple(splits),
        notes=(*(PriceNote(text=doubt) for doubt in doubts), *notes, *ending),
    )


def _by(layout: _Layout) -> Callable[[Row], date]:
    return lambda row: row.day(layout.session)


def _actions(rows: Sequence[Row], day: date, layout: _Layout) -> tuple[Dividend | None, Split | None]:
    """The day's dividend and split, on which all its rows must agree."""
    found = [(_dividend(row, layout), _split(row, layout)) for row in rows]
    if any(actions != found[0] for actions in found):
        raise rows[1].error(f"a second row of {day} with another dividend or split")
    return found[0]


def _raw(row: Row, layout: _Layout, ratio: Decimal) -> RawRow:
    """The cells as they stand, or multiplied back by the splits that were folded in."""
    opened, high, low, close = (_un_split(row.cells[column], ratio) for column in layout[1:5])
    volume: Cell = row.cells[layout.volume]
    if ratio != 1 and (shares := _number(row.cells[layout.volume])) is not None:
        volume = Decimal(round(shares / ratio))
    return RawRow(row.day(layout.session), f"{row.file}, {row.place}", opened, high, low, close, volume)


def _un_split(price: str, ratio: Decimal) -> Decimal | str:
    number = _number(price)
    if number is None or ratio == 1:
        return price
    product = number * ratio
    return product.quantize(min(_YAHOO_DIGITS, Decimal(1).scaleb(product.adjusted() - _SIGNIFICANT)))


def _number(cell: str) -> Decimal | None:
    """The finite number; None for anything else, which nobody multiplies."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


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
    found = dict.fromkeys(split for row in rows if (split := _split(row, _YFINANCE)))
    if len({split.ex_date for split in found}) < len(found):
        raise VendorError(f"{rows[0].file} lists two splits of one day")
    return list(found)


def _ratio_after(day: date, splits: Sequence[Split]) -> Decimal:
    """How many of today's shares were one of that day's."""
    ratio = Decimal(1)
    for split in splits:
        if split.ex_date > day:
            ratio *= split.ratio
    return ratio


def _social_day(row: Row) -> SocialDay:
    try:
        return SocialDay(day=row.day("day"), mentions=row.number("mentions"), sentiment=float(row.number("sentiment")))
    except ValidationError as error:
        raise row.error(error) from error
