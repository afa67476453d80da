"""Simulated prices: a Markov chain of bull, bear and sideways regimes, as traded, in integer cents.

Returns are drawn as floats but applied as integer millionths to integer cents, so that no platform's
rounding can change a price. A series grows at its end only: a longer one begins with the shorter one.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.market.simulated.streams import stream

MILLION = 1_000_000
HALF = MILLION // 2
LOWEST = 100
"""No price falls below a dollar, in cents."""

BULL, SIDEWAYS, BEAR = 0, 1, 2

# For each regime: drift and volatility of a session's return, in millionths, and where the regime goes.
DRIFTS = (1_100, 0, -1_300)
VOLATILITIES = (12_000, 9_000, 22_000)
TRANSITIONS = np.array([[0.988, 0.008, 0.004], [0.012, 0.978, 0.010], [0.006, 0.016, 0.978]])

_Whole = NDArray[np.int64]

_WIDTHS = tuple((code, int(np.iinfo(code).max)) for code in "bhiq")
"""Of signed numbers, by their code in `array` and numpy alike, and the largest that each holds."""

GAP_SHARE = 0.35
"""The part of a session's volatility that falls between the closes and the opens."""


class Traits(NamedTuple):
    """What sets one simulated share apart from another."""

    first_close: int
    """Cents."""
    volatility: float
    """A multiple of the regimes'."""
    volume: int
    """Shares in a session without a move."""
    dividend_yield: int
    """A year's dividends in millionths of the price; 0 pays none."""
    dividend_month: int
    """0, 1 or 2: the month of each quarter in which it goes ex."""
    split_above: int
    """The close in cents that makes it split."""
    split_ratio: int


class Series(NamedTuple):
    """One row a session; prices in cents, as traded."""

    sessions: tuple[date, ...]
    opens: Sequence[int]
    highs: Sequence[int]
    lows: Sequence[int]
    closes: Sequence[int]
    volumes: Sequence[int]
    dividends: Sequence[int]
    """Cents a share, on its ex-date; 0 on other days."""
    splits: Sequence[int]
    """New shares for one old one on the ex-date; 1 on other days."""
    regimes: Sequence[int]
    """BULL, SIDEWAYS or BEAR."""
    returns: Sequence[int]
    """Close over close in millionths, with dividends and splits taken out."""

    def between(self, start: date, end: date) -> "Series":
        """The sessions from `start` to `end`, both included; neither need be one."""
        window = slice(bisect_left(self.sessions, start), bisect_right(self.sessions, end))
        sessions, *columns = self
        return Series(sessions[window], *(column[window] for column in columns))


@lru_cache(maxsize=1024)  # a round asks for each ticker's traits time and again
def traits(seed: int, ticker: str) -> Traits:
    """The share's character, the same whenever it is asked for."""
    drawn = stream(seed, ticker, "traits")
    return Traits(
        first_close=int(drawn.integers(2_000, 40_000)),
        volatility=0.7 + 0.9 * float(drawn.random()),
        volume=int(drawn.integers(500, 40_000)) * 1_000,
        dividend_yield=int(drawn.integers(5_000, 25_000)) if drawn.random() < 0.5 else 0,
        dividend_month=int(drawn.integers(0, 3)),
        split_above=int(drawn.integers(40_000, 120_000)),
        split_ratio=int(drawn.choice([2, 3, 4, 10])),
    )


def simulate(seed: int, ticker: str, sessions: tuple[date, ...]) -> Series:
    """The whole series over these sessions, which must begin where every other series of the ticker begins."""
    if not sessions:
        return Series(sessions, [], [], [], [], [], [], [], [], [])
    character = traits(seed, ticker)
    regimes = np.array(_regimes(stream(seed, ticker, "regimes").random(len(sessions))), dtype=np.int64)
    drawn = stream(seed, ticker, "prices").standard_normal((len(sessions), 4))
    gaps, intraday, above, below = _moves(drawn, regimes, character.volatility)
    opens, closes, dividends, splits = _trade(character, gaps, intraday, _ex_days(sessions, character))
    highs, lows = _ranges(opens, closes, above, below)
    returns = _returns(character.first_close, closes, dividends, splits)
    volumes = _volumes(stream(seed, ticker, "volume").standard_normal(len(sessions)), returns, character)
    columns = (opens, highs, lows, closes, volumes, dividends, splits, regimes, returns)
    return Series(sessions, *(_packed(column) for column in columns))


def _packed(column: _Whole) -> "array[int]":
    """The numbers in as few bytes as hold the largest: decades of sessions are kept for every ticker."""
    largest = int(np.abs(column).max())
    code = next(code for code, most in _WIDTHS if largest <= most)
    return array(code, column.astype(code).tobytes())


def _regimes(uniform: np.ndarray) -> list[int]:
    """One regime a session, each drawn from the row of the one before; a simulated market starts sideways."""
    thresholds = TRANSITIONS.cumsum(axis=1)[:, :2].tolist()
    regime, found = SIDEWAYS, []
    for drawn in uniform.tolist():
        bull, sideways = thresholds[regime]
        regime = BULL if drawn < bull else SIDEWAYS if drawn < sideways else BEAR
        found.append(regime)
    return found


def _moves(normal: np.ndarray, regimes: _Whole, volatility: float) -> _Whole:
    """Gaps, intraday moves, reaches above and reaches below, a row each with one for every session, in millionths."""
    spread = np.array(VOLATILITIES)[regimes] * volatility
    gaps = GAP_SHARE * spread * normal[:, 0]
    intraday = np.array(DRIFTS)[regimes] + (1 - GAP_SHARE**2) ** 0.5 * spread * normal[:, 1]
    above, below = (0.4 * spread * np.abs(normal[:, column]) for column in (2, 3))
    limited = np.clip(np.stack([gaps, intraday, above, below]), -200_000, 200_000)
    moves: _Whole = np.rint(limited).astype(np.int64)
    return moves


def _ex_days(sessions: Sequence[date], character: Traits) -> list[bool]:
    """True on the first session from the tenth of each dividend month on, unless the series begins with it."""
    found = [False] * len(sessions)
    if not character.dividend_yield:
        return found
    for year in range(sessions[0].year, sessions[-1].year + 1):
        for month in range(character.dividend_month or 3, 13, 3):
            place = bisect_left(sessions, date(year, month, 10))
            if 0 < place < len(sessions) and sessions[place].month == month:
                found[place] = True
    return found


def _trade(character: Traits, gaps: _Whole, intraday: _Whole, ex_days: Sequence[bool]) -> _Whole:
    """Opens, closes, dividends and splits, a row each: what a session leaves is where the next one begins."""
    close, split_above = character.first_close, character.split_above
    opens, closes = list[int](), list[int]()
    dividends, splits = [0] * len(gaps), [1] * len(gaps)
    steps = zip((MILLION + gaps).tolist(), (MILLION + intraday).tolist(), ex_days, strict=True)
    # Written out, for a series has thousands of sessions and is made for every ticker. Prices are rounded half up.
    for place, (gap, move, is_ex_day) in enumerate(steps):
        if is_ex_day or close >= split_above:
            split = splits[place] = character.split_ratio if close >= split_above else 1
            if is_ex_day:
                dividends[place] = max(1, close * character.dividend_yield // (4 * split * MILLION))
            close = close // split - dividends[place]
        opened = (close * gap + HALF) // MILLION
        if opened < LOWEST:  # noqa: PLR1730 -- a call takes as long as the rest
            opened = LOWEST
        close = (opened * move + HALF) // MILLION
        if close < LOWEST:  # noqa: PLR1730 -- likewise
            close = LOWEST
        opens.append(opened)
        closes.append(close)
    return np.array((opens, closes, dividends, splits), dtype=np.int64)


def _ranges(opens: _Whole, closes: _Whole, above: _Whole, below: _Whole) -> tuple[_Whole, _Whole]:
    """How high and how low each session reaches, rounded half up."""
    highs = (np.maximum(opens, closes) * (MILLION + above) + HALF) // MILLION
    lows = (np.minimum(opens, closes) * (MILLION - below) + HALF) // MILLION
    return highs, np.maximum(lows, LOWEST)


def _returns(first_close: int, closes: _Whole, dividends: _Whole, splits: _Whole) -> _Whole:
    """Close over the close before, as a share of today and with the dividend, in millionths."""
    before = np.concatenate(([first_close], closes[:-1])) // splits
    return (closes + dividends - before) * MILLION // before


def _volumes(noise: np.ndarray, returns: _Whole, character: Traits) -> _Whole:
    """Shares traded: more on days that move, whichever way; splits multiply what there is to trade."""
    typical = 12_000 * character.volatility
    busy = (0.7 + 0.5 * np.abs(returns) / typical) * np.clip(1 + 0.25 * noise, 0.3, 2.0)
    return np.rint(character.volume * busy).astype(np.int64)
