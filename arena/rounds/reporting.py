"""A season's report: what is stored of it, brought together for `arena.metrics`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from arena.config.model import ArenaConfig, BaselineContestant
from arena.errors import StoreError, UsageError
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import BOOK_CURRENCY, Market
from arena.market.tickers import check_ticker
from arena.metrics.benchmark import Benchmark, benchmark_of
from arena.metrics.opinions import Opinion
from arena.metrics.report import Season, season_report
from arena.metrics.returns import SESSIONS_A_YEAR
from arena.records.market import MarketSnapshot
from arena.records.performance import SeasonReport
from arena.records.trading import BookOpened, Mark
from arena.rounds.board import board
from arena.rounds.facts import market_name, other_market
from arena.rounds.shelf import Shelf
from arena.store import ChatRow, Store

_ALL = 10_000_000
"""More chats than a season has."""

_ALWAYS_OPEN = "24/7"
_DAYS_A_YEAR = 365


async def report(
    config: ArenaConfig,
    market: Market,
    shelf: Shelf,
    season: str,
    now: datetime,
    *,
    benchmark: str | None = None,
    horizon: int = 1,
) -> SeasonReport:
    """The season's report, after settling the orders that are due.

    `benchmark` is a ticker to measure against; `horizon` in how many sessions a decision is judged. Closes between
    rounds are those of the newest snapshots. Raises StoreError where there is no store, UsageError for a benchmark
    without prices, or of another market than the season's.
    """
    if horizon < 1:
        raise UsageError(f"a horizon of {horizon} sessions is none; 1 is the next session")
    if benchmark is not None:
        await _refuse_another_market(config, shelf, season)
    table = await board(config, market, shelf, season, now)
    snapshots, notes = await _newest_snapshots(shelf, season)
    stored = await shelf.look_up(lambda store: _stored(store, season, config, snapshots))
    # Calendars are built at their first use, and a bootstrap takes a while: neither is for the event loop.
    whole = await asyncio.to_thread(_with_sessions, stored)
    against = None if benchmark is None else await _benchmark(market, benchmark, whole.sessions)
    found = await asyncio.to_thread(season_report, whole, against, horizon)
    return found.model_copy(update={"notes": (*table.notes, *notes, *found.notes)})


def _stored(store: Store, season: str, config: ArenaConfig, snapshots: Mapping[str, MarketSnapshot]) -> Season:
    """The season as it is kept, its sessions still to be found."""
    return Season(
        name=season,
        events=store.events(season),
        marks=_with_closes(store.marks(season), snapshots),
        opinions=_opinions(store.chat_rows(season=store.season_of_chats(season), limit=_ALL)),
        tallies=store.tallies(season),
        sessions=(),
        cutoffs={c.name: c.knowledge_cutoff for c in config.contestants if c.knowledge_cutoff is not None},
        random=[c.name for c in config.contestants if isinstance(c, BaselineContestant) and c.rule == "random"],
        splits={ticker: snapshot.prices.splits for ticker, snapshot in snapshots.items()},
    )


async def _newest_snapshots(shelf: Shelf, season: str) -> tuple[dict[str, MarketSnapshot], tuple[str, ...]]:
    """By ticker, and a note for each that is no longer there."""
    rounds = await shelf.look_up(lambda store: store.rounds(season))
    newest = {ticker: hash_ for round_ in rounds for ticker, hash_ in round_.snapshots.items()}
    found, notes = {}, []
    for ticker, hash_ in sorted(newest.items()):
        try:
            found[ticker] = await shelf.snapshot(hash_)
        except StoreError as error:
            notes.append(f"{ticker} has only the closes kept while somebody held it, for its facts are gone: {error}")
    return found, tuple(notes)


def _with_closes(marks: Sequence[Mark], snapshots: Mapping[str, MarketSnapshot]) -> list[Mark]:
    """The marks, and the closes of sessions that have none since a ticker's first: what is marked stays."""
    first: dict[str, date] = {}
    for mark in marks:
        first.setdefault(mark.ticker, mark.session)
    known = {(mark.ticker, mark.session) for mark in marks}
    more = [
        Mark(ticker=ticker, session=bar.session, close=bar.close, source=snapshot.prices.source or "")
        for ticker, snapshot in snapshots.items()
        if snapshot.prices.currency == BOOK_CURRENCY
        for bar in snapshot.prices.bars
        if ticker in first and bar.session > first[ticker] and (ticker, bar.session) not in known
    ]
    return [*marks, *more]


def _opinions(rows: Iterable[ChatRow]) -> list[Opinion]:
    """The newest decision of each contestant on each ticker and session; `rows` come newest first.

    A rule's confidence is a coin's, which says nothing, and is left out.
    """
    found: dict[tuple[str, date, str], Opinion] = {}
    for row in rows:
        if row.action is not None:
            confidence = None if "baseline" in row.labels else row.confidence
            opinion = Opinion(row.contestant, row.session, row.ticker, row.action, confidence)
            found.setdefault(opinion[:3], opinion)
    return [found[key] for key in sorted(found)]


def _with_sessions(season: Season) -> Season:
    """With the sessions of its exchanges, from the one before its first, and how many a year has."""
    opened = [event.session for event in season.events if isinstance(event, BookOpened)]
    if not opened or not season.marks:
        return season
    first, last = min(opened), max(mark.session for mark in season.marks)
    exchanges = {listing_of(mark.ticker).calendar for mark in season.marks}
    sessions = {day for exchange in exchanges for day in _sessions(first, last, exchange)}
    a_year = _DAYS_A_YEAR if _ALWAYS_OPEN in exchanges else SESSIONS_A_YEAR
    return season._replace(sessions=tuple(sorted(sessions)), a_year=a_year)


def _sessions(first: date, last: date, exchange: str) -> tuple[date, ...]:
    days = calendar.sessions_between(first, last, exchange)
    return (calendar.session_back(days[0], 1, exchange), *days) if days else ()


async def _refuse_another_market(config: ArenaConfig, shelf: Shelf, season: str) -> None:
    mine = market_name(config.market)
    for played in await shelf.look_up(lambda store: store.rounds(season)):
        if other_market(played.market, mine):
            raise UsageError(
                f"the season {season} is played on {played.market}, and a benchmark would come from {mine}: "
                "name the season's configuration with --config"
            )


async def _benchmark(market: Market, name: str, sessions: Sequence[date]) -> Benchmark | None:
    ticker = check_ticker(name)
    if not sessions:
        return None
    found = await market.history(ticker, sessions[0], sessions[-1])
    if found is None or not found.history.bars:
        raise UsageError(f"no prices of the benchmark {ticker} from {sessions[0]} to {sessions[-1]}")
    return benchmark_of(found.history)
