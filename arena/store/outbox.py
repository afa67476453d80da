"""The outbox: what leaves the machine waits here, from the transaction that made it until it is sent.

Deliveries of one sink are sent in the order of their ids. What is queued anew for the sake of a newer record gets a
new id, so that the end of a sending that was under way meanwhile does not count for it. No id is used twice.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from arena.records.base import content_hash
from arena.records.outbox import Delivery, DeliveryState, OutboxRow
from arena.store.archive import body_text
from arena.store.database import Database

Renewal = Literal["never", "changed", "always"]
"""Whether a delivery that was queued before is queued anew: never, where its body is another one, or whatever was;
one that waits with the same body is left as it is."""

_LONGEST_ERROR = 500


class Copy(NamedTuple):
    """A record for the cloud copy, by its key: it is read when it is sent, so that the newest of it arrives."""

    kind: Literal["chat", "round", "fill", "standings"]
    key: tuple[str, ...]
    """The id of a chat, season and session of a round or of its leaderboard, season and key of a fill."""
    hash: str = ""
    """Another one once the record is; empty for what never changes."""

    @classmethod
    def of_changing(
        cls, kind: Literal["round", "standings"], key: tuple[str, ...], *content: dict[str, object]
    ) -> "Copy":
        """A record that may be another one later, with all that is copied of it."""
        whole = {str(number): part for number, part in enumerate(content)}
        return cls(kind, key, content_hash(whole)[:16])

    def to(self, sink: str) -> Delivery:
        """Its delivery to a sink."""
        body = {"key": list(self.key), "hash": self.hash}
        return Delivery(key="/".join((self.kind, *self.key, sink)), sink=sink, kind=self.kind, body=body)


class OutboxTables(Database):
    """What the store does with what leaves the machine."""

    copied_to: tuple[str, ...] = ()
    """Sinks for which each chat, round, fill and leaderboard is queued in the transaction that stores it."""

    def queue(self, deliveries: Iterable[Delivery], *, renew: Renewal = "never") -> int:
        """Queue what was not queued before, all or none; how many are new."""
        with self.transaction():
            return sum(self._queued(delivery, renew) for delivery in deliveries)

    def is_queued(self, key: str) -> bool:
        """Whether a delivery of this key was queued ever, whatever became of it."""
        return bool(self._rows("SELECT 1 FROM outbox WHERE key = ?", key))

    def outbox(self, *states: DeliveryState, sink: str | None = None, limit: int = 100) -> tuple[OutboxRow, ...]:
        """Deliveries in these states (waiting and failed by default), those that were queued first first.

        At most `limit` of them; all where that is -1.
        """
        states = states or ("waiting", "failed")
        marks = ", ".join("?" for _ in states)
        rows = self._rows(
            f"SELECT * FROM outbox WHERE state IN ({marks}) AND (? IS NULL OR sink = ?) ORDER BY id LIMIT ?",  # noqa: S608  marks only
            *states,
            sink,
            sink,
            limit,
        )
        return tuple(map(_row, rows))

    def next_deliveries(self, sink: str, limit: int) -> tuple[OutboxRow, ...]:
        """What waits for one sink, what comes first first, whether it is due or not."""
        return self.outbox("waiting", sink=sink, limit=limit)

    def outbox_counts(self) -> dict[tuple[str, DeliveryState], int]:
        """How many deliveries each sink has in each state."""
        rows = self._rows("SELECT sink, state, count(*) AS n FROM outbox GROUP BY sink, state ORDER BY sink, state")
        return {(row["sink"], row["state"]): row["n"] for row in rows}

    def sent(self, ids: Sequence[int], at: datetime) -> None:
        """Remember that deliveries were sent."""
        self._settle(ids, "sent", at)

    def postpone(self, ids: Sequence[int], error: str, until: datetime) -> None:
        """Remember that a sending failed, and when to try again."""
        with self.transaction():
            for one in ids:
                self._rows(
                    "UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_try = ? "
                    "WHERE id = ? AND state = 'waiting'",
                    _kept(error),
                    _instant(until),
                    one,
                )

    def refuse(self, ids: Sequence[int], error: str, at: datetime) -> None:
        """Remember that the sink refused deliveries for good."""
        self._settle(ids, "failed", at, error, attempts=1)

    def refuse_all(self, sink: str, error: str, at: datetime) -> None:
        """Remember that the sink takes nothing of what waits for it."""
        with self.transaction():
            rows = self._rows("SELECT id FROM outbox WHERE sink = ? AND state = 'waiting'", sink)
            self._settle([row["id"] for row in rows], "failed", at, error)

    def retry(self, ids: Collection[int] | None = None) -> tuple[int, ...]:
        """Let what failed wait again, all of it where no ids are given; the ids of what does."""
        chosen = [row["id"] for row in self._rows("SELECT id FROM outbox WHERE state = 'failed' ORDER BY id")]
        chosen = [one for one in chosen if ids is None or one in ids]
        with self.transaction():
            for one in chosen:
                self._rows(
                    "UPDATE outbox SET state = 'waiting', attempts = 0, next_try = NULL, settled = NULL WHERE id = ?",
                    one,
                )
        return tuple(chosen)

    def drop(self, ids: Collection[int], at: datetime) -> tuple[int, ...]:
        """Give up what waits or failed, of these ids; the ids of what was. It is not queued again by itself."""
        rows = self._rows("SELECT id FROM outbox WHERE state IN ('waiting', 'failed') ORDER BY id")
        chosen = [row["id"] for row in rows if row["id"] in ids]
        with self.transaction():
            for one in chosen:
                self._rows("UPDATE outbox SET state = 'dropped', settled = ? WHERE id = ?", _instant(at), one)
        return tuple(chosen)

    def forget_sent(self, before: datetime) -> int:
        """Forget what was sent or dropped before an instant; how many were.

        Of a message its key stays, so that a round that is played again is not announced again.
        """
        settled = "state IN ('sent', 'dropped') AND settled < ?"
        with self.transaction():
            forgotten = self._rows(
                f"DELETE FROM outbox WHERE {settled} AND kind <> 'message' RETURNING id",  # noqa: S608  constant texts
                _instant(before),
            )
            emptied = self._rows(
                f"UPDATE outbox SET body = '{{}}', last_error = '' WHERE {settled} AND body <> '{{}}' RETURNING id",  # noqa: S608
                _instant(before),
            )
        return len(forgotten) + len(emptied)

    def _copy(self, copy: Copy) -> None:
        """Queue a record for the sinks that get copies, in the transaction that stores it; anew where it changed."""
        for sink in self.copied_to:
            self._queued(copy.to(sink), "changed")

    def _queued(self, delivery: Delivery, renew: Renewal) -> bool:
        body = body_text(delivery.body)
        if known := self._rows("SELECT id, state, body FROM outbox WHERE key = ?", delivery.key):
            same = known[0]["body"] == body
            waits = known[0]["state"] == "waiting"
            if renew == "never" or (same and (waits or renew == "changed")):
                return False
            self._rows("DELETE FROM outbox WHERE id = ?", known[0]["id"])
        self._rows(
            "INSERT INTO outbox (key, sink, kind, body, state, created, attempts, last_error) "
            "VALUES (?, ?, ?, ?, 'waiting', strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), 0, '')",
            delivery.key,
            delivery.sink,
            delivery.kind,
            body,
        )
        return True

    def _settle(
        self, ids: Sequence[int], state: DeliveryState, at: datetime, error: str | None = None, attempts: int = 0
    ) -> None:
        """Only what waits: what was queued anew or dropped meanwhile has another id, or another state."""
        told = None if error is None else _kept(error)
        with self.transaction():
            for one in ids:
                self._rows(
                    "UPDATE outbox SET state = ?, settled = ?, last_error = coalesce(?, last_error), "
                    "attempts = attempts + ? WHERE id = ? AND state = 'waiting'",
                    *(state, _instant(at), told, attempts, one),
                )


def _kept(error: str) -> str:
    """An error's words as SQLite takes them, at a length that suits a list."""
    return error.encode("utf-8", "replace").decode().replace("\x00", "")[:_LONGEST_ERROR]


def _row(row: sqlite3.Row) -> OutboxRow:
    return OutboxRow.model_validate({**dict(row), "body": json.loads(row["body"])})


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
