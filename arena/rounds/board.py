"""A season's leaderboard between rounds: what is due is settled first, so that nobody waits for the next round."""

import asyncio
from datetime import date, datetime, timedelta

from arena.config.model import ArenaConfig
from arena.ledger import LAPSE, replay
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import Market
from arena.records.standing import Standings
from arena.records.trading import MarginCall, Order
from arena.rounds.facts import market_name, other_market
from arena.rounds.referee import standings_of
from arena.rounds.shelf import Shelf
from arena.rounds.trading import bring_up_to_date


async def board(config: ArenaConfig, market: Market, shelf: Shelf, season: str, now: datetime) -> Standings:
    """The season's leaderboard, with notes on what could not be settled. Raises StoreError where there is no store."""
    notes = await _settle_what_is_due(config, market, shelf, season, now)
    table = await shelf.look_up(lambda store: standings_of(store, season))
    return table.model_copy(update={"notes": (*notes, *table.notes)})


async def _settle_what_is_due(
    config: ArenaConfig, market: Market, shelf: Shelf, season: str, now: datetime
) -> tuple[str, ...]:
    # A rescored season is as it was made, under settings that need not be those of the configuration.
    if await shelf.look_up(lambda store: store.rescoring(season)) is not None:
        return ()
    if not (due := await _due(shelf, season, now)):
        return ()
    mine = market_name(config.market)
    for played in await shelf.look_up(lambda store: store.rounds(season)):
        if other_market(played.market, mine):
            return (f"the due orders of the season {season} wait: it is played on {played.market}, not on {mine}",)
    config = config.model_copy(update={"season": season})
    notes = await bring_up_to_date(config, market, shelf, max(day for _, day in due))
    # What is still pending so long after its day has no price to come: then it lapses. A margin call never does.
    left = await _due(shelf, season, now)
    lapsing = [day + LAPSE for one, day in left if isinstance(one, Order) and day + LAPSE <= now.date()]
    if lapsing:
        notes = await bring_up_to_date(config, market, shelf, max(lapsing))
    return notes


async def _due(shelf: Shelf, season: str, now: datetime) -> list[tuple[Order | MarginCall, date]]:
    """Pending orders and margin calls of the season with the session they are to be filled on, where it is completed
    on its exchange.
    """
    events = await shelf.look_up(lambda store: store.events(season))
    books = replay(events).values()
    orders = [order for book in books for order in book.pending]
    waiting: list[Order | MarginCall] = [*orders, *(call for book in books for call in book.calls)]
    # Calendars are built at their first use, which is too long for the event loop.
    return await asyncio.to_thread(lambda: [(one, day) for one in waiting if (day := _due_on(one, now)) is not None])


def _due_on(one: Order | MarginCall, now: datetime) -> date | None:
    exchange = listing_of(one.ticker).calendar
    if isinstance(one, Order):
        day = one.fills_on
    else:
        day = calendar.sessions_between(one.session + timedelta(days=1), one.session + LAPSE, exchange)[0]
    return day if day <= calendar.last_completed_session(now, exchange) else None
