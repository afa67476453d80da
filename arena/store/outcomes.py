"""What chats came to, without the rest of what was said: a few words of each for a page that shows many."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args

from pydantic import TypeAdapter

from arena.records.chat import Label
from arena.records.outcome import Outcome
from arena.records.trading import LedgerEvent
from arena.store.books import EVENT
from arena.store.database import Database

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_AT_ONCE = 500
"""Names in one query; SQLite takes 999 in its oldest builds."""


class OutcomeTables(Database):
    """What the store tells of outcomes, and of what became of them."""

    def outcomes(self, chat_ids: Sequence[str]) -> dict[str, Outcome]:
        """The outcome of each of these chats, by id; unknown ids are left out."""
        found: dict[str, Outcome] = {}
        for start in range(0, len(chat_ids), _AT_ONCE):
            some = chat_ids[start : start + _AT_ONCE]
            marks = ", ".join("?" for _ in some)
            # An object comes out as JSON text, its escapes as they are: a string might not be valid UTF-8.
            sql = f"SELECT id, json_extract(body, '$.outcome') AS outcome FROM chats WHERE id IN ({marks})"  # noqa: S608
            found |= {row["id"]: _OUTCOME.validate_python(json.loads(row["outcome"])) for row in self._rows(sql, *some)}
        return found

    def decision_counts(self, season: str) -> dict[date, dict[str, int]]:
        """How often each action was decided at each session, and how many `abstained`; newest chats only."""
        rows = self._rows(
            "SELECT session, CASE WHEN kind = 'abstention' THEN 'abstained' ELSE coalesce(action, 'BOTH') END AS what, "
            "count(*) AS n FROM chats WHERE seq IN (SELECT max(seq) FROM chats WHERE season = ? "
            "GROUP BY session, ticker, contestant) GROUP BY session, what",
            season,
        )
        found: dict[date, dict[str, int]] = {}
        for row in rows:
            found.setdefault(date.fromisoformat(row["session"]), {})[row["what"]] = row["n"]
        return found

    def orders_of(self, season: str, session: date) -> tuple[LedgerEvent, ...]:
        """The orders that were decided at a session, and their fills and rejections, in the order of writing."""
        sql = "SELECT key, body FROM events WHERE season = ? AND kind = 'order' AND session = ? ORDER BY seq"
        rows = self._rows(sql, season, session.isoformat())
        keys = json.dumps([row["key"] for row in rows])
        ends = self._rows(
            "SELECT body FROM events WHERE season = ? AND kind IN ('fill', 'rejection') AND session >= ? "
            "AND json_extract(body, '$.order_key') IN (SELECT value FROM json_each(?)) ORDER BY seq",
            season,
            session.isoformat(),
            keys,
        )
        return tuple(EVENT.validate_python(json.loads(row["body"])) for row in (*rows, *ends))

    def cast(self, season: str) -> dict[str, tuple[Label, ...] | None]:
        """Everybody with a book or a chat in a season, in order of name, with every label their chats bear.

        None for who has no chat.
        """
        booked = self._rows("SELECT DISTINCT contestant FROM events WHERE season = ?", season)
        said = self._rows("SELECT DISTINCT contestant, labels FROM chats WHERE season = ?", season)
        borne: dict[str, set[str] | None] = {row["contestant"]: None for row in booked}
        for row in said:
            borne[row["contestant"]] = (borne.get(row["contestant"]) or set()) | set(json.loads(row["labels"]))
        return {
            name: None if labels is None else tuple(one for one in get_args(Label) if one in labels)
            for name, labels in sorted(borne.items())
        }

    def chat_names(self, what: Literal["season", "ticker", "contestant"]) -> tuple[str, ...]:
        """Every season, ticker or contestant of any chat, in order."""
        rows = self._rows(f"SELECT DISTINCT {what} AS name FROM chats ORDER BY 1")  # noqa: S608  one of three words
        return tuple(row["name"] for row in rows)
