"""The leaderboard: where everybody stands, how they got there, and what was said last."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from arena.errors import StoreError, TickerError
from arena.market import calendar
from arena.market.listings import listing_of
from arena.metrics.benchmark import Benchmark
from arena.metrics.equity import Point, equity_curves
from arena.metrics.report import Season
from arena.records.base import Record
from arena.records.market import MarketSnapshot
from arena.records.standing import Standings
from arena.records.trading import Order
from arena.rounds.benchmark import own_benchmark
from arena.rounds.reporting import books_in_store, gone, newest_hashes, season_in_store, with_sessions
from arena.rounds.standing import standings_after
from arena.store import ChatRow, Store
from arena.web.keepsakes import kept_beside
from arena.web.reader import Fresh, Reader
from arena.web.reading.measure import measured_against
from arena.web.reading.seasons import SeasonHead, head


class Curves(Record):
    """Everybody's equity at the close of each session, in dollars."""

    sessions: tuple[date, ...]
    equity: dict[str, tuple[float | None, ...]]
    """By contestant, one a session; None before its book was opened."""
    benchmark: str | None
    level: tuple[float | None, ...]
    """What the first contestant's starting cash would be worth in the benchmark; empty where there is none."""
    waiting: tuple[Order, ...]
    """Orders that are neither filled nor rejected."""
    notes: tuple[str, ...]
    """What could not be had for it."""


class Board(NamedTuple):
    """All of the page but what takes long."""

    head: SeasonHead
    standings: Standings
    curves: Curves
    drawdowns: Mapping[str, float]
    """The deepest fall below an earlier high by contestant, as a part of that high; 0 where there was none."""
    newest: tuple[ChatRow, ...]
    """The decisions and abstentions of the last session, by ticker and contestant."""
    notes: tuple[str, ...]


def stored_season(reader: Reader, season: str) -> tuple[Season, tuple[str, ...]]:
    """All that figures of a season are made of, with notes on what is missing."""

    def read(store: Store) -> tuple[Season, tuple[str, ...]]:
        facts, notes = _newest_facts(reader, store, season)
        found, told = _with_sessions(season_in_store(store, season, reader.config, facts))
        return found, (*notes, *told)

    return reader.kept(("season", season), read, ("chats", "events", "marks", "rounds"))


def _stored_books(reader: Reader, season: str) -> tuple[Season, tuple[str, ...]]:
    """The same without what was said, which curves do not rest on."""

    def read(store: Store) -> tuple[Season, tuple[str, ...]]:
        facts, notes = _newest_facts(reader, store, season)
        found, told = _with_sessions(books_in_store(store, season, facts))
        return found, (*notes, *told)

    return reader.kept(("books", season), read, ("events", "marks", "rounds"))


def _with_sessions(found: Season) -> tuple[Season, tuple[str, ...]]:
    try:
        return with_sessions(found), ()
    except TickerError as error:
        # An import may hold anything: then the sessions are those of which something is stored.
        days = {mark.session for mark in found.marks} | {event.session for event in found.events}
        told = f"the exchange's calendar is not known ({error}), so only days of which something is stored count"
        return found._replace(sessions=tuple(sorted(days))), (told,)


def board(reader: Reader, season: str) -> Fresh[Board]:
    """The leaderboard of a season as it is stored; nothing is settled. UsageError for an unknown season.

    In a long season it may be a few seconds old.
    """
    head(reader, season)
    return reader.kept_meanwhile(("board", season), lambda store: _board(reader, store, season))


def board_now(reader: Reader, season: str) -> Board:
    """The leaderboard as it is at this moment, however long that takes. UsageError for an unknown season."""
    head(reader, season)
    return reader.kept(("board", season), lambda store: _board(reader, store, season))


def _board(reader: Reader, store: Store, season: str) -> Board:
    about = head(reader, season)
    table = kept_beside(store, f"standings {season}", Standings, lambda: _standings(reader, store, season))
    # What was only said moves no curve: while a round is played they stay.
    curves = reader.kept(
        ("curves", season),
        lambda store: kept_beside(store, f"curves {season}", Curves, lambda: _curves(reader, store, season)),
        ("events", "marks", "rounds", "seasons"),
    )
    return Board(
        head=about,
        standings=table,
        curves=curves,
        drawdowns={name: _deepest_fall(equity) for name, equity in curves.equity.items()},
        newest=newest_of_session(store, season, about.last),
        notes=(*_due(reader, curves.waiting), *curves.notes, *table.notes),
    )


def _standings(reader: Reader, store: Store, season: str) -> Standings:
    # The ledger is read for the curves too.
    events = _stored_books(reader, season)[0].events
    return standings_after(store, season, events)


def newest_of_session(store: Store, season: str, session: date | None) -> tuple[ChatRow, ...]:
    """The newest chat of each contestant on each ticker at a session, by ticker, then contestant."""
    if session is None:
        return ()
    found: dict[tuple[str, str], ChatRow] = {}
    for row in store.chat_rows(season=store.season_of_chats(season), session=session, limit=-1):
        found.setdefault((row.ticker, row.contestant), row)
    return tuple(found[key] for key in sorted(found))


def _newest_facts(reader: Reader, store: Store, season: str) -> tuple[dict[str, MarketSnapshot], tuple[str, ...]]:
    found, notes = {}, []
    for ticker, hash_ in newest_hashes(store, season).items():
        try:
            found[ticker] = reader.snapshot(hash_)
        except StoreError as error:
            notes.append(gone(ticker, error))
    return found, tuple(notes)


def _curves(reader: Reader, store: Store, season: str) -> Curves:
    stored, notes = _stored_books(reader, season)
    curves = equity_curves(stored.events, stored.marks, stored.sessions)
    by_name = {name: {point.session: point for point in curve.points} for name, curve in curves.items()}
    sessions = tuple(sorted({session for points in by_name.values() for session in points}))
    against, _ = measured_against(store, season, own_benchmark(store, season), stored.sessions)
    start = max((float(curve.book.start_cash) for curve in curves.values()), default=0.0)
    return Curves(
        sessions=sessions,
        equity={name: tuple(_equity(points.get(session)) for session in sessions) for name, points in by_name.items()},
        benchmark=against.name if against else None,
        level=_level(against, sessions, start),
        waiting=tuple(order for name in sorted(curves) for order in curves[name].book.pending),
        notes=notes,
    )


def _equity(point: Point | None) -> float | None:
    return None if point is None else round(float(point.equity), 2)


def _level(against: Benchmark | None, sessions: Sequence[date], start: float) -> tuple[float | None, ...]:
    """The starting cash in the benchmark, from the first of the sessions that it has a close of."""
    if against is None:
        return ()
    levels = dict(zip(against.sessions, against.levels, strict=True))
    first = next((levels[session] for session in sessions if session in levels), None)
    if first is None:
        return ()
    return tuple(round(start * levels[day] / first, 2) if day in levels else None for day in sessions)


def _deepest_fall(equity: Sequence[float | None]) -> float:
    high, deepest = 0.0, 0.0
    for value in equity:
        if value is not None and value > 0:
            high = max(high, value)
            deepest = min(deepest, value / high - 1)
    return deepest


def _has_come(order: Order, now: datetime) -> bool:
    try:
        exchange = listing_of(order.ticker).calendar
    except TickerError:
        return False
    return order.fills_on <= calendar.last_completed_session(now, exchange)


def _due(reader: Reader, waiting: Sequence[Order]) -> tuple[str, ...]:
    """A word on orders whose price is there and that nobody has settled, for these pages do not."""
    now = reader.clock()
    due = sum(_has_come(order, now) for order in waiting)
    if not due:
        return ()
    orders = "1 order is" if due == 1 else f"{due} orders are"
    return (f"{orders} due and not settled yet; `arena board` settles what is due, these pages only read",)
