"""Where each table's rows come from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from arena.export import book_tables as books
from arena.export import chat_tables as chats
from arena.export import season_tables as wholes
from arena.export.columns import Table
from arena.records.chat import ModelChat
from arena.records.trading import Fill, Order, Rejection
from arena.rounds.standing import equity_of, standings_of
from arena.store import Store

Cutoffs = Mapping[str, date]
"""Knowledge cutoffs by contestant."""


def _events(store: Store, season: str, _: Cutoffs) -> Iterator[books.EventRow]:
    return (books.EventRow(season, place, event) for place, event in enumerate(store.events(season), 1))


def _orders(store: Store, season: str, _: Cutoffs) -> Iterator[books.OrderRow]:
    events = store.events(season)
    ended: dict[str, tuple[str, str | None]] = {}
    for event in events:
        if isinstance(event, Fill):
            ended[event.order_key] = "filled", None
        elif isinstance(event, Rejection):
            ended[event.order_key] = "rejected", event.reason
    for event in events:
        if isinstance(event, Order):
            yield books.OrderRow(season, event, *ended.get(event.key, ("pending", None)))


def _fills(store: Store, season: str, _: Cutoffs) -> Iterator[books.FillRow]:
    return (books.FillRow(season, event) for event in store.events(season) if isinstance(event, Fill))


def _marks(store: Store, season: str, _: Cutoffs) -> Iterator[books.MarkRow]:
    return (books.MarkRow(season, mark) for mark in store.marks(season))


def _equity(store: Store, season: str, cutoffs: Cutoffs) -> Iterator[wholes.EquityRow]:
    for curve in equity_of(store, season, cutoffs=cutoffs):
        yield from (wholes.EquityRow(season, curve.contestant, point) for point in curve.points)


def _standings(store: Store, season: str, _: Cutoffs) -> Iterator[wholes.StandingRow]:
    table = standings_of(store, season)
    return (wholes.StandingRow(table, row) for row in table.rows)


def _positions(store: Store, season: str, _: Cutoffs) -> Iterator[wholes.PositionRow]:
    table = standings_of(store, season)
    return (wholes.PositionRow(table, row, position) for row in table.rows for position in row.positions)


def _consensus(store: Store, season: str, _: Cutoffs) -> Iterator[wholes.VoteRow]:
    for round_ in store.rounds(season):
        yield from (wholes.VoteRow(season, vote) for vote in store.consensus(season, round_.session))


OF_CHATS: tuple[tuple[Table[Any], Callable[[ModelChat], Iterable[Any]]], ...] = (
    (chats.CHATS, chats.chat_rows),
    (chats.DECISIONS, chats.chat_rows),
    (chats.CALLS, chats.call_rows),
    (chats.TEXTS, chats.text_rows),
)
"""Tables made of one chat after the other."""

OF_SEASONS: tuple[tuple[Table[Any], Callable[[Store, str, Cutoffs], Iterable[Any]]], ...] = (
    (wholes.STANDINGS, _standings),
    (wholes.POSITIONS, _positions),
    (wholes.EQUITY, _equity),
    (wholes.CONSENSUS, _consensus),
    (books.ORDERS, _orders),
    (books.FILLS, _fills),
    (books.MARKS, _marks),
    (books.EVENTS, _events),
)
"""Tables made of a season at once."""
