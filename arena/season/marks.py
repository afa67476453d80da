"""The closes a season's value is measured at, beside those that settling the books keeps."""

import asyncio
from datetime import date

from arena.errors import TickerError, VendorError
from arena.market import calendar
from arena.market.market import Market, SourcedHistory
from arena.records.season import KeptActions, SeasonPlan
from arena.records.trading import Mark
from arena.rounds.shelf import Shelf
from arena.season.planning import exchange_of
from arena.store import Store


async def mark_benchmark(plan: SeasonPlan, market: Market, shelf: Shelf, through: date) -> tuple[str, ...]:
    """Keep the benchmark's closes, dividends and splits through a session; a note where nobody tells them.

    They begin a session before the season's first, from whose close the return of books that fill in it counts. All
    are asked for each time: what a vendor told late is filled in, and what is kept stays as it is.
    """
    if plan.benchmark is None:
        return ()
    first = plan.sessions[0] if plan.sessions else plan.start
    start = await asyncio.to_thread(calendar.session_back, first, 1, exchange_of(plan.tickers))
    try:
        found = await market.history(plan.benchmark, start, through)
    except (VendorError, TickerError) as error:
        return (f"no closes of the benchmark {plan.benchmark}: {error}",)
    if found is None or not found.history.bars:
        return (f"no closes of the benchmark {plan.benchmark}: no vendor knows them",)
    await shelf.write(lambda store: _keep(store, plan.season, found, through))
    return ()


def _keep(store: Store, season: str, found: SourcedHistory, through: date) -> None:
    told = found.history
    marks = [Mark(ticker=told.ticker, session=bar.session, close=bar.close, source=found.source) for bar in told.bars]
    with store.transaction():
        store.save_marks(season, marks)
        if not told.provisional:
            store.keep_actions(
                season,
                KeptActions(ticker=told.ticker, through=through, dividends=told.dividends, splits=told.splits),
            )
