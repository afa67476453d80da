"""Research that was run ahead of its round, in the store until a chat has taken it up.

One desk has one that is ready. What no round can use any more is put aside, with the reason, and stays: it was paid
for. `ChatWriting.save_chats` removes what a chat has taken up, in the same transaction.
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from arena.errors import AbstentionReason, StoreError
from arena.records.research import Research
from arena.store.archive import body_text
from arena.store.database import Database


class ReadyResearch(NamedTuple):
    """Research that is ready for its round, without what was said."""

    id: str
    session: date
    ticker: str
    contestant: str
    snapshot_hash: str
    basis: str
    failure: AbstentionReason | None
    """Why its desk will abstain; None where it goes on."""


class ResearchTables(Database):
    """What the store does with research."""

    def save_research(self, research: Research) -> None:
        """Keep research for its round. StoreError where the desk has some already."""
        brief = research.brief
        row = {
            "id": research.id,
            "season": brief.season,
            "session": brief.session.isoformat(),
            "ticker": brief.ticker,
            "contestant": brief.contestant,
            "snapshot_hash": brief.snapshot_hash,
            "basis": research.basis,
            "failure": research.failure.reason if research.failure is not None else "",
            "aside": "",
            "body": body_text(research.model_dump(mode="json")),
        }
        desk = (brief.season, brief.session, brief.ticker, brief.contestant)
        with self.transaction():
            if (other := self.research(*desk)) is not None:
                raise StoreError(f"the desk of {brief.contestant} already has research ready as {other.id}")
            self._insert("research", [row])

    def research(self, season: str, session: date, ticker: str, contestant: str) -> Research | None:
        """The research that is ready for a desk; None where there is none."""
        sql = (
            "SELECT body FROM research "
            "WHERE season = ? AND session = ? AND ticker = ? AND contestant = ? AND aside = ''"
        )
        rows = self._rows(sql, season, session.isoformat(), ticker, contestant)
        return _research(rows[0]) if rows else None

    def ready_research(self, season: str, session: date | None = None) -> tuple[ReadyResearch, ...]:
        """What is ready for the rounds of a season, or for one of them, by session, ticker and contestant."""
        sql = (
            "SELECT id, session, ticker, contestant, snapshot_hash, basis, failure FROM research "
            "WHERE season = ?1 AND (?2 IS NULL OR session = ?2) AND aside = '' ORDER BY session, ticker, contestant"
        )
        return tuple(map(_ready, self._rows(sql, season, session.isoformat() if session else None)))

    def put_research_aside(self, ids: Iterable[str], why: str) -> tuple[Research, ...]:
        """Take research out of use and keep it with the reason; returns what was taken out, in the order given."""
        with self.transaction():
            found = [row for one in ids for row in self._rows("SELECT body FROM research WHERE id = ?", one)]
            taken = tuple(map(_research, found))
            for one in taken:
                self._rows("UPDATE research SET aside = ? WHERE id = ?", why, one.id)
        return taken

    def research_put_aside(self, season: str) -> tuple[tuple[Research, str], ...]:
        """What was put aside in a season, each with the reason, in the order it was made."""
        sql = "SELECT body, aside FROM research WHERE season = ? AND aside <> '' ORDER BY seq"
        return tuple((_research(row), str(row["aside"])) for row in self._rows(sql, season))


def _research(row: sqlite3.Row) -> Research:
    return Research.model_validate(json.loads(row["body"]))


def _ready(row: sqlite3.Row) -> ReadyResearch:
    fields = {**dict(row), "session": date.fromisoformat(row["session"]), "failure": row["failure"] or None}
    return ReadyResearch(**fields)
