"""What a season is measured against: its own benchmark at the closes that are kept, another one, or none."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.market.market import Market
from arena.market.tickers import check_ticker
from arena.metrics.benchmark import Benchmark, benchmark_of
from arena.records.season import KeptActions
from arena.rounds.benchmark import kept_actions, kept_benchmark, own_benchmark
from arena.rounds.facts import market_name, other_market
from arena.rounds.shelf import Shelf
from arena.store import Store

NONE = "none"
"""The word for going without a benchmark."""


class Chosen(NamedTuple):
    """The benchmark to measure against."""

    ticker: str | None
    """None for none."""
    kept: bool
    """Whether it is the season's own, whose closes are in the store."""
    why_none: str = ""


async def chosen(config: ArenaConfig, shelf: Shelf, season: str, named: str | None) -> Chosen:
    """The benchmark that is meant, before anything is asked or written.

    Raises UsageError for one that would have to come from another market than the season's.
    """
    if named is not None and named.lower() == NONE:
        return Chosen(None, kept=False, why_none="measured against no benchmark, as asked")
    ticker = None if named is None else check_ticker(named)
    own = await shelf.look_up(lambda store: own_benchmark(store, season))
    if ticker is None or ticker == own:
        none = "measured against no benchmark: the season keeps the closes of none; name a ticker with --benchmark"
        return Chosen(own, kept=own is not None, why_none="" if own else none)
    await _refuse_another_market(config, shelf, season)
    return Chosen(ticker, kept=False)


async def measured(
    yardstick: Chosen, market: Callable[[], Market], shelf: Shelf, season: str, sessions: Sequence[date]
) -> tuple[Benchmark | None, tuple[str, ...]]:
    """The benchmark over the sessions of a season, and notes on which it is and what is missing of it.

    No vendor is asked for what is kept. UsageError for another one that no vendor knows.
    """
    ticker = yardstick.ticker
    if ticker is None or not sessions:
        return None, (yardstick.why_none,) if yardstick.why_none else ()
    if not yardstick.kept:
        return await _asked(market(), ticker, sessions)
    return await shelf.look_up(lambda store: at_kept_closes(store, season, ticker, sessions))


def at_kept_closes(
    store: Store, season: str, ticker: str, sessions: Sequence[date]
) -> tuple[Benchmark | None, tuple[str, ...]]:
    """The season's own benchmark over its sessions, at the closes in the store, and notes on what is missing of it."""
    found, actions = kept_benchmark(store, season, ticker, sessions[-1]), kept_actions(store, season, ticker)
    if found is None:
        return None, (f"measured against no benchmark: no close of {ticker}, the season's own, is kept",)
    told = (f"measured against {ticker}, the season's own benchmark, at the closes that are kept",)
    return found, (*told, *_without(ticker, actions, found.sessions[-1]), *_gaps(found, sessions))


async def _asked(market: Market, ticker: str, sessions: Sequence[date]) -> tuple[Benchmark, tuple[str, ...]]:
    found = await market.history(ticker, sessions[0], sessions[-1])
    if found is None or not found.history.bars:
        raise UsageError(f"no prices of the benchmark {ticker} from {sessions[0]} to {sessions[-1]}")
    benchmark = benchmark_of(found.history)
    return benchmark, (
        f"measured against {ticker}, as asked, at the prices of {found.source}",
        *_gaps(benchmark, sessions),
    )


def _without(ticker: str, actions: KeptActions | None, last: date) -> tuple[str, ...]:
    """What the kept closes leave out."""
    if actions is None:
        return (f"dividends and splits of {ticker} are not kept: its returns are those of its price as traded",)
    if actions.through < last:
        return (f"dividends and splits of {ticker} are known through {actions.through} only",)
    return ()


def _gaps(benchmark: Benchmark, sessions: Sequence[date]) -> tuple[str, ...]:
    """Which sessions have no close of it; its own last one stands in, so its moves come late there."""
    name, first, known = benchmark.name, benchmark.sessions[0], set(benchmark.sessions)
    missing = [session for session in sessions if session >= first and session not in known]
    before = [session for session in sessions if session < first]
    told = []
    if missing:
        told.append(f"{name} has no close of {len(missing)} of {len(sessions)} sessions: {_some(missing)}")
    if before:
        told.append(f"{name} has no close before {first}, and the season begins with {before[0]}")
    return tuple(told)


def _some(days: Sequence[date]) -> str:
    return ", ".join(map(str, days[:3])) + (", ..." if len(days) > 3 else "")


async def _refuse_another_market(config: ArenaConfig, shelf: Shelf, season: str) -> None:
    mine = market_name(config.market)
    for played in await shelf.look_up(lambda store: store.rounds(season)):
        if other_market(played.market, mine):
            raise UsageError(
                f"the season {season} is played on {played.market}, and a benchmark would come from {mine}: "
                "name the season's configuration with --config"
            )
