"""Rounds, their votes, and the index of snapshots in the store."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date

from arena.records.standing import Consensus, Round
from arena.store.archive import body_text
from arena.store.database import Database


class RoundTables(Database):
    """What the store does with rounds, consensus and snapshots."""

    def save_round(self, round: Round) -> None:  # noqa: A002  the domain's word
        """Keep what was played; a round played again replaces itself."""
        row = {"season": round.season, "session": round.session.isoformat(), "body": body_text(_content(round))}
        self._insert("rounds", [row], replace=True)

    def round(self, season: str, session: date) -> Round | None:
        """The round of a session; None where there was none."""
        sql = "SELECT body FROM rounds WHERE season = ? AND session = ?"
        rows = self._rows(sql, season, session.isoformat())
        return _round(rows[0]) if rows else None

    def rounds(self, season: str) -> tuple[Round, ...]:
        """A season's rounds in order of session."""
        return tuple(map(_round, self._rows("SELECT body FROM rounds WHERE season = ? ORDER BY session", season)))

    def seasons(self) -> tuple[str, ...]:
        """Every season with a round, a chat or an event, by name."""
        sql = "SELECT season FROM rounds UNION SELECT season FROM chats UNION SELECT season FROM events ORDER BY 1"
        return tuple(row["season"] for row in self._rows(sql))

    def span(self, season: str) -> tuple[date, date] | None:
        """The first session anything was played in, and the last one anything is known of; None for no season."""
        played = "SELECT session FROM rounds WHERE season = ?1 UNION ALL SELECT session FROM chats WHERE season = ?1"
        booked = "SELECT session FROM events WHERE season = ?1"
        marked = "SELECT max(session) FROM marks WHERE season = ?1"
        sql = f"SELECT min(session) AS first, max(max(session), coalesce(({marked}), '')) AS last "
        (row,) = self._rows(f"{sql} FROM ({played} UNION ALL {booked})", season)
        return (date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) if row["first"] else None

    def save_consensus(self, season: str, votes: Iterable[Consensus]) -> None:
        """Keep votes; one on the same session and ticker replaces the earlier one."""
        rows = [
            {
                "season": season,
                "session": vote.session.isoformat(),
                "ticker": vote.ticker,
                "body": body_text(_content(vote)),
            }
            for vote in votes
        ]
        self._insert("consensus", rows, replace=True)

    def consensus(self, season: str, session: date) -> tuple[Consensus, ...]:
        """The votes of a session in order of ticker."""
        sql = "SELECT body FROM consensus WHERE season = ? AND session = ? ORDER BY ticker"
        rows = self._rows(sql, season, session.isoformat())
        return tuple(Consensus.model_validate(json.loads(row["body"])) for row in rows)

    def index_snapshot(self, hash: str, ticker: str, session: date, market_key: str) -> None:  # noqa: A002
        """Remember which snapshot a ticker had at a session under these market settings; the newest counts."""
        row = {"hash": hash, "ticker": ticker, "session": session.isoformat(), "market_key": market_key}
        self._insert("snapshots", [row], replace=True)

    def find_snapshot(self, ticker: str, session: date, market_key: str) -> str | None:
        """The hash of the snapshot that was remembered; None where none was."""
        sql = "SELECT hash FROM snapshots WHERE ticker = ? AND session = ? AND market_key = ?"
        rows = self._rows(sql, ticker, session.isoformat(), market_key)
        return str(rows[0]["hash"]) if rows else None


def _content(record: Round | Consensus) -> dict[str, object]:
    return record.model_dump(mode="json")


def _round(row: sqlite3.Row) -> Round:
    return Round.model_validate(json.loads(row["body"]))
