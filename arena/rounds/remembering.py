"""What the desks of a round are shown of their own past, as the store stood when the round was opened.

It is kept with the round: a round that was broken off gives its waiting desks what it was opened with, whatever has
come to be known since. Marks of its session and of those before may have been filled in late.
"""

from collections.abc import Mapping, Sequence

from arena.config.model import ArenaConfig
from arena.market import calendar
from arena.market.listings import listing_of
from arena.memory import Benchmark, Prices, Written, benchmark_prices, lessons_of, ticker_prices
from arena.records.market import MarketSnapshot
from arena.records.memory import Lesson
from arena.records.standing import Round
from arena.records.trading import Mark
from arena.store import Store

Remembered = Mapping[tuple[str, str], tuple[Lesson, ...]]
"""By ticker and contestant."""


def remembered(
    config: ArenaConfig, store: Store, round_: Round, snapshots: Mapping[str, MarketSnapshot]
) -> dict[tuple[str, str], tuple[Lesson, ...]]:
    """The lessons of every desk of a round; empty where memory is off. Blocks: on the store's thread only."""
    if not config.memory.enabled:
        return {}
    kept = store.lessons(round_.season, round_.session)
    names = [one.name for one in config.with_desks if one.name in round_.contestants]
    missing = [(ticker, name) for ticker in round_.tickers for name in names if (ticker, name) not in kept]
    if missing:
        marks = store.marks(round_.season)
        benchmark = _benchmark(store, round_, marks)
        prices = {ticker: ticker_prices(snapshots[ticker], marks) for ticker, _ in missing}
        kept |= {
            (ticker, name): _lessons(config, store, round_, (ticker, name), prices=prices[ticker], benchmark=benchmark)
            for ticker, name in missing
        }
    return kept


def remember(
    config: ArenaConfig, store: Store, round_: Round, snapshots: Mapping[str, MarketSnapshot]
) -> dict[tuple[str, str], tuple[Lesson, ...]]:
    """The same, kept for whoever plays the round on."""
    lessons = remembered(config, store, round_, snapshots)
    store.save_lessons(round_.season, round_.session, lessons)
    return lessons


def _lessons(
    config: ArenaConfig,
    store: Store,
    round_: Round,
    desk: tuple[str, str],
    *,
    prices: Prices,
    benchmark: Benchmark | None,
) -> tuple[Lesson, ...]:
    horizon, most, exchange = config.memory.horizon, config.memory.lessons, listing_of(desk[0]).calendar
    newest = calendar.session_back(round_.session, horizon, exchange)
    past = store.past_decisions(round_.season, *desk, through=newest, most=most)
    if not past:
        return ()
    first = past[-1].session
    written = store.reflections(round_.season, *desk, after=first, before=round_.session)
    return lessons_of(
        past,
        prices,
        sessions=calendar.sessions_between(first, round_.session, exchange),
        horizon=horizon,
        most=most,
        benchmark=benchmark,
        written={key: Written(*told) for key, told in written.items()},
    )


def _benchmark(store: Store, round_: Round, marks: Sequence[Mark]) -> Benchmark | None:
    """What the season is held against, where it was planned with one."""
    plan = store.plan(round_.season)
    if plan is None or plan.benchmark is None:
        return None
    splits = store.splits(round_.season, plan.benchmark)
    return Benchmark(plan.benchmark, benchmark_prices(plan.benchmark, round_.session, marks, splits))
