"""What the store remembers for the contestants: past decisions and reflections, and what each round was opened with."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta

from arena.records.memory import Lesson, PastDecision, ReflectionStage
from arena.store.archive import body_text
from arena.store.database import Database

DeskLessons = Mapping[tuple[str, str], tuple[Lesson, ...]]
"""By ticker and contestant."""


class MemoryTables(Database):
    """What the store does with memory."""

    def past_decisions(
        self, season: str, ticker: str, contestant: str, through: date, most: int, *, masked: bool = False
    ) -> tuple[PastDecision, ...]:
        """A contestant's newest decisions on a ticker up to a session, one a session, the newest first.

        Those it made under its mask where it is `masked`, and those it made without one where it is not.
        """
        rows = self._rows(
            # The newest decision of a session counts. Taken out as JSON: of a text SQLite drops what follows a NUL.
            "SELECT session, json_extract(body, '$.outcome', '$.id') AS told FROM chats WHERE seq IN "
            "(SELECT max(seq) FROM chats WHERE season = ? AND session <= ? AND ticker = ? AND contestant = ? "
            "AND kind = 'decision' AND (json_extract(body, '$.masked') IS NOT NULL) = ? "
            "GROUP BY session ORDER BY session DESC LIMIT ?) ORDER BY session DESC",
            season,
            through.isoformat(),
            ticker,
            contestant,
            masked,
            most,
        )
        return tuple(_past_decision(row, masked=masked) for row in rows)

    def reflections(
        self, season: str, ticker: str, contestant: str, after: date, before: date, *, masked: bool = False
    ) -> dict[tuple[date, date], tuple[str, date]]:
        """What a contestant wrote about its decisions on a ticker in the rounds between two sessions.

        By the sessions of the decision and of its horizon's end: the text, and the round's session. The newest counts.
        Written under its mask, or without one; a masked chat tells all of its days moved, which is undone.
        """
        rows = self._rows(
            "SELECT session, json_extract(body, '$.stages.reflection', '$.masked.weeks') AS told FROM chats "
            "WHERE season = ? AND session > ? AND session < ? AND ticker = ? AND contestant = ? "
            "AND (json_extract(body, '$.masked') IS NOT NULL) = ? ORDER BY session, seq",
            season,
            after.isoformat(),
            before.isoformat(),
            ticker,
            contestant,
            masked,
        )
        stages = [(date.fromisoformat(row["session"]), *json.loads(row["told"])) for row in rows]
        return {
            (lesson.session - moved, lesson.until - moved): (lesson.reflection, session)
            for session, stage, weeks in stages
            if stage is not None
            for moved in [timedelta(weeks=weeks or 0)]
            for lesson in ReflectionStage.model_validate(stage).lessons
            # Those of earlier rounds are repeated there, and cut.
            if lesson.reflection is not None and lesson.reflected == session + moved
        }

    def save_lessons(self, season: str, session: date, lessons: DeskLessons) -> None:
        """Keep what desks of a round are shown of their past. The first word on a desk stays."""
        rows = [
            {
                "season": season,
                "session": session.isoformat(),
                "ticker": ticker,
                "contestant": contestant,
                "body": body_text({"lessons": [one.model_dump(mode="json") for one in shown]}),
            }
            for (ticker, contestant), shown in lessons.items()
        ]
        self._insert("lessons", rows, ignore=True)

    def lessons(self, season: str, session: date) -> dict[tuple[str, str], tuple[Lesson, ...]]:
        """What the desks of a round are shown, by ticker and contestant; those it was not opened for are not there."""
        sql = "SELECT ticker, contestant, body FROM lessons WHERE season = ? AND session = ?"
        return {
            (row["ticker"], row["contestant"]): tuple(map(Lesson.model_validate, json.loads(row["body"])["lessons"]))
            for row in self._rows(sql, season, session.isoformat())
        }


def _past_decision(row: sqlite3.Row, *, masked: bool) -> PastDecision:
    outcome = json.loads(row["told"])[0]
    told = {name: outcome[name] for name in ("action", "fraction", "confidence", "reasoning")}
    return PastDecision.model_validate({"session": row["session"], "masked": masked, **told})
