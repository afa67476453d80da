"""What a season is to be: its sessions on its tickers' calendar, and its plan. Pure, but for the calendar's lists."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from arena.config.model import ArenaConfig
from arena.errors import DateError, UsageError
from arena.market import calendar
from arena.market.listings import UNITED_STATES, listing_of
from arena.market.tickers import check_ticker
from arena.records.season import Every, SeasonPlan
from arena.rounds.opening import check

BENCHMARK = "SPY"
"""What a season of stocks listed in the United States is held against unless it names another."""

NO_BENCHMARK = "none"
"""The word for going without a benchmark."""


class SeasonAsked(NamedTuple):
    """What a season is asked for with, beside its dates."""

    tickers: Sequence[str]
    every: Every = "DAY"
    contestants: Sequence[str] | None = None
    """Every enabled contestant by default."""
    benchmark: str | None = None
    """SPY by default where the tickers are listed in the United States; `none` goes without."""


def planned(config: ArenaConfig, asked: SeasonAsked, start: date, end: date | None, now: datetime) -> SeasonPlan:
    """The plan of a season from `start` to `end`, the last completed session where that is left out.

    Sessions that are not completed yet are planned too: they are played by whoever resumes the season then. Raises
    UsageError, TickerError or DateError for what cannot be played.
    """
    tickers, exchange, contestants = _checked(config, asked, now)
    end = end or calendar.last_completed_session(now, exchange)
    if start > end:
        raise DateError(f"a season from {start} to {end} would end before it begins")
    days = calendar.sessions_between(start, end, exchange)
    sessions = tuple(day for day in days if is_due(day, asked.every, exchange))
    if not sessions:
        kind = "the last session of its week" if asked.every == "WEEK" else "a session"
        raise DateError(f"no day from {start} to {end} is {kind}")
    return SeasonPlan(
        season=config.season,
        tickers=tickers,
        contestants=contestants,
        every=asked.every,
        start=start,
        end=end,
        sessions=sessions,
        benchmark=_benchmark(asked.benchmark, tickers),
        config_hash=config.hash,
        made=now,
    )


def planned_as_days_pass(config: ArenaConfig, asked: SeasonAsked, start: date | None, now: datetime) -> SeasonPlan:
    """The plan of a season that is played a tick at a time, from `start` on, or from the last completed session.

    Raises UsageError or TickerError for what cannot be played.
    """
    tickers, exchange, contestants = _checked(config, asked, now)
    return SeasonPlan(
        season=config.season,
        tickers=tickers,
        contestants=contestants,
        every=asked.every,
        start=start or calendar.last_completed_session(now, exchange),
        end=None,
        sessions=(),
        benchmark=_benchmark(asked.benchmark, tickers),
        config_hash=config.hash,
        made=now,
    )


def exchange_of(tickers: Sequence[str]) -> str:
    """The calendar of a plan's tickers."""
    return listing_of(tickers[0]).calendar


def is_due(session: date, every: Every, exchange: str) -> bool:
    """Whether a season plays a round at this session: each, or the last of its calendar week.

    A week is the ISO 8601 one, Monday to Sunday. The last session of a week is the last that the exchange has in it,
    whether or not the season's dates hold the whole week.
    """
    if every == "DAY":
        return True
    return calendar.next_session(session, exchange).isocalendar()[:2] != session.isocalendar()[:2]


def remaining(plan: SeasonPlan, finished: Iterable[date]) -> tuple[date, ...]:
    """The planned sessions whose rounds are not over."""
    over = set(finished)
    return tuple(session for session in plan.sessions if session not in over)


def another(stored: SeasonPlan) -> UsageError:
    """What to raise where a season is asked for under the name of another."""
    until = f"to {stored.end}" if stored.end else "on, a day at a time"
    return UsageError(
        f"the season {stored.season} is already planned otherwise: {', '.join(stored.tickers)} from {stored.start} "
        f"{until}, every {stored.every}, for {', '.join(stored.contestants)}, benchmark "
        f"{stored.benchmark or NO_BENCHMARK}; `arena season resume` goes on with it, another --season begins anew"
    )


def _checked(config: ArenaConfig, asked: SeasonAsked, now: datetime) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The tickers in order, their calendar, and the names of who plays."""
    # A session of the configuration is for single rounds: a season has its own.
    own = config.model_copy(update={"as_of": None})
    checked = check(own, asked.tickers, None, asked.contestants, now)
    return checked.tickers, exchange_of(checked.tickers), tuple(contestant.name for contestant in checked.contestants)


def _benchmark(named: str | None, tickers: Sequence[str]) -> str | None:
    if named is None:
        return BENCHMARK if listing_of(tickers[0]) == UNITED_STATES else None
    if named.lower() == NO_BENCHMARK:
        return None
    benchmark = check_ticker(named)
    listing_of(benchmark)  # refuses what has no prices as traded, such as an index
    return benchmark
