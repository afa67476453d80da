"""Daily prices and social sentiment in rows and columns.

Prices come in two layouts, told apart by the header:

Plain (lower case): `session` or `date`, `open`, `high`, `low`, `close`, `volume`, and where there are any
`dividend` (cash a share, on its ex-date) and `split` (new shares for one old, on its ex-date). Prices and
amounts are as traded; that is what the layout means, and it is believed.

yfinance (capitals): `Date`, `Open`, `High`, `Low`, `Close`, `Volume`, perhaps `Adj Close`, `Dividends` and
`Stock Splits`. An export without `Adj Close` has dividends and later splits folded into every price, which
cannot be undone: it is taken as it is, its actions are left out (the prices have paid them already), and a
note says so. With `Adj Close` only splits are folded in; those the file lists are multiplied back.

Rows may come in any order, in CSV or Parquet. One that is incomplete is a VendorError, even if it is the last.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from arena.errors import VendorError
from arena.market.files.rows import Row, read_rows, reason
from arena.records.market import Bar, Dividend, PriceHistory, SocialDay, Split

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


def read_social(path: Path) -> tuple[SocialDay, ...]:
    """A CSV of `day`, `mentions` and `sentiment` (-1 to 1), newest first."""
    return tuple(sorted((_social_day(row) for row in read_rows(path)), key=lambda found: found.day, reverse=True))


def _plain(rows: Sequence[Row], ticker: str) -> PriceHistory:
    layout = _PLAIN if "session" in rows[0].cells else _PLAIN._replace(session="date")
    return PriceHistory(
        ticker=ticker, bars=_bars(rows, layout), dividends=_dividends(rows, layout), splits=_splits(rows, layout)
    )


def _fully_adjusted(rows: Sequence[Row], ticker: str) -> PriceHistory:
    return PriceHistory(ticker=ticker, bars=_bars(rows, _YFINANCE), notes=(FOLDED_IN,))


def _split_adjusted(rows: Sequence[Row], ticker: str) -> PriceHistory:
    splits = _splits(rows, _YFINANCE)
    return PriceHistory(
        ticker=ticker,
        bars=tuple(_un_split(bar, splits) for bar in _bars(rows, _YFINANCE)),
        dividends=tuple(_un_split_dividend(paid, splits) for paid in _dividends(rows, _YFINANCE)),
        splits=splits,
        notes=(UN_SPLIT if _YFINANCE.split in rows[0].cells else SPLITS_UNKNOWN,),
    )


def _bars(rows: Sequence[Row], layout: _Layout) -> tuple[Bar, ...]:
    return tuple(sorted((_bar(row, layout) for row in rows), key=lambda bar: bar.session))


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


def _dividends(rows: Sequence[Row], layout: _Layout) -> tuple[Dividend, ...]:
    paid = [
        Dividend(ex_date=row.day(layout.session), amount=amount)
        for row in rows
        if (amount := row.number_if_any(layout.dividend))
    ]
    return tuple(sorted(paid, key=lambda dividend: dividend.ex_date))


def _splits(rows: Sequence[Row], layout: _Layout) -> tuple[Split, ...]:
    """The splits; a ratio of 1 is how some tables write that there is none."""
    splits = [
        Split(ex_date=row.day(layout.session), ratio=ratio)
        for row in rows
        if (ratio := row.number_if_any(layout.split)) and ratio != 1
    ]
    return tuple(sorted(splits, key=lambda split: split.ex_date))


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
