"""Yahoo's daily frame read into prices as traded.

Yahoo divides every price, dividend and volume by the splits that came later, so a bar of 2023 changes when
the company splits in 2024. Here the splits of the same answer are multiplied back; the answer must therefore
reach to today. Its prices are single-precision floats printed as doubles: 49.52199935913086 is 49.522.
Which rows are believed is `arena.market.quality`'s business.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from arena.market.quality import RawRow, believed
from arena.records.market import Dividend, PriceHistory, Split

CENT = Decimal("0.01")
TICK = Decimal("0.0001")
SINGLE_PRECISION = Decimal(2) ** -23
"""The relative precision of Yahoo's floats."""


class _Row(NamedTuple):
    day: date
    prices: tuple[float, float, float, float]
    """Open, high, low, close."""
    volume: int
    dividend: float
    split: float


def read_history(
    frame: pd.DataFrame, ticker: str, currency: str, end: date, unfinished: date | None = None
) -> PriceHistory:
    """The frame of `Ticker.history(auto_adjust=False, keepna=True)` up to `end`, un-split with all its splits.

    The row of the day that is `unfinished` gives its dividend and split, which are known beforehand, but no bar.
    """
    rows = list(_rows(frame))
    splits = [(row.day, Fraction(row.split).limit_denominator(10_000)) for row in rows if row.split > 0]
    raw: list[RawRow] = []
    dividends: list[Dividend] = []
    for row in rows:
        if row.day > end:
            break
        factor = math.prod((ratio for ex_date, ratio in splits if ex_date > row.day), start=Fraction(1))
        if row.dividend > 0:
            dividends.append(Dividend(ex_date=row.day, amount=as_traded(row.dividend, factor)))
        if row.day != unfinished and not _is_event_only(row):
            raw.append(_raw(row, factor))
    bars, notes = believed(raw)
    return PriceHistory(
        ticker=ticker,
        currency=currency,
        bars=bars,
        dividends=tuple(dividends),
        splits=_splits(splits, end),
        notes=notes,
    )


def unfinished_day(meta: Mapping[str, Any], now: datetime) -> date | None:
    """The day at the exchange whose trading is not over at `now`; None when today's is.

    `meta` is what the chart says about its exchange; without the hours of trading there a day ends at midnight.
    """
    today = now.astimezone(ZoneInfo(meta["exchangeTimezoneName"])).date()
    hours = (meta.get("currentTradingPeriod") or {}).get("regular")
    if hours is None or hours["end"].date() != today:
        return today
    return today if now < hours["end"] else None


def as_traded(value: float, factor: Fraction) -> Decimal:
    """A Yahoo price multiplied back by the splits after it.

    With splits the product is rounded to the cent where the float cannot tell it from one, else to four
    decimals (prices below a dollar, and averages, have them); without, it keeps Yahoo's digits.
    """
    digits = _digits(value)
    if factor == 1:
        return digits
    product = digits * factor.numerator / factor.denominator
    cents = product.quantize(CENT)
    return cents if abs(cents - product) <= product * SINGLE_PRECISION else product.quantize(TICK)


def _digits(value: float) -> Decimal:
    """The shortest decimal that is this float: in single precision where it is one, as Yahoo's prices are."""
    single = np.float32(value)
    return Decimal(str(single)) if float(single) == value else Decimal(repr(value))


def _rows(frame: pd.DataFrame) -> Iterator[_Row]:
    ordered = frame.sort_index()
    columns = [
        ordered[name].tolist() for name in ("Open", "High", "Low", "Close", "Volume", "Dividends", "Stock Splits")
    ]
    days = pd.DatetimeIndex(ordered.index).date.tolist()
    for day, opened, high, low, close, volume, dividend, split in zip(days, *columns, strict=True):
        yield _Row(day, (opened, high, low, close), int(volume), dividend, split)


def _is_event_only(row: _Row) -> bool:
    """Whether the row only carries a dividend or split of the day, before the day's first trade."""
    without_prices = not any(math.isfinite(price) for price in row.prices)
    return without_prices and row.volume == 0 and (row.dividend > 0 or row.split > 0)


def _raw(row: _Row, factor: Fraction) -> RawRow:
    opened, high, low, close = (as_traded(price, factor) if math.isfinite(price) else None for price in row.prices)
    volume = Decimal(round(row.volume / factor))
    return RawRow(row.day, f"yahoo's row of {row.day}", opened, high, low, close, volume)


def _splits(splits: Sequence[tuple[date, Fraction]], end: date) -> tuple[Split, ...]:
    return tuple(
        Split(ex_date=ex_date, ratio=Decimal(ratio.numerator) / ratio.denominator)
        for ex_date, ratio in splits
        if ex_date <= end
    )
