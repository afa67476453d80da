"""A season's leaderboard between rounds: what is due is settled first, so that nobody waits for the next round."""

import asyncio
from datetime import date, datetime

from arena.config.model import ArenaConfig
from arena.ledger import LAPSE, replay
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import Market
from arena.records.standing import Standings
from arena.records.trading import Order
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
    if not (due := await _due(shelf, season, now)):
        return ()
    mine = market_name(config.market)
    for played in await shelf.look_up(lambda store: store.rounds(season)):
        if other_market(played.market, mine):
            return (f"the due orders of the season {season} wait: it is played on {played.market}, not on {mine}",)
    config = config.model_copy(update={"season": season})
    notes = await bring_up_to_date(config, market, shelf, max(due))
    # What is still pending so long after its day has no price to come: then it lapses.
    lapsing = [day + LAPSE for day in await _due(shelf, season, now) if day + LAPSE <= now.date()]
    if lapsing:
        notes = await bring_up_to_date(config, market, shelf, max(lapsing))
    return notes


async def _due(shelf: Shelf, season: str, now: datetime) -> list[date]:
    """The sessions that pending orders of the season fill on, of those that are completed on their exchanges."""
    events = await shelf.look_up(lambda store: store.events(season))
    waiting = [order for book in replay(events).values() for order in book.pending]
    # Calendars are built at their first use, which is too long for the event loop.
    return await asyncio.to_thread(lambda: [order.fills_on for order in waiting if _is_due(order, now)])


def _is_due(order: Order, now: datetime) -> bool:
    return order.fills_on <= calendar.last_completed_session(now, listing_of(order.ticker).calendar)
