"""Chats in the store and in the archive."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal, get_args

from pydantic import AwareDatetime

from arena.errors import AbstentionReason, StoreError, UsageError
from arena.records.base import Record
from arena.records.chat import Cost, Label, ModelChat
from arena.records.outcome import Action
from arena.records.standing import Tally
from arena.store.archive import Address, body_text, pretty_text
from arena.store.database import Database, address_of

COLUMNS = (
    "id, season, session, ticker, contestant, model, kind, action, fraction, confidence, reason, "
    "cost_known, unknown_calls, labels, started, finished, "
    "coalesce(json_array_length(body, '$.unsupported'), 0) AS unsupported"
)
ADDRESS = "season, session, ticker, contestant, id"
RECENT = 2000
"""How many of the newest ids are searched for one that was mistyped."""


class ChatRow(Record):
    """A chat without what was said: one line of a list."""

    id: str
    season: str
    session: date
    ticker: str
    contestant: str
    model: str
    kind: Literal["decision", "abstention"]
    action: Action | None
    """None for an abstention, as are fraction and confidence."""
    fraction: float | None
    confidence: float | None
    reason: AbstentionReason | None
    """None for a decision."""
    cost: Cost
    labels: tuple[Label, ...]
    started: AwareDatetime
    finished: AwareDatetime
    unsupported: int = 0
    """How many figures its stages state that nothing it was shown bears out."""


class ChatTables(Database):
    """What the store does with chats."""

    def save_chat(self, chat: ModelChat) -> None:
        """Store a chat and its archive file, both or neither; storing it again changes nothing.

        StoreError where another chat already has its id.
        """
        content = chat.model_dump(mode="json")
        body = body_text(content)
        with self.transaction():
            if stored := self._rows("SELECT body FROM chats WHERE id = ?", chat.id):
                if stored[0]["body"] != body:
                    raise StoreError(f"a different chat is already stored as {chat.id}")
                return
            self._prepared.append(Address(chat.season, chat.session, chat.ticker, chat.contestant, chat.id))
            self._archive.prepare(chat.id, pretty_text(content))
            self._insert("chats", [_row(chat, body)])

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
        return _chat(rows[0])

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
            "AND (?3 IS NULL OR ticker = ?3) AND (?4 IS NULL OR contestant = ?4) ORDER BY seq DESC LIMIT ?5",
            season,
            session.isoformat() if session else None,
            ticker,
            contestant,
            limit,
        )
        return tuple(_chat_row(row) for row in rows)

    def decided_chats(self, season: str, session: date) -> tuple[ModelChat, ...]:
        """The newest chat that ended in a decision, for each ticker and contestant, in that order."""
        rows = self._rows(
            "SELECT body FROM chats WHERE seq IN (SELECT max(seq) FROM chats "
            "WHERE season = ? AND session = ? AND kind = 'decision' GROUP BY ticker, contestant) "
            "ORDER BY ticker, contestant",
            season,
            session.isoformat(),
        )
        return tuple(_chat(row) for row in rows)

    def has_decided(self, season: str, session: date, ticker: str) -> bool:
        """Whether anybody came to a decision on the ticker at that session."""
        sql = "SELECT 1 FROM chats WHERE season = ? AND session = ? AND ticker = ? AND kind = 'decision' LIMIT 1"
        return bool(self._rows(sql, season, session.isoformat(), ticker))

    def tallies(self, season: str) -> tuple[Tally, ...]:
        """Each contestant's chats summed up: outcomes of the newest a session and ticker, costs of all."""
        newest = self._rows(
            "SELECT contestant, kind, count(*) AS n FROM chats WHERE seq IN (SELECT max(seq) FROM chats "
            "WHERE season = ? GROUP BY session, ticker, contestant) GROUP BY contestant, kind",
            season,
        )
        counted = {(row["contestant"], row["kind"]): row["n"] for row in newest}
        # Costs are added here: SQLite would add decimal text as floats.
        paid = self._rows("SELECT contestant, cost_known, unknown_calls, labels FROM chats WHERE season = ?", season)
        return tuple(
            _tally(contestant, counted, [row for row in paid if row["contestant"] == contestant])
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
            archived = json.loads((self._archive.folder / path).read_text(encoding="utf-8"))
        except ValueError:
            return False
        return bool(archived == json.loads(body))

    def _nearest(self, chat_id: str) -> str:
        ids = [row["id"] for row in self._rows("SELECT id FROM chats ORDER BY seq DESC LIMIT ?", RECENT)]
        near = get_close_matches(chat_id, ids, n=3, cutoff=0.5)
        return f"the nearest are {', '.join(near)}" if near else f"{len(ids)} chats are stored, and none is like it"


def _row(chat: ModelChat, body: str) -> dict[str, Any]:
    outcome, cost = chat.outcome, chat.cost
    decision = outcome if outcome.kind == "decision" else None
    return {
        "id": chat.id,
        "season": chat.season,
        "session": chat.session.isoformat(),
        "ticker": chat.ticker,
        "contestant": chat.contestant,
        "model": chat.model,
        "kind": outcome.kind,
        "action": decision.action if decision else None,
        "fraction": decision.fraction if decision else None,
        "confidence": decision.confidence if decision else None,
        "reason": outcome.reason if outcome.kind == "abstention" else None,
        "cost_known": str(cost.known),
        "unknown_calls": cost.unknown_calls,
        "labels": json.dumps(chat.labels),
        "started": chat.started.isoformat(),
        "finished": chat.finished.isoformat(),
        "body": body,
    }


def _chat(row: sqlite3.Row) -> ModelChat:
    # Not model_validate_json: pydantic's parser refuses the escaped half surrogates that json reads.
    return ModelChat.model_validate(json.loads(row["body"]))


def _chat_row(row: sqlite3.Row) -> ChatRow:
    fields = dict(row)
    cost = _cost(row)
    del fields["cost_known"], fields["unknown_calls"]
    return ChatRow.model_validate({**fields, "cost": cost, "labels": json.loads(row["labels"])})


def _cost(row: sqlite3.Row) -> Cost:
    return Cost(known=Decimal(row["cost_known"]), unknown_calls=row["unknown_calls"])


def _tally(contestant: str, counted: dict[tuple[str, str], int], paid: Iterable[sqlite3.Row]) -> Tally:
    total, borne = Cost(), set()
    for row in paid:
        total += _cost(row)
        borne.update(json.loads(row["labels"]))
    return Tally(
        contestant=contestant,
        decisions=counted.get((contestant, "decision"), 0),
        abstentions=counted.get((contestant, "abstention"), 0),
        cost=total,
        labels=tuple(label for label in get_args(Label) if label in borne),
    )
