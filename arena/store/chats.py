"""Chats in the store and in the archive, found again, listed and summed up."""

import json
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from typing_extensions import TypedDict

from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.records.replica import MARK
from arena.records.standing import Tally
from arena.store.chat_rows import (
    COLUMNS,
    ChatEnding,
    ChatRow,
    chat_of,
    chat_row_of,
    ending_of,
    tally_of,
)
from arena.store.chat_writing import ChatWriting
from arena.store.database import address_of, iso
from arena.store.rescorings import RescoringTables

ADDRESS = "season, session, ticker, contestant, id"
RECENT = 2000
"""How many of the newest ids are searched for one that was mistyped."""


class ChatFilters(TypedDict, total=False):
    """Which chats `chat_rows` lists; what is left out or None takes all."""

    season: str | None
    session: date | None
    ticker: str | None
    contestant: str | None
    """Its replicas are meant too."""
    limit: int
    """At most so many; 100 by default."""


class ChatTables(ChatWriting, RescoringTables):
    """What the store does with chats that it has."""

    def chat(self, chat_id: str) -> ModelChat:
        """The chat of this id, or of the one id that begins so; UsageError names the nearest ids otherwise."""
        rows = self._rows("SELECT body FROM chats WHERE id = ?", chat_id)
        rows = rows or self._rows(
            "SELECT id, body FROM chats WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 6", chat_id
        )
        if not rows:
            raise UsageError(f"no chat {chat_id}; {self._nearest(chat_id)}")
        if len(rows) > 1:
            raise UsageError(f"several chats begin with {chat_id}: {', '.join(row['id'] for row in rows[:5])}")
        return chat_of(rows[0])

    def each_chat(self, season: str) -> Iterator[ModelChat]:
        """A season's chats, one after the other, in the order they were stored."""
        # By their places, so that no more than one is in memory and writes in between are no matter.
        places = self._rows("SELECT seq FROM chats WHERE season = ? ORDER BY seq", season)
        for row in places:
            yield chat_of(self._rows("SELECT body FROM chats WHERE seq = ?", row["seq"])[0])

    def chat_rows(
        self,
        season: str | None = None,
        session: date | None = None,
        ticker: str | None = None,
        contestant: str | None = None,
        limit: int = 100,
    ) -> tuple[ChatRow, ...]:
        """The newest chats that match, newest first."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM chats WHERE (?1 IS NULL OR season = ?1) AND (?2 IS NULL OR session = ?2) "  # noqa: S608  constant columns
            "AND (?3 IS NULL OR ticker = ?3) AND (?4 IS NULL OR contestant = ?4 "
            f"OR substr(contestant, 1, length(?4) + 1) = ?4 || '{MARK}') ORDER BY seq DESC LIMIT ?5",
            season,
            iso(session),
            ticker,
            contestant,
            limit,
        )
        return tuple(chat_row_of(row) for row in rows)

    def decided_chats(self, season: str, session: date, *, abstentions_too: bool = False) -> tuple[ModelChat, ...]:
        """The newest chat that ended in a decision, for each ticker and contestant, in that order.

        With `abstentions_too` it is the newest chat that ended at all, where none ended in a decision.
        """
        # Decisions first, then the newest: seq grows without bound, and a boolean outweighs none of it.
        rows = self._rows(
            "SELECT body FROM (SELECT body, ticker, contestant, row_number() OVER "
            "(PARTITION BY ticker, contestant ORDER BY kind = 'decision' DESC, seq DESC) AS place "
            "FROM chats WHERE season = ? AND session = ? AND (? OR kind = 'decision')) "
            "WHERE place = 1 ORDER BY ticker, contestant",
            season,
            session.isoformat(),
            abstentions_too,
        )
        return tuple(chat_of(row) for row in rows)

    def decisions(self, season: str, session: date) -> dict[tuple[str, str], str]:
        """The id of the newest chat with an action, an imported one too, by ticker and contestant."""
        columns, made = "ticker, contestant, id", "season = ? AND session = ? AND action IS NOT NULL"
        sql = f"SELECT {columns} FROM chats WHERE {made} ORDER BY seq"  # noqa: S608  constant texts
        return {(row["ticker"], row["contestant"]): row["id"] for row in self._rows(sql, season, session.isoformat())}

    def endings(self, season: str, session: date) -> tuple[ChatEnding, ...]:
        """How every chat of a session ended, the oldest first."""
        columns = "id, ticker, contestant, kind, action, labels"
        sql = f"SELECT {columns} FROM chats WHERE season = ? AND session = ? ORDER BY seq"  # noqa: S608  constant columns
        return tuple(map(ending_of, self._rows(sql, season, session.isoformat())))

    def spoken(self, season: str, session: date) -> frozenset[str]:
        """Who has a chat at a session."""
        sql = "SELECT DISTINCT contestant FROM chats WHERE season = ? AND session = ?"
        return frozenset(row["contestant"] for row in self._rows(sql, season, session.isoformat()))

    def has_decided(self, season: str, session: date, ticker: str) -> bool:
        """Whether anybody came to a decision on the ticker at that session."""
        sql = "SELECT 1 FROM chats WHERE season = ? AND session = ? AND ticker = ? AND kind = 'decision' LIMIT 1"
        return bool(self._rows(sql, season, session.isoformat(), ticker))

    def tallies(self, season: str, through: date | None = None) -> tuple[Tally, ...]:
        """Each contestant's chats summed up: outcomes of the newest a session and ticker, costs of all.

        `through` leaves out the chats of later sessions. A rescored season's are those of the season it re-prices, and
        labelled so.
        """
        origin = self.season_of_chats(season)
        tallies = self._tallies(origin, through)
        if origin == season:
            return tallies
        return tuple(tally.model_copy(update={"labels": (*tally.labels, "rescored")}) for tally in tallies)

    def _tallies(self, season: str, through: date | None) -> tuple[Tally, ...]:
        meant = "season = ?1 AND (?2 IS NULL OR session <= ?2)"
        newest = self._rows(
            f"SELECT contestant, kind, count(*) AS n FROM chats WHERE seq IN (SELECT max(seq) FROM chats "  # noqa: S608  constant condition
            f"WHERE {meant} GROUP BY session, ticker, contestant) GROUP BY contestant, kind",
            season,
            iso(through),
        )
        counted = {(row["contestant"], row["kind"]): row["n"] for row in newest}
        # Costs are added here: SQLite would add decimal text as floats.
        costs = f"SELECT contestant, cost_known, unknown_calls, labels FROM chats WHERE {meant}"  # noqa: S608  as above
        paid = self._rows(costs, season, iso(through))
        return tuple(
            tally_of(contestant, counted, [row for row in paid if row["contestant"] == contestant])
            for contestant in sorted({row["contestant"] for row in paid})
        )

    def verify_archive(self) -> tuple[str, ...]:
        """One sentence for every difference between the stored chats and the archived files; empty when equal."""
        # File systems that ignore case may spell a folder as an earlier chat did.
        unknown = {str(path).casefold(): path for path in self._archive.files()}
        differences = [f"the file of chat {chat_id} was never published" for chat_id in self._archive.pending()]
        for row in self._rows(f"SELECT {ADDRESS} FROM chats ORDER BY seq"):  # noqa: S608  constant columns
            path = address_of(row).path
            if unknown.pop(str(path).casefold(), None) is None:
                differences.append(f"chat {row['id']} has no file {path}")
            elif not self._same(row["id"], path.as_posix()):
                differences.append(f"{path} is not what is stored as chat {row['id']}")
        return (*differences, *(f"{path} belongs to no stored chat" for path in unknown.values()))

    def _same(self, chat_id: str, path: str) -> bool:
        body = self._rows("SELECT body FROM chats WHERE id = ?", chat_id)[0]["body"]
        try:
            archived = (self._archive.folder / path).read_text(encoding="utf-8")
            # A row of an earlier version holds the same in another order, without white space.
            return bool(archived == body or json.loads(archived) == json.loads(body))
        except ValueError:
            return False

    def _nearest(self, chat_id: str) -> str:
        ids = [row["id"] for row in self._rows("SELECT id FROM chats ORDER BY seq DESC LIMIT ?", RECENT)]
        near = get_close_matches(chat_id, ids, n=3, cutoff=0.5)
        return f"the nearest are {', '.join(near)}" if near else f"{len(ids)} chats are stored, and none is like it"
