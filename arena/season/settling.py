"""Settling a season between its rounds: orders whose price has come, what happened to holdings, and every close."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.market import calendar
from arena.market.market import Market
from arena.records.season import SettledSeason
from arena.rounds.board import board
from arena.rounds.facts import market_name, other_market
from arena.rounds.opening import refuse_rescored
from arena.rounds.shelf import Shelf
from arena.rounds.trading import bring_up_to_date
from arena.rounds.turn import SeasonTurn
from arena.season.marks import mark_benchmark
from arena.season.planning import exchange_of, remaining
from arena.store import Store


async def settle_season(
    config: ArenaConfig, market: Market, shelf: Shelf, clock: Callable[[], datetime]
) -> SettledSeason:
    """Settle the configured season's books as far as its next round allows, in its turn.

    That is the last completed session for a season that goes on as days pass, or whose rounds were played one by
    one. A season over dates is settled up to its next round at the latest, and a finished one up to the session after
    its last round, in which its last orders fill: where the books stood at its end is not moved by later days.

    Raises UsageError where nothing was played, and where it was on another market.
    """
    season = config.season
    await refuse_rescored(season, shelf)
    turn = SeasonTurn(config.home, season, config.limits.desk_seconds)
    before, last, tickers = await shelf.look_up(lambda store: _so_far(store, config))
    await turn.begin()
    try:
        exchange = exchange_of(tickers)
        today = await asyncio.to_thread(calendar.last_completed_session, clock(), exchange)
        plan = await shelf.look_up(lambda store: store.plan(season))
        through = today
        if plan is not None and plan.end is not None:
            finished = await shelf.look_up(lambda store: store.finished_rounds(season))
            left = remaining(plan, finished)
            until = left[0] if left else await asyncio.to_thread(_filled_by, config, last, exchange)
            through = min(today, until)
        notes = await bring_up_to_date(config, market, shelf, through)
        if plan is not None:
            notes = (*notes, *await mark_benchmark(plan, market, shelf, through))
    finally:
        turn.end()
    standings = await board(config, lambda: market, shelf, season, clock())
    events = await shelf.look_up(lambda store: store.events(season))
    return SettledSeason(
        season=season, through=through, events=events[before:], standings=standings, notes=tuple(dict.fromkeys(notes))
    )


def _filled_by(config: ArenaConfig, last: date, exchange: str) -> date:
    """The session in which the orders of a round fill."""
    return last if config.trading.fill == "same_close" else calendar.next_session(last, exchange)


def _so_far(store: Store, config: ArenaConfig) -> tuple[int, date, tuple[str, ...]]:
    """How many events there are, the session of the last round, and its tickers."""
    rounds = store.rounds(config.season)
    if not rounds:
        raise UsageError(f"nothing was played in the season {config.season} yet, so there is nothing to settle")
    mine = market_name(config.market)
    for played in rounds:
        if other_market(played.market, mine):
            raise UsageError(f"the season {config.season} is played on {played.market}, and this is {mine}")
    return len(store.events(config.season)), rounds[-1].session, rounds[-1].tickers
