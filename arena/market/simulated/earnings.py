"""What a simulated company reports beside what its invented analysts had expected.

A report comes out on the morning its statements are filed, with their earnings a share; the next one's day is
announced once its quarter has ended.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from math import prod

from arena.market.simulated.fundamentals import CENT, Quarter
from arena.market.simulated.prices import MILLION, Series
from arena.market.simulated.streams import stream
from arena.market.simulated.talk import filed_at
from arena.records.market import Earnings, EarningsReport

USUAL_SURPRISE, SPREAD = 15_000, 50_000
"""Of what is earned above what is expected: mean and standard deviation, in millionths of what is earned."""

NOTE = "these reports and expectations are simulated; no analyst made them"


def earnings(seed: int, ticker: str, series: Series, books: Sequence[Quarter], day: date) -> Earnings:
    """The reports public by `day`, newest first, and the announced day of the next one."""
    drawn = stream(seed, ticker, "earnings").standard_normal(len(books))
    surprises = [USUAL_SURPRISE + round(float(one) * SPREAD) for one in drawn]
    reports = _reports(series, [(one, gap) for one, gap in zip(books, surprises, strict=True) if one.filed <= day])
    expected = next((one.filed for one in books if one.end < day < one.filed), None)
    return Earnings(reports=tuple(reversed(list(reports))), expected=expected, notes=(NOTE,))


def _reports(series: Series, books: Sequence[tuple[Quarter, int]]) -> Iterator[EarningsReport]:
    for quarter, gap in books:
        earned = quarter.income["net_income"]
        shares = quarter.shares * _split_since(series, quarter)
        actual, estimate = _per_share(earned, shares), _per_share(earned - abs(earned) * gap // MILLION, shares)
        yield EarningsReport(
            reported=filed_at(quarter),
            fiscal_end=quarter.end,
            eps_estimate=estimate,
            eps_actual=actual,
            surprise=round(100 * float((actual - estimate) / abs(estimate)), 2) if estimate else None,
        )


def _split_since(series: Series, quarter: Quarter) -> int:
    """How many shares one of the quarter's end had become by the day of its report."""
    ended, filed = (bisect_right(series.sessions, day) for day in (quarter.end, quarter.filed))
    return prod(series.splits[ended:filed])


def _per_share(dollars: int, shares: int) -> Decimal:
    return (Decimal(dollars) / shares).quantize(CENT, rounding=ROUND_HALF_EVEN)
