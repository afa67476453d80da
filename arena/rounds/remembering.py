"""What the desks of a round are shown of their own past, as the store stood when the round was opened.

It is kept with the round: a round that was broken off gives its waiting desks what it was opened with, whatever has
come to be known since. Marks of its session and of those before may have been filled in late.

A masked contestant remembers what it decided under its mask, and any other what it decided without one: the words of
the one would tell the real names and dates, those of the other would be about a ticker that nobody knows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arena.config.model import ArenaConfig
from arena.config.running import MemorySettings
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


class _Season(NamedTuple):
    """What all desks of a round share of their season's past."""

    name: str
    sessions: tuple[date, ...]
    """From its first round's up to this round's."""
    benchmark: Benchmark | None


def remembered(
    config: ArenaConfig, store: Store, round_: Round, snapshots: Mapping[str, MarketSnapshot]
) -> dict[tuple[str, str], tuple[Lesson, ...]]:
    """The lessons of every desk of a round; empty where memory is off. Blocks: on the store's thread only."""
    if not config.memory.enabled:
        return {}
    masks = {one.name: one.mask for one in config.with_desks if one.name in round_.contestants}
    kept = {
        desk: _as_it_plays(shown, masked=masks.get(desk[1], False))
        for desk, shown in store.lessons(round_.season, round_.session).items()
    }
    missing = [(ticker, name) for ticker in round_.tickers for name in masks if (ticker, name) not in kept]
    if missing:
        marks = store.marks(round_.season)
        season = _season(store, round_, marks)
        prices = {ticker: ticker_prices(snapshots[ticker], marks) for ticker, _ in missing}
        kept |= {
            desk: _lessons(config.memory, store, season, desk, prices[desk[0]], masked=masks[desk[1]])
            for desk in missing
        }
    return kept


def remember(
    config: ArenaConfig, store: Store, round_: Round, snapshots: Mapping[str, MarketSnapshot]
) -> dict[tuple[str, str], tuple[Lesson, ...]]:
    """The same, kept for whoever plays the round on."""
    lessons = remembered(config, store, round_, snapshots)
    store.save_lessons(round_.season, round_.session, lessons)
    return lessons


def _as_it_plays(lessons: Sequence[Lesson], *, masked: bool) -> tuple[Lesson, ...]:
    """Those of the lessons that are in words of its own: a contestant may be masked, or not, since the round began."""
    return tuple(one for one in lessons if one.masked == masked)


def _lessons(
    settings: MemorySettings, store: Store, season: _Season, desk: tuple[str, str], prices: Prices, *, masked: bool
) -> tuple[Lesson, ...]:
    sessions, horizon = season.sessions, settings.horizon
    if len(sessions) <= horizon:
        return ()
    past = store.past_decisions(
        season.name, *desk, through=sessions[-1 - horizon], most=settings.lessons, masked=masked
    )
    if not past:
        return ()
    written = store.reflections(season.name, *desk, after=past[-1].session, before=sessions[-1], masked=masked)
    return lessons_of(
        past,
        prices,
        sessions=sessions,
        horizon=horizon,
        most=settings.lessons,
        benchmark=season.benchmark,
        written={key: Written(*told) for key, told in written.items()},
    )


def _season(store: Store, round_: Round, marks: Sequence[Mark]) -> _Season:
    began = min((played.session for played in store.rounds(round_.season)), default=round_.session)
    exchange = listing_of(round_.tickers[0]).calendar
    sessions = calendar.sessions_between(began, round_.session, exchange)
    return _Season(round_.season, sessions, _benchmark(store, round_, marks))


def _benchmark(store: Store, round_: Round, marks: Sequence[Mark]) -> Benchmark | None:
    """What the season is held against, where it was planned with one."""
    plan = store.plan(round_.season)
    if plan is None or plan.benchmark is None:
        return None
    actions = store.kept_actions(round_.season, plan.benchmark)
    prices = Prices({}, (), None) if actions is None else benchmark_prices(round_.session, marks, actions)
    return Benchmark(plan.benchmark, prices)
