"""The tables of the cloud copy: the migration that makes them, and each record as a row of its table.

A row has the columns that are asked for, and the whole record as `content`, the same as `--json` prints. The prompts
of a chat stand in a table of their own, so that a policy can keep them from the public. PostgreSQL takes no NUL
character and no half of a surrogate pair in text, so both are put right.
"""

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from arena.errors import UsageError
from arena.llm.characters import clean_json
from arena.records.base import Record
from arena.records.outbox import OutboxRow
from arena.records.trading import Fill, Order
from arena.standings import standings
from arena.store import Store
from arena.store.chat_rows import row_of

Rows = Mapping[str, list[dict[str, Any]]]
"""Rows by table, in the order in which the tables are written."""

TABLES = ("rounds", "chats", "prompts", "fills", "standings")

_HERE = "arena.sinks"
_PROMPTS_STAY = (
    "-- The prompts stay with the service role; `arena supabase schema --allow-prompts` lets anybody read them."
)
_PROMPTS_GO = """grant select on public.prompts to anon, authenticated;
create policy "anybody reads prompts" on public.prompts for select to anon, authenticated using (true);"""


def schema(*, allow_prompts: bool = False) -> str:
    """The migration, as SQL; `allow_prompts` lets the public read prompts."""
    text = files(_HERE).joinpath("supabase.sql").read_text(encoding="utf-8")
    return text.replace("-- {prompts}", _PROMPTS_GO if allow_prompts else _PROMPTS_STAY)


def rows_of(delivery: OutboxRow, store: Store, *, prompts: bool) -> Rows:
    """The rows of the record that a delivery names, as it is now; none for one that the store no longer has."""
    key = delivery.body["key"]
    match delivery.kind:
        case "chat":
            return _chat(store, *key, prompts=prompts)
        case "round":
            return _round(store, *key)
        case "fill":
            return _fill(store, *key)
        case "standings":
            return _standings(store, *key)
        case "message":
            raise ValueError(f"a message is no record: {delivery.key}")


def keep_leaderboard(store: Store, season: str) -> None:
    """Keep the leaderboard of a season's last round as it stands now, where none was kept of any of its rounds.

    That is so where they were played by an earlier version, or elsewhere.
    """
    rounds = store.rounds(season)
    if rounds and store.last_standings(season, date.max) is None:
        table = standings(season, store.events(season), store.marks(season), store.tallies(season))
        store.save_standings(rounds[-1].session, table)


def _chat(store: Store, chat_id: str, *, prompts: bool) -> Rows:
    try:
        chat = store.chat(chat_id)
    except UsageError:
        return {}
    content = clean_json(chat.model_dump(mode="json"))
    told = [{"call": call["id"], "prompt": call.pop("prompt")} for call in content["calls"]]
    columns = clean_json({name: value for name, value in row_of(chat, "").items() if name != "body"})
    row = {**columns, "labels": content["labels"], "content": content}
    return {"chats": [row], **({"prompts": [{"id": content["id"], "prompts": told}]} if prompts else {})}


def _round(store: Store, season: str, session: str) -> Rows:
    day = date.fromisoformat(session)
    round_ = store.round(season, day)
    if round_ is None:
        return {}
    content = _content(round_)
    row = _columns(content, "season", "session", "as_of", "tickers", "contestants")
    votes = [_content(vote) for vote in store.consensus(season, day)]
    return {"rounds": [{"id": f"{season}.{session}", **row, "consensus": votes, "content": content}]}


def _fill(store: Store, season: str, key: str) -> Rows:
    fill = store.event(season, key)
    if not isinstance(fill, Fill):
        return {}
    order = store.event(season, fill.order_key)
    content = _content(fill)
    row = _columns(
        content, "session", "contestant", "ticker", "side", "shares", "price", "slippage", "fee", "rule", "order_key"
    )
    chat_id = order.chat_id if isinstance(order, Order) else None
    return {"fills": [{"id": f"{season}.{key}", "season": season, **row, "chat_id": chat_id, "content": content}]}


def _standings(store: Store, season: str, session: str) -> Rows:
    table = store.standings_after(season, date.fromisoformat(session))
    rows = [_content(row) for row in table.rows] if table is not None else []
    columns = ("contestant", "rank", "medal", "labels", "equity", "cash", "pnl", "return_pct")
    place = {"season": season, "session": session}
    return {
        "standings": [
            {"id": f"{season}.{session}.{row['contestant']}", **place, **_columns(row, *columns), "content": row}
            for row in rows
        ]
    }


def _content(record: Record) -> dict[str, Any]:
    content: dict[str, Any] = clean_json(record.model_dump(mode="json"))
    return content


def _columns(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: content[name] for name in names}
