"""What decisions led to in the books."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arena.ledger import Book, replay
from arena.records.trading import Fill, LedgerEvent, Order, Rejection
from arena.store import Store
from arena.web.reader import Reader


class Effect(NamedTuple):
    """An order and what became of it; neither a fill nor a rejection while it is open."""

    order: Order
    fill: Fill | None
    rejection: Rejection | None


class Effects(NamedTuple):
    """A season's books, and every order with its end."""

    events: tuple[LedgerEvent, ...]
    books: Mapping[str, Book]
    all: tuple[Effect, ...]
    """In the order the orders were written."""


def effects(reader: Reader, season: str) -> Effects:
    """What the ledger of a season tells. LedgerError where it breaks an invariant."""
    return reader.kept(("effects", season), lambda store: _effects(store, season), ("events",))


def effects_of(store: Store, season: str, session: date) -> Mapping[str, tuple[Effect, ...]]:
    """What was decided at one session led to, by chat; the rest of the ledger is not read for it."""
    return _by_chat(_ended(store.orders_of(season, session)))


def _effects(store: Store, season: str) -> Effects:
    events = store.events(season)
    return Effects(events, replay(events), _ended(events))


def _by_chat(found: Sequence[Effect]) -> dict[str, tuple[Effect, ...]]:
    by_chat: defaultdict[str, list[Effect]] = defaultdict(list)
    for one in found:
        by_chat[one.order.chat_id].append(one)
    return {chat: tuple(mine) for chat, mine in by_chat.items()}


def _ended(events: Sequence[LedgerEvent]) -> tuple[Effect, ...]:
    fills = {event.order_key: event for event in events if isinstance(event, Fill)}
    rejections = {event.order_key: event for event in events if isinstance(event, Rejection)}
    orders = [event for event in events if isinstance(event, Order)]
    return tuple(Effect(order, fills.get(order.key), rejections.get(order.key)) for order in orders)
