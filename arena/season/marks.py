"""The closes a season's value is measured at, beside those that settling the books keeps."""

from datetime import date

from arena.errors import TickerError, VendorError
from arena.market.market import Market
from arena.records.season import SeasonPlan
from arena.records.trading import Mark
from arena.rounds.shelf import Shelf
from arena.store import Store


async def mark_benchmark(plan: SeasonPlan, market: Market, shelf: Shelf, through: date) -> tuple[str, ...]:
    """Keep the benchmark's closes and splits from the season's first session through another; a note where nobody
    tells them.

    From the first on each time: what a vendor told late is filled in, and what is kept stays as it is.
    """
    if plan.benchmark is None:
        return ()
    first = plan.sessions[0] if plan.sessions else plan.start
    try:
        found = await market.history(plan.benchmark, first, through)
    except (VendorError, TickerError) as error:
        return (f"no closes of the benchmark {plan.benchmark}: {error}",)
    if found is None or not found.history.bars:
        return (f"no closes of the benchmark {plan.benchmark}: no vendor knows them",)
    marks = [
        Mark(ticker=plan.benchmark, session=bar.session, close=bar.close, source=found.source)
        for bar in found.history.bars
    ]
    ticker, splits = plan.benchmark, found.history.splits

    def keep(store: Store) -> None:
        with store.transaction():
            store.save_marks(plan.season, marks)
            store.save_splits(plan.season, ticker, splits)

    await shelf.write(keep)
    return ()
