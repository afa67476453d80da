"""Simulated prices: a Markov chain of bull, bear and sideways regimes, as traded, in integer cents.

Returns are drawn as floats but applied as integer millionths to integer cents, so that no platform's
rounding can change a price. A series grows at its end only: a longer one begins with the shorter one.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

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

    def until(self, day: date) -> "Series":
        """The same without the sessions after `day`."""
        known = bisect_right(self.sessions, day)
        return self if known == len(self.sessions) else Series(*(column[:known] for column in self))


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
    regimes = _regimes(stream(seed, ticker, "regimes").random(len(sessions)))
    moves = _moves(stream(seed, ticker, "prices").standard_normal((len(sessions), 4)), regimes, character.volatility)
    ex_days = _ex_days(sessions, character)
    opens, highs, lows, closes, dividends, splits, returns = _trade(character, moves, ex_days)
    noise = stream(seed, ticker, "volume").standard_normal(len(sessions))
    volumes = array("q", _volumes(noise, returns, character))
    return Series(sessions, opens, highs, lows, closes, volumes, dividends, splits, array("q", regimes), returns)


def _regimes(uniform: np.ndarray) -> list[int]:
    """One regime a session, each drawn from the row of the one before; a simulated market starts sideways."""
    thresholds = TRANSITIONS.cumsum(axis=1)[:, :2].tolist()
    regime, found = SIDEWAYS, []
    for drawn in uniform.tolist():
        bull, sideways = thresholds[regime]
        regime = BULL if drawn < bull else SIDEWAYS if drawn < sideways else BEAR
        found.append(regime)
    return found


def _moves(normal: np.ndarray, regimes: Sequence[int], volatility: float) -> list[list[int]]:
    """The gaps, intraday moves, reaches above and reaches below, each with one for every session, in millionths."""
    spread = np.array(VOLATILITIES)[regimes] * volatility
    gaps = GAP_SHARE * spread * normal[:, 0]
    intraday = np.array(DRIFTS)[regimes] + (1 - GAP_SHARE**2) ** 0.5 * spread * normal[:, 1]
    above, below = (0.4 * spread * np.abs(normal[:, column]) for column in (2, 3))
    limited = np.clip(np.stack([gaps, intraday, above, below]), -200_000, 200_000)
    moves: list[list[int]] = np.rint(limited).astype(np.int64).tolist()
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


def _trade(character: Traits, moves: Sequence[Sequence[int]], ex_days: Sequence[bool]) -> tuple["array[int]", ...]:
    """The opens, highs, lows, closes, dividends, splits and total returns, each with one for every session."""
    close, rows = character.first_close, list[int]()
    for gap, intraday, above, below, is_ex_day in zip(*moves, ex_days, strict=True):
        split = character.split_ratio if close >= character.split_above else 1
        dividend = max(1, close * character.dividend_yield // (4 * split * MILLION)) if is_ex_day else 0
        last = close // split
        # Each is rounded half up. Written out, for a series has thousands of sessions and is made for every ticker.
        opened = ((last - dividend) * (MILLION + gap) + HALF) // MILLION
        opened = opened if opened > LOWEST else LOWEST  # noqa: FURB136
        close = (opened * (MILLION + intraday) + HALF) // MILLION
        close = close if close > LOWEST else LOWEST  # noqa: FURB136
        higher, lower = (opened, close) if opened > close else (close, opened)
        high = (higher * (MILLION + above) + HALF) // MILLION
        low = (lower * (MILLION - below) + HALF) // MILLION
        low = low if low > LOWEST else LOWEST  # noqa: FURB136
        rows += (opened, high, low, close, dividend, split, (close + dividend - last) * MILLION // last)
    # Decades of sessions are kept for every ticker: as plain numbers, a quarter of what a list of them takes.
    table = array("q", rows)
    return tuple(table[column::7] for column in range(7))


def _volumes(noise: np.ndarray, returns: Sequence[int], character: Traits) -> list[int]:
    """Shares traded: more on days that move, whichever way; splits multiply what there is to trade."""
    typical = 12_000 * character.volatility
    busy = (0.7 + 0.5 * np.abs(np.array(returns)) / typical) * np.clip(1 + 0.25 * noise, 0.3, 2.0)
    volumes: list[int] = np.rint(character.volume * busy).astype(np.int64).tolist()
    return volumes
