"""A season's report: what is stored of it, brought together for `arena.metrics`."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from arena.config.contestants import BaselineContestant
from arena.config.model import ArenaConfig
from arena.config.twins import unmasked_twin
from arena.errors import StoreError, UsageError
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import BOOK_CURRENCY, Market
from arena.metrics.opinions import Opinion
from arena.metrics.report import Season, season_report
from arena.metrics.returns import SESSIONS_A_YEAR
from arena.records.market import MarketSnapshot, Split
from arena.records.performance import SeasonReport
from arena.records.trading import BookOpened, LedgerEvent, Mark, SplitApplied
from arena.rounds.board import board
from arena.rounds.measure import chosen, measured
from arena.rounds.shelf import Shelf
from arena.rounds.standing import cutoffs_of
from arena.store import ChatRow, Store

_ALL = 10_000_000
"""More chats than a season has."""

_ALWAYS_OPEN = "24/7"
_DAYS_A_YEAR = 365


async def report(
    config: ArenaConfig,
    market: Callable[[], Market],
    shelf: Shelf,
    season: str,
    now: datetime,
    *,
    benchmark: str | None = None,
    horizon: int = 1,
    as_of: date | None = None,
) -> SeasonReport:
    """The season's report, after settling the orders that are due, as it stood at the close of `as_of`.

    `benchmark` is a ticker to measure against: the season's own by default, whose closes are kept, and `none` for
    none; `horizon` in how many sessions a decision is judged. Closes between rounds are those of the newest
    snapshots. Raises StoreError where there is no store, UsageError for a benchmark without prices, or of another
    market than the season's, DateError for a day before the season or one that is not over.
    """
    if horizon < 1:
        raise UsageError(f"a horizon of {horizon} sessions is none; 1 is the next session")
    yardstick = await chosen(config, shelf, season, benchmark)
    table = await board(config, market, shelf, season, now, as_of=as_of)
    snapshots, notes = await _newest_snapshots(shelf, season, as_of)
    stored = await shelf.look_up(lambda store: season_in_store(store, season, config, snapshots, as_of))
    # Calendars are built at their first use, and a bootstrap takes a while: neither is for the event loop.
    whole = await asyncio.to_thread(with_sessions, stored)
    against, told = await measured(yardstick, market, shelf, season, whole.sessions)
    found = await asyncio.to_thread(season_report, whole, against, horizon)
    return found.model_copy(update={"notes": (*table.notes, *told, *notes, *found.notes)})


def season_in_store(
    store: Store, season: str, config: ArenaConfig, snapshots: Mapping[str, MarketSnapshot], as_of: date | None = None
) -> Season:
    """The season as it is kept, its sessions still to be found; `snapshots` are the newest by ticker."""
    rows = store.chat_rows(season=store.season_of_chats(season), limit=_ALL)
    return books_in_store(store, season, snapshots, as_of)._replace(
        opinions=_opinions(row for row in rows if as_of is None or row.session <= as_of),
        tallies=store.tallies(season, as_of),
        cutoffs=cutoffs_of(config),
        random=[c.name for c in config.players if isinstance(c, BaselineContestant) and c.rule == "random"],
        twins={c.name: twin for c in config.contestants if (twin := unmasked_twin(c, config.contestants))},
    )


def books_in_store(
    store: Store, season: str, snapshots: Mapping[str, MarketSnapshot], as_of: date | None = None
) -> Season:
    """The same without anything that was said: what curves are made of. Its sessions are still to be found."""
    events = store.events(season, as_of)
    return Season(
        name=season,
        events=events,
        marks=_with_closes(store.marks(season, as_of), snapshots),
        opinions=(),
        tallies=(),
        sessions=(),
        cutoffs={},
        splits=_splits(events, snapshots),
        splits_since={t: snapshot.prices.bars[0].session for t, snapshot in snapshots.items() if snapshot.prices.bars},
    )


def _splits(events: Iterable[LedgerEvent], snapshots: Mapping[str, MarketSnapshot]) -> dict[str, tuple[Split, ...]]:
    """By ticker, those that the newest snapshots show, and those that came to holders after them."""
    found = {ticker: {split.ex_date: split for split in s.prices.splits} for ticker, s in snapshots.items()}
    for event in events:
        if isinstance(event, SplitApplied):
            known = found.setdefault(event.ticker, {})
            known.setdefault(event.ex_date, Split(ex_date=event.ex_date, ratio=event.ratio))
    return {ticker: tuple(known[ex_date] for ex_date in sorted(known)) for ticker, known in found.items()}


async def _newest_snapshots(
    shelf: Shelf, season: str, as_of: date | None
) -> tuple[dict[str, MarketSnapshot], tuple[str, ...]]:
    """By ticker, and a note for each that is no longer there."""
    found, notes = {}, []
    for ticker, hash_ in (await shelf.look_up(lambda store: newest_hashes(store, season, as_of))).items():
        try:
            found[ticker] = await shelf.snapshot(hash_)
        except StoreError as error:
            notes.append(gone(ticker, error))
    return found, tuple(notes)


def newest_hashes(store: Store, season: str, as_of: date | None = None) -> dict[str, str]:
    """The hash of each ticker's newest snapshot in a season, in order of ticker."""
    known = [round_ for round_ in store.rounds(season) if as_of is None or round_.session <= as_of]
    newest = {ticker: hash_ for round_ in known for ticker, hash_ in round_.snapshots.items()}
    return dict(sorted(newest.items()))


def gone(ticker: str, error: StoreError) -> str:
    """The note on a ticker whose newest snapshot is no longer there."""
    return f"{ticker} has only the closes kept while somebody held it, for its facts are gone: {error}"


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


def with_sessions(season: Season) -> Season:
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
