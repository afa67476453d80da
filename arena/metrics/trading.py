"""How a book was traded: what its closed trades gained, how much it turned over, how much was invested.

Statistics of money: floats out of the ledger's exact amounts.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from arena.ledger import ClosedTrade
from arena.metrics.equity import Point
from arena.records.trading import Fill


def win_rate(trades: Sequence[ClosedTrade]) -> float | None:
    """The part of closed trades that gained after fees: sales against the average cost of what they sold, covers
    against what the short brought on average.

    Kaufman, "Trading Systems and Methods", 2020. None without any.
    """
    return sum(trade.gain > 0 for trade in trades) / len(trades) if trades else None


def profit_factor(trades: Sequence[ClosedTrade]) -> float | None:
    """What winning trades gained over what losing ones lost, after fees; above 1 trades gained together.

    Kaufman, "Trading Systems and Methods", 2020. None where nothing was lost.
    """
    gained = sum((trade.gain for trade in trades if trade.gain > 0), Decimal(0))
    lost = -sum((trade.gain for trade in trades if trade.gain < 0), Decimal(0))
    return float(gained / lost) if lost else None


def turnover(fills: Iterable[Fill], points: Sequence[Point]) -> float | None:
    """The lesser of dollars bought and dollars sold over mean equity, for the whole season, not a year.

    As a fund's portfolio turnover rate in the SEC's Form N-1A, item 13, with equity for the securities' value: who
    buys and holds has none. Short sales are sales and covers are purchases. None without any session, and where the
    mean equity is not above zero.
    """
    if not points or sum(point.equity for point in points) <= 0:
        return None
    known = tuple(fills)
    bought, sold = (
        sum((fill.shares * fill.price for fill in known if fill.side == side), Decimal(0)) for side in ("BUY", "SELL")
    )
    mean = sum((point.equity for point in points), Decimal(0)) / len(points)
    return float(min(bought, sold) / mean)


def exposure(points: Sequence[Point]) -> float | None:
    """The mean gross exposure at the close: holdings and shorts, both counted as positive, over equity.

    0 to 1 without margin. None without any session, the one of the starting cash aside, and where equity was not
    above zero at some close.
    """
    traded = points[1:]
    if not traded or min(point.equity for point in traded) <= 0:
        return None
    return float(sum((p.invested / p.equity for p in traded), Decimal(0)) / len(traded))
