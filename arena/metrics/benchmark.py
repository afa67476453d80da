"""What a contestant is measured against: holding one ticker, dividends reinvested."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from arena.metrics.returns import Series, simple_returns
from arena.records.base import Record
from arena.records.market import PriceHistory


class Benchmark(Record):
    """The growth of one dollar, session by session."""

    name: str
    sessions: tuple[date, ...]
    """In order."""
    levels: tuple[float, ...]
    """One a session; the first is 1."""

    def returns(self, sessions: Sequence[date]) -> Series | None:
        """The returns between successive `sessions`, at the last level known; None where it begins later."""
        places = [bisect_right(self.sessions, session) - 1 for session in sessions]
        if not places or min(places) < 0:
            return None
        return simple_returns([self.levels[place] for place in places])


def benchmark_of(history: PriceHistory) -> Benchmark:
    """The benchmark that a ticker's history as traded gives: splits undone, dividends reinvested at the close.

    As total return indices are made: S&P Dow Jones Indices, "Index Mathematics Methodology".
    """
    levels = [1.0] if history.bars else []
    for before, bar in pairwise(history.bars):
        worth = bar.close
        for dividend in history.dividends:
            if before.session < dividend.ex_date <= bar.session:
                worth += dividend.amount
        for split in history.splits:
            if before.session < split.ex_date <= bar.session:
                worth *= split.ratio
        levels.append(levels[-1] * float(worth / before.close))
    return Benchmark(name=history.ticker, sessions=tuple(bar.session for bar in history.bars), levels=tuple(levels))
