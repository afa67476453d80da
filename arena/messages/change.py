"""What is not as it was the round before: whether anything is, and how far each contestant moved."""

from decimal import Decimal
from typing import NamedTuple

from arena.records.news import RoundNews, said
from arena.records.standing import Standing, Standings


class Move(NamedTuple):
    """How one contestant moved on the leaderboard since the round before."""

    ranks: int
    """Places up; negative for down."""
    equity: Decimal
    """Dollars gained."""


def changed(news: RoundNews) -> bool:
    """Whether a decision, a consensus or a rank is not as it was in the season's round before.

    A decision is what a contestant said of a ticker: BUY, SELL, HOLD, or nothing, whatever its size, confidence or
    reason; a consensus is its action, and whether it is a tie. What there was nothing of before has changed, and so
    has everything in a season's first round.
    """
    before = news.before
    if before is None:
        return True
    if any(before.said.get(f"{desk.ticker}/{desk.contestant}") != said(desk.outcome) for desk in news.desks):
        return True
    voted = {vote.ticker: (vote.action, vote.tie) for vote in before.consensus}
    if any(voted.get(vote.ticker) != (vote.action, vote.tie) for vote in news.consensus):
        return True
    return _ranks(news.standings) != _ranks(before.standings)


def moves(news: RoundNews) -> dict[str, Move]:
    """By contestant, of those who stood on the leaderboard before."""
    if news.before is None:
        return {}
    old = {row.contestant: row for row in news.before.standings.rows}
    return {row.contestant: _move(old[row.contestant], row) for row in news.standings.rows if row.contestant in old}


def _move(old: Standing, new: Standing) -> Move:
    return Move(ranks=old.rank - new.rank, equity=new.equity - old.equity)


def _ranks(table: Standings) -> dict[str, int]:
    return {row.contestant: row.rank for row in table.rows}
