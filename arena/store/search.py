"""Searching what was said at all desks."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from typing_extensions import TypedDict

from arena.errors import UsageError
from arena.records.search import SearchHit, SearchResult
from arena.search import Phrase, expression, passage_at, phrases, said_by, snippet
from arena.store.database import Database, iso

# CROSS JOIN keeps SQLite to this order: the index gives its matches by rank, and no more are read than are wanted.
_SQL = (
    "SELECT c.seq, p.path, said.rank AS rank, c.id, c.season, c.session, c.ticker, c.contestant, c.labels "
    "FROM said CROSS JOIN passages p ON p.id = said.rowid CROSS JOIN chats c ON c.seq = p.chat "
    "WHERE said MATCH ?1 AND (?2 IS NULL OR c.season = ?2) AND (?3 IS NULL OR c.session = ?3) "
    "AND (?4 IS NULL OR c.ticker = ?4) AND (?5 IS NULL OR c.contestant = ?5) "
    "ORDER BY said.rank LIMIT ?6 OFFSET ?7"
)


class SearchFilters(TypedDict, total=False):
    """Which chats `search` looks through, and which of the passages it gives; what is left out or None takes all."""

    season: str | None
    session: date | None
    ticker: str | None
    contestant: str | None
    limit: int
    """At most so many; 20 by default."""
    offset: int
    """How many of the best are left out; 0 by default."""


class SearchTables(Database):
    """What the store does to find words."""

    def search(
        self,
        asked: str,
        *,
        season: str | None = None,
        session: date | None = None,
        ticker: str | None = None,
        contestant: str | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchResult:
        """The passages that hold all that was asked for, the best first.

        Words are found whole, in any case and with or without accents, and from four letters on also as the beginning
        of longer ones; double quotes keep words together. Chinese, Japanese and Korean are found wherever they stand.
        Searched are reports, speeches, verdicts, plans, outcomes and imported texts; not prompts, tool results or
        thinking. Raises UsageError for a question without a letter or a digit, or one that is too long.
        """
        if limit < 1 or offset < 0:
            raise UsageError(
                f"a page of {limit} from {offset} on cannot be shown; limit is 1 or more, offset 0 or more"
            )
        wanted = phrases(asked)
        rows = self._rows(_SQL, expression(wanted), season, iso(session), ticker, contestant, limit + 1, offset)
        bodies: dict[int, Any] = {}
        hits = []
        for row in rows[:limit]:
            if row["seq"] not in bodies:
                bodies[row["seq"]] = json.loads(
                    self._rows("SELECT body FROM chats WHERE seq = ?", row["seq"])[0]["body"]
                )
            hits.append(_hit(row, bodies[row["seq"]], wanted))
        return SearchResult(asked=asked, hits=tuple(hits), offset=offset, more=len(rows) > limit)


def _hit(row: sqlite3.Row, content: dict[str, Any], wanted: Sequence[Phrase]) -> SearchHit:
    stage, role = said_by(content, row["path"])
    return SearchHit(
        chat_id=row["id"],
        season=row["season"],
        session=row["session"],
        ticker=row["ticker"],
        contestant=row["contestant"],
        labels=json.loads(row["labels"]),
        stage=stage,
        role=role,
        score=-row["rank"],
        snippet=snippet(passage_at(content, row["path"]), wanted),
    )
