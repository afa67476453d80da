"""How chats ended, without the rest of what was said: a few words of each for a page that shows many."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import TypeAdapter

from arena.records.outcome import Outcome
from arena.store.database import Database

_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_AT_ONCE = 500
"""Names in one query; SQLite takes 999 in its oldest builds."""


class OutcomeTables(Database):
    """What the store tells of outcomes alone."""

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

    def chat_names(self, what: Literal["season", "ticker", "contestant"]) -> tuple[str, ...]:
        """Every season, ticker or contestant of any chat, in order."""
        rows = self._rows(f"SELECT DISTINCT {what} AS name FROM chats ORDER BY 1")  # noqa: S608  one of three words
        return tuple(row["name"] for row in rows)
