"""Ledger events and marks in the store."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from arena.errors import StoreError
from arena.records.trading import LedgerEvent, MarginCall, Mark, Order
from arena.store.archive import body_text
from arena.store.database import iso
from arena.store.outbox import Copy, OutboxTables

EVENT: TypeAdapter[LedgerEvent] = TypeAdapter(LedgerEvent)


class BookTables(OutboxTables):
    """What the store does with ledgers and marks."""

    def append_events(self, season: str, events: Iterable[LedgerEvent]) -> tuple[LedgerEvent, ...]:
        """Add events to a season's ledger, all or none, and return those that are new.

        An event that is already there is left out; StoreError where its key is there with other content.
        """
        given = [(event, body_text(event.model_dump(mode="json"))) for event in events]
        with self.transaction():
            new = self._not_there(season, given)
            self._insert("events", [_row(season, event, body) for event, body in new])
            for event, _ in new:
                if event.kind == "fill":
                    self._copy(Copy("fill", (season, event.key)))
        return tuple(event for event, _ in new)

    def events(self, season: str, through: date | None = None) -> tuple[LedgerEvent, ...]:
        """A season's ledger, in the order it was written; `through` leaves out what took effect after that session."""
        sql = "SELECT body FROM events WHERE season = ?1 AND (?2 IS NULL OR session <= ?2) ORDER BY seq"
        rows = self._rows(sql, season, iso(through))
        return tuple(EVENT.validate_python(json.loads(row["body"])) for row in rows)

    def waiting(self, season: str) -> tuple[Order | MarginCall, ...]:
        """Orders and margin calls that nothing has answered, as they were written; no book is replayed for it."""
        ended = (
            "SELECT json_extract(body, '$.order_key') AS key FROM events "
            "WHERE season = ? AND kind IN ('fill', 'rejection')"
        )
        over = {row["key"] for row in self._rows(ended, season)}
        placed = "SELECT key, body FROM events WHERE season = ? AND kind IN ('order', 'margin_call') ORDER BY seq"
        open_ = [row["body"] for row in self._rows(placed, season) if row["key"] not in over]
        events = (EVENT.validate_python(json.loads(body)) for body in open_)
        return tuple(event for event in events if isinstance(event, Order | MarginCall))

    def event(self, season: str, key: str) -> LedgerEvent | None:
        """The event of a season's ledger with this key; None where there is none."""
        rows = self._rows("SELECT body FROM events WHERE season = ? AND key = ?", season, key)
        return EVENT.validate_python(json.loads(rows[0]["body"])) if rows else None

    def events_since(self, season: str, seq: int) -> tuple[LedgerEvent, ...]:
        """What was written to a season's ledger after it had come this far, in order."""
        rows = self._rows("SELECT body FROM events WHERE season = ? AND seq > ? ORDER BY seq", season, seq)
        return tuple(EVENT.validate_python(json.loads(row["body"])) for row in rows)

    def save_marks(self, season: str, marks: Iterable[Mark]) -> None:
        """Keep marks. The first for a ticker and session stays: standings do not move when a vendor corrects it."""
        self._insert(
            "marks",
            [
                {
                    "season": season,
                    "ticker": mark.ticker,
                    "session": mark.session.isoformat(),
                    "close": str(mark.close),
                    "source": mark.source,
                }
                for mark in marks
            ],
            ignore=True,
        )

    def marks(self, season: str, through: date | None = None) -> tuple[Mark, ...]:
        """A season's marks in order of session, then ticker; `through` leaves out those of later sessions."""
        sql = (
            "SELECT ticker, session, close, source FROM marks WHERE season = ?1 AND (?2 IS NULL OR session <= ?2) "
            "ORDER BY session, ticker"
        )
        return tuple(Mark.model_validate(dict(row)) for row in self._rows(sql, season, iso(through)))

    def untouched_tickers(self, season: str) -> tuple[str, ...]:
        """The tickers with marks that no event and no round of the season is about, in order."""
        sql = (
            "SELECT DISTINCT ticker FROM marks WHERE season = ?1 AND ticker NOT IN "
            "(SELECT json_extract(body, '$.ticker') AS named FROM events WHERE season = ?1 AND named IS NOT NULL) "
            "AND ticker NOT IN (SELECT value FROM rounds, json_each(rounds.body, '$.tickers') WHERE season = ?1) "
            "ORDER BY ticker"
        )
        return tuple(row["ticker"] for row in self._rows(sql, season))

    def _not_there(self, season: str, given: Sequence[tuple[LedgerEvent, str]]) -> list[tuple[LedgerEvent, str]]:
        """Those of events and their bodies that the ledger does not have. StoreError for one that it has otherwise."""
        keys = json.dumps([event.key for event, _ in given])
        sql = "SELECT key, body FROM events WHERE season = ? AND key IN (SELECT value FROM json_each(?))"
        there, new = {row["key"]: row["body"] for row in self._rows(sql, season, keys)}, []
        for event, body in given:
            if (known := there.get(event.key)) is None:
                there[event.key] = body
                new.append((event, body))
            elif known != body:
                raise StoreError(f"the ledger of {season} already has another event {event.key}: {known}")
        return new


def _row(season: str, event: LedgerEvent, body: str) -> dict[str, Any]:
    return {
        "season": season,
        "key": event.key,
        "kind": event.kind,
        "contestant": event.contestant,
        "session": event.session.isoformat(),
        "body": body,
    }
