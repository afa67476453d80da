"""A season's own benchmark, at the closes that are kept of it."""

from datetime import date
from decimal import Decimal

from arena.metrics.benchmark import Benchmark, grown
from arena.records.base import plain
from arena.records.standing import BenchmarkStanding
from arena.store import Store


def own_benchmark(store: Store, season: str) -> str | None:
    """The benchmark a season was planned with; of an import the one it brought along; None where there is none.

    An import has no plan: its benchmark is the one ticker that has closes and that nobody decided on or traded.
    """
    if (plan := store.plan(season)) is not None:
        return plan.benchmark
    untouched = store.untouched_tickers(season)
    return untouched[0] if len(untouched) == 1 else None


def kept_benchmark(store: Store, season: str, ticker: str, through: date | None = None) -> Benchmark | None:
    """A ticker's growth at the closes in the store; None where none is kept.

    Where its dividends and splits are not kept, as its price was traded.
    """
    closes = [(mark.session, mark.close) for mark in store.marks(season, through) if mark.ticker == ticker]
    actions = store.kept_actions(season, ticker)
    known = (actions.dividends, actions.splits) if actions is not None else ((), ())
    return grown(ticker, closes, *known) if closes else None


def benchmark_standing(store: Store, season: str, through: date | None = None) -> BenchmarkStanding | None:
    """What the season's own benchmark made by then; None where fewer than two closes of one are kept."""
    ticker = own_benchmark(store, season)
    found = kept_benchmark(store, season, ticker, through) if ticker is not None else None
    if found is None or len(found.sessions) < 2:
        return None
    return BenchmarkStanding(
        ticker=found.name,
        since=found.sessions[0],
        through=found.sessions[-1],
        return_pct=plain(round(Decimal((found.levels[-1] - 1) * 100), 4)),
    )
