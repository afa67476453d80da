"""A season's leaderboard between rounds: what is due is settled first, so that nobody waits for the next round.

Nothing heavy is imported unless something is due: a leaderboard that only has to be shown is there at once.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from arena.config.model import ArenaConfig
from arena.errors import DateError, UsageError
from arena.ledger import LAPSE
from arena.market.listings import UNITED_STATES, listing_of
from arena.records.standing import Standings
from arena.records.trading import MarginCall, Order
from arena.rounds.facts import market_name, other_market
from arena.rounds.shelf import Shelf
from arena.rounds.standing import standings_of
from arena.store import Store

if TYPE_CHECKING:
    from arena.market.market import Market


async def board(
    config: ArenaConfig,
    market: "Callable[[], Market]",
    shelf: Shelf,
    season: str,
    now: datetime,
    *,
    as_of: date | None = None,
) -> Standings:
    """The season's leaderboard, with notes on what could not be settled, as it stood at the close of `as_of`.

    A day without a session shows the close before it. `market` is made when an order is due. Raises StoreError where
    there is no store, DateError for a day before the season or one that is not over.
    """
    if as_of is not None:
        await _check(shelf, season, as_of, now)
    notes = await _settle_what_is_due(config, market, shelf, season, now, as_of=as_of)
    table = await shelf.look_up(lambda store: standings_of(store, season, as_of))
    return table.model_copy(update={"notes": (*notes, *table.notes)})


async def _check(shelf: Shelf, season: str, as_of: date, now: datetime) -> None:
    """Refuse a day of which there is no leaderboard."""
    span = await shelf.look_up(lambda store: store.span(season))
    if span is None:
        raise UsageError(f"nothing was played in the season {season} yet")
    first, last = span
    if as_of < first:
        raise DateError(f"the season {season} begins with the session of {first}; nobody stood anywhere on {as_of}")
    if as_of <= last:
        return
    if as_of > now.astimezone(UTC).date():
        raise DateError(f"{as_of} is in the future; the season {season} has got to {last}")
    exchange = await shelf.look_up(lambda store: _exchange(store, season))
    await asyncio.to_thread(_refuse_what_runs, as_of, now, exchange)


def _exchange(store: Store, season: str) -> str:
    rounds = store.rounds(season)
    return listing_of(rounds[-1].tickers[0]).calendar if rounds else UNITED_STATES.calendar


def _refuse_what_runs(as_of: date, now: datetime, exchange: str) -> None:
    from arena.market import calendar  # noqa: PLC0415  brings pandas

    if calendar.is_session(as_of, exchange):
        calendar.check_session(as_of, now, exchange)


async def _settle_what_is_due(
    config: ArenaConfig,
    market: "Callable[[], Market]",
    shelf: Shelf,
    season: str,
    now: datetime,
    *,
    as_of: date | None,
) -> tuple[str, ...]:
    # A rescored season is as it was made, under settings that need not be those of the configuration.
    if await shelf.look_up(lambda store: store.rescoring(season)) is not None:
        return ()
    if not (due := await _due(shelf, season, now, as_of)):
        return ()
    mine = market_name(config.market)
    for played in await shelf.look_up(lambda store: store.rounds(season)):
        if other_market(played.market, mine):
            return (f"the due orders of the season {season} wait: it is played on {played.market}, not on {mine}",)
    from arena.rounds.trading import bring_up_to_date  # noqa: PLC0415  brings pandas

    config = config.model_copy(update={"season": season})
    notes = await bring_up_to_date(config, market(), shelf, max(day for _, day in due))
    # What is still pending so long after its day has no price to come: then it lapses. A margin call never does.
    left = await _due(shelf, season, now, as_of)
    lapsing = [day + LAPSE for one, day in left if isinstance(one, Order) and day + LAPSE <= now.date()]
    if lapsing:
        notes = await bring_up_to_date(config, market(), shelf, max(lapsing))
    return notes


async def _due(shelf: Shelf, season: str, now: datetime, as_of: date | None) -> list[tuple[Order | MarginCall, date]]:
    """Pending orders and margin calls of the season with the session they are to be filled on, where it is completed
    on its exchange.
    """
    pending = await shelf.look_up(lambda store: store.waiting(season))
    # No session is over before its own day has come in UTC, whatever the exchange.
    latest = min(now.astimezone(UTC).date(), as_of or date.max)
    waiting = [one for one in pending if _earliest(one) <= latest]
    if not waiting:
        return []
    # Calendars are built at their first use, which is too long for the event loop.
    return await asyncio.to_thread(lambda: [(one, day) for one in waiting if (day := _due_on(one, now)) is not None])


def _earliest(one: Order | MarginCall) -> date:
    return one.fills_on if isinstance(one, Order) else one.session + timedelta(days=1)


def _due_on(one: Order | MarginCall, now: datetime) -> date | None:
    from arena.market import calendar  # noqa: PLC0415  brings pandas

    exchange = listing_of(one.ticker).calendar
    if isinstance(one, Order):
        day = one.fills_on
    else:
        day = calendar.sessions_between(_earliest(one), one.session + LAPSE, exchange)[0]
    return day if day <= calendar.last_completed_session(now, exchange) else None
