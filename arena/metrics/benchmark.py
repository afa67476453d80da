"""What a contestant is measured against: holding one ticker, dividends reinvested."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from arena.records.base import Record
from arena.records.market import Dividend, PriceHistory, Split

if TYPE_CHECKING:
    from arena.metrics.equity import Point
    from arena.metrics.returns import Series


class Benchmark(Record):
    """The growth of one dollar, session by session."""

    name: str
    sessions: tuple[date, ...]
    """In order."""
    levels: tuple[float, ...]
    """One a session; the first is 1."""

    def known(self, points: "Sequence[Point]") -> "Sequence[Point]":
        """The points of a curve up to the last session that has a level: of what came behind it nothing is known."""
        return [point for point in points if point.session <= self.sessions[-1]]

    def returns(self, sessions: Sequence[date]) -> "Series | None":
        """The returns between successive `sessions`, at the last level known; None where it begins later."""
        from arena.metrics.returns import simple_returns  # noqa: PLC0415  brings numpy; a leaderboard does without

        places = [bisect_right(self.sessions, session) - 1 for session in sessions]
        if not places or min(places) < 0:
            return None
        return simple_returns([self.levels[place] for place in places])


def benchmark_of(history: PriceHistory) -> Benchmark:
    """The benchmark that a ticker's history as traded gives."""
    closes = [(bar.session, bar.close) for bar in history.bars]
    return grown(history.ticker, closes, history.dividends, history.splits)


def grown(
    name: str, closes: Sequence[tuple[date, Decimal]], dividends: Sequence[Dividend] = (), splits: Sequence[Split] = ()
) -> Benchmark:
    """The benchmark of closes as traded, in order of session: splits undone, dividends reinvested at the close.

    As total return indices are made: S&P Dow Jones Indices, "Index Mathematics Methodology".
    """
    levels = [1.0] if closes else []
    for (before, old), (session, close) in pairwise(closes):
        worth = close + sum((d.amount for d in dividends if before < d.ex_date <= session), Decimal(0))
        for split in splits:
            if before < split.ex_date <= session:
                worth *= split.ratio
        levels.append(levels[-1] * float(worth / old))
    return Benchmark(name=name, sessions=tuple(session for session, _ in closes), levels=tuple(levels))
