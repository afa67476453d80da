"""The standard technical indicators, computed with TA-Lib on prices adjusted for splits.

TA-Lib because it is the reference most charting software is compared with: its RSI and ATR are Wilder's to
the last digit and its Bollinger bands use the population standard deviation, where stockstats, for one,
takes the sample's and hides the warm-up. It has no volume-weighted moving average; that one is here.

The promise: one value a bar, None where an indicator is still warming up or undefined, never 0 in its place.
Only the splits handed in are adjusted for, so handing in those known at an instant cannot look ahead.
Dividends are not folded in. The recursive ones (EMA, MACD, RSI, ATR) still feel where their history began for a
while after warm-up; from `SETTLED` bars on by less than a hundredth of a percent of the price.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import isfinite

import numpy as np
import talib
from numpy.typing import NDArray

from arena.records.market import Bar, Split

SETTLED = 150
"""Bars from which on where a history begins no longer matters for its newest values."""

Series = dict[str, tuple[float | None, ...]]
_Floats = NDArray[np.float64]

MACD_WINDOWS = (12, 26, 9)
BAND_WIDTH = 2.0
"""Population standard deviations between the middle band and the outer ones."""


class _Columns:
    """The bars as arrays, in the newest one's share count: before an ex-date prices are divided, volumes multiplied."""

    def __init__(self, bars: Sequence[Bar], splits: Sequence[Split]) -> None:
        known = _seen(bars, splits)
        ratios: _Floats = np.ones(len(bars))
        if known:
            ratios = np.array([float(_ratio_after(bar, known)) for bar in bars], dtype=np.float64)
        self.high: _Floats = np.array([float(bar.high) for bar in bars], dtype=np.float64) / ratios
        self.low: _Floats = np.array([float(bar.low) for bar in bars], dtype=np.float64) / ratios
        self.close: _Floats = np.array([float(bar.close) for bar in bars], dtype=np.float64) / ratios
        self.volume: _Floats = np.array([float(bar.volume) for bar in bars], dtype=np.float64) * ratios


def standard(bars: Sequence[Bar], splits: Sequence[Split], newest: int | None = None) -> Series:
    """The set every snapshot carries, one value a bar, rounded to 6 decimals; of the `newest` bars, if not of all."""
    columns = _Columns(bars, splits)
    wanted = (
        *((_sma, window) for window in (20, 50, 200)),
        *((_ema, window) for window in (12, 26)),
        (_macd, 0),
        (_rsi, 14),
        (_bollinger, 20),
        (_atr, 14),
        (_vwma, 20),
    )
    first = 0 if newest is None else max(0, len(bars) - newest)
    return {name: _shown(values[first:]) for make, window in wanted for name, values in make(columns, window).items()}


def indicator(name: str, bars: Sequence[Bar], splits: Sequence[Split], window: int | None = None) -> Series:
    """One indicator by name: sma, ema, macd, rsi, bollinger, atr or vwma; one value a bar, 6 decimals.

    `window` counts sessions and defaults to the usual one. A ValueError names what is wrong with the request
    and what would be right, in words a model can act on.
    """
    if name not in _BY_NAME:
        raise ValueError(f"unknown indicator {name!r}; known are: {', '.join(sorted(_BY_NAME))}")
    make, usual, extra = _BY_NAME[name]
    if name == "macd" and window is not None:
        raise ValueError("macd has the fixed windows 12, 26 and 9; leave window out")
    chosen = usual if window is None else window
    if chosen < 2:
        raise ValueError(f"window {chosen} is impossible; {name} needs a window of at least 2 sessions")
    if chosen + extra > len(bars):
        raise ValueError(f"{name} over {chosen} sessions needs {chosen + extra} bars; there are {len(bars)}")
    return {key: _shown(values) for key, values in make(_Columns(bars, splits), chosen).items()}


def _seen(bars: Sequence[Bar], splits: Sequence[Split]) -> list[Split]:
    """The splits the newest bar has behind it: where the bar of an ex-date is late, no bar is in new shares yet."""
    return [split for split in splits if bars and split.ex_date <= bars[-1].session]


def _ratio_after(bar: Bar, splits: Sequence[Split]) -> Decimal:
    ratio = Decimal(1)
    for split in splits:
        if split.ex_date > bar.session:
            ratio *= split.ratio
    return ratio


def _sma(columns: _Columns, window: int) -> dict[str, _Floats]:
    return {f"sma_{window}": talib.SMA(columns.close, window)}


def _ema(columns: _Columns, window: int) -> dict[str, _Floats]:
    return {f"ema_{window}": talib.EMA(columns.close, window)}


def _macd(columns: _Columns, _: int) -> dict[str, _Floats]:
    line, signal, histogram = talib.MACD(columns.close, *MACD_WINDOWS)
    return {"macd": line, "macd_signal": signal, "macd_hist": histogram}


def _rsi(columns: _Columns, window: int) -> dict[str, _Floats]:
    """Wilder's; undefined until the close has moved once, where TA-Lib gives 0."""
    values = talib.RSI(columns.close, window)
    unmoved = np.logical_and.accumulate(columns.close == columns.close[:1])
    return {f"rsi_{window}": np.where(unmoved, np.nan, values)}


def _bollinger(columns: _Columns, window: int) -> dict[str, _Floats]:
    upper, middle, lower = talib.BBANDS(columns.close, window, BAND_WIDTH, BAND_WIDTH)
    return {"boll_upper": upper, "boll_mid": middle, "boll_lower": lower}


def _atr(columns: _Columns, window: int) -> dict[str, _Floats]:
    return {f"atr_{window}": talib.ATR(columns.high, columns.low, columns.close, window)}


def _vwma(columns: _Columns, window: int) -> dict[str, _Floats]:
    """sum(close x volume) / sum(volume) over the window; undefined where nothing was traded in it."""
    values = np.full(columns.close.shape, np.nan)
    if len(values) >= window:
        turnover = np.lib.stride_tricks.sliding_window_view(columns.close * columns.volume, window).sum(axis=1)
        volume = np.lib.stride_tricks.sliding_window_view(columns.volume, window).sum(axis=1)
        np.divide(turnover, volume, out=values[window - 1 :], where=volume > 0)
    return {f"vwma_{window}": values}


def kdj(bars: Sequence[Bar], splits: Sequence[Split], window: int = 9) -> Series:
    """The stochastic oscillator's K and D, each the simple mean of three, and J = 3 K - 2 D; one value a bar.

    Lane, "Lane's Stochastics", Technical Analysis of Stocks & Commodities 2(3), 1984; J is what charting software in
    China adds. Undefined for as long as a window feels a price that did not move. ValueError for too few bars.
    """
    if len(bars) < window + 4:
        raise ValueError(f"kdj over {window} sessions needs {window + 4} bars; there are {len(bars)}")
    columns = _Columns(bars, splits)
    k, d = talib.STOCH(columns.high, columns.low, columns.close, fastk_period=window, slowk_period=3, slowd_period=3)
    flat = (talib.MAX(columns.high, window) == talib.MIN(columns.low, window)).astype(np.float64)
    felt = np.convolve(flat, np.ones(5))[: flat.size] > 0
    k, d = np.where(felt, np.nan, k), np.where(felt, np.nan, d)
    return {"kdj_k": _shown(k), "kdj_d": _shown(d), "kdj_j": _shown(3 * k - 2 * d)}


_Make = Callable[[_Columns, int], dict[str, _Floats]]

_BY_NAME: dict[str, tuple[_Make, int, int]] = {
    "sma": (_sma, 20, 0),
    "ema": (_ema, 20, 0),
    "macd": (_macd, 26, 8),
    "rsi": (_rsi, 14, 1),
    "bollinger": (_bollinger, 20, 0),
    "atr": (_atr, 14, 1),
    "vwma": (_vwma, 20, 0),
}
"""By name: how, the usual window, and the bars it needs beyond the window before its first value."""


def _shown(values: _Floats) -> tuple[float | None, ...]:
    return tuple(round(value, 6) + 0.0 if isfinite(value) else None for value in values.tolist())


def adjusted_closes(bars: Sequence[Bar], splits: Sequence[Split]) -> tuple[Decimal, ...]:
    """The closes in the newest bar's share count, one a bar."""
    known = _seen(bars, splits)
    return tuple(bar.close / _ratio_after(bar, known) for bar in bars)
