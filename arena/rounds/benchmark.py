"""A season's own benchmark, at the closes that are kept of it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from arena.metrics.benchmark import Benchmark, grown
from arena.records.season import KeptActions
from arena.records.standing import BenchmarkStanding
from arena.records.trading import BookOpened, Fill, LedgerEvent
from arena.store import Store


def own_benchmark(store: Store, season: str) -> str | None:
    """The benchmark a season was planned with; of an import the one it brought along; None where there is none.

    A rescored season has that of the season it re-prices. An import has no plan: its benchmark is the one ticker that
    has closes and that nobody decided on or traded.
    """
    if (plan := store.plan(store.season_of_chats(season))) is not None:
        return plan.benchmark
    untouched = store.untouched_tickers(season)
    return untouched[0] if len(untouched) == 1 else None


def kept_benchmark(store: Store, season: str, ticker: str, through: date | None = None) -> Benchmark | None:
    """A ticker's growth at the closes in the store; None where none is kept.

    Where its dividends and splits are not kept, as its price was traded.
    """
    closes = [(mark.session, mark.close) for mark in store.marks(season, through) if mark.ticker == ticker]
    actions = kept_actions(store, season, ticker)
    known = (actions.dividends, actions.splits) if actions is not None else ((), ())
    return grown(ticker, closes, *known) if closes else None


def kept_actions(store: Store, season: str, ticker: str) -> KeptActions | None:
    """A benchmark's dividends and splits; of a rescored season those of the season it re-prices."""
    return store.kept_actions(store.season_of_chats(season), ticker)


def benchmark_standing(
    store: Store, season: str, events: Sequence[LedgerEvent], through: date | None = None
) -> BenchmarkStanding | None:
    """What the season's own benchmark made since the books of `events` had their starting cash; None where it has no
    benchmark, or too few of its closes are kept to say.
    """
    ticker, start = own_benchmark(store, season), _start(events)
    found = kept_benchmark(store, season, ticker, through) if ticker is not None else None
    if found is None or start is None:
        return None
    first = bisect_right(found.sessions, start) - 1
    if first < 0 or first == len(found.sessions) - 1:
        return None
    return BenchmarkStanding(
        ticker=found.name,
        since=found.sessions[first],
        through=found.sessions[-1],
        return_pct=round((found.levels[-1] / found.levels[first] - 1) * 100, 4),
    )


def _start(events: Sequence[LedgerEvent]) -> date | None:
    """The day at whose close the first books were their starting cash, or the one before where they traded on it."""
    opened = min((event.session for event in events if isinstance(event, BookOpened)), default=None)
    if opened is not None and any(isinstance(event, Fill) and event.session == opened for event in events):
        return opened - timedelta(days=1)
    return opened
