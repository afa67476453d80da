"""Whether a replay gave the same: records without their times and ids, and what differs in them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from arena.records.base import Record, canonical_json
from arena.records.chat import ModelChat
from arena.records.standing import Consensus, Standings
from arena.records.trading import Fill, Order, Rejection

_SHOWN = 200
"""Characters of a differing value that are shown."""

_BOOK = {"equity", "cash", "positions", "pnl", "return_pct", "trades", "closed_trades", "win_rate", "pending_orders"}
"""The part of a standing that comes of the book."""

_VERSIONS = ("code_version", "prompts_hash", "config_hash")


class Difference(Record):
    """One place in which two records differ."""

    where: str
    """Such as calls.3.reply."""
    stored: str
    replayed: str


def chat_differences(stored: ModelChat, replayed: ModelChat) -> tuple[Difference, ...]:
    """What differs but for times, ids, and the versions of code, prompts and settings.

    Calls are compared role by role: which of two roles that spoke at once was heard first is a matter of times.
    """
    return tuple(_differences("", _timeless(stored), _timeless(replayed)))


def version_notes(stored: ModelChat, replayed: ModelChat) -> tuple[str, ...]:
    """A sentence for each of code, prompts and settings that is not what the chat was recorded with."""
    return tuple(
        f"{name.replace('_', ' ')} was {getattr(stored, name)[:24]}, is {getattr(replayed, name)[:24]}"
        for name in _VERSIONS
        if getattr(stored, name) != getattr(replayed, name)
    )


def consensus_differences(stored: Sequence[Consensus], replayed: Sequence[Consensus]) -> tuple[Difference, ...]:
    """What differs in the votes."""
    plain = [{vote.ticker: vote.model_dump(mode="json") for vote in votes} for votes in (stored, replayed)]
    return tuple(_differences("consensus", *plain))


def trade_differences(
    stored: Sequence[Order | Fill | Rejection], replayed: Sequence[Order | Fill | Rejection]
) -> tuple[Difference, ...]:
    """What differs in orders and what became of them, but for the ids of the chats they came from."""
    plain = [
        {event.key: event.model_dump(mode="json", exclude={"chat_id"}) for event in events}
        for events in (stored, replayed)
    ]
    return tuple(_differences("trades", *plain))


def standing_differences(stored: Standings, replayed: Standings, names: Collection[str]) -> tuple[Difference, ...]:
    """What differs in where these contestants stand: their books alone, for ranks and coverage are others' too."""
    plain = [
        {row.contestant: row.model_dump(mode="json", include=_BOOK) for row in table.rows if row.contestant in names}
        for table in (stored, replayed)
    ]
    return tuple(_differences("standings", *plain))


def _timeless(chat: ModelChat) -> dict[str, Any]:
    content = chat.model_dump(mode="json", exclude={"id", "started", "finished", *_VERSIONS})
    for call in content["calls"]:
        del call["id"], call["started"], call["latency"]
    for error in content["errors"]:
        del error["at"]
    content["calls"].sort(key=lambda call: str(call["node"]))
    content["errors"].sort(key=canonical_json)
    return content


def _differences(where: str, stored: Any, replayed: Any) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(replayed, dict):
        for key in sorted({*stored, *replayed}):
            yield from _differences(f"{where}.{key}".lstrip("."), stored.get(key), replayed.get(key))
    elif isinstance(stored, list) and isinstance(replayed, list) and len(stored) == len(replayed):
        for number, (one, other) in enumerate(zip(stored, replayed, strict=True)):
            yield from _differences(f"{where}.{number}", one, other)
    elif stored != replayed:
        yield Difference(where=where, stored=_short(stored), replayed=_short(replayed))


def _short(value: Any) -> str:
    text = f"{len(value)} items" if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
