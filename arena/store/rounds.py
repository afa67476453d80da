"""Rounds, their votes and leaderboards, and the index of snapshots in the store."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from arena.records.standing import Consensus, Round, Standings
from arena.store.archive import body_text
from arena.store.outbox import Copy, OutboxTables


class StandingsBefore(NamedTuple):
    """A leaderboard that was kept."""

    session: date
    """Of its round."""
    seq: int
    """How far the ledger went then; see `events_since`."""
    table: Standings


class RoundTables(OutboxTables):
    """What the store does with rounds, consensus, leaderboards and snapshots."""

    def save_round(self, round: Round) -> None:  # noqa: A002  the domain's word
        """Keep what was played; a round played again replaces itself."""
        row = {"season": round.season, "session": round.session.isoformat(), "body": body_text(_content(round))}
        with self.transaction():
            self._insert("rounds", [row], replace=True)
            self._copy_round(round.season, round.session)

    def round(self, season: str, session: date) -> Round | None:
        """The round of a session; None where there was none."""
        sql = "SELECT body FROM rounds WHERE season = ? AND session = ?"
        rows = self._rows(sql, season, session.isoformat())
        return _round(rows[0]) if rows else None

    def rounds(self, season: str) -> tuple[Round, ...]:
        """A season's rounds in order of session."""
        return tuple(map(_round, self._rows("SELECT body FROM rounds WHERE season = ? ORDER BY session", season)))

    def played_sessions(self, season: str) -> tuple[date, ...]:
        """The sessions of a season's rounds, in order."""
        rows = self._rows("SELECT session FROM rounds WHERE season = ? ORDER BY session", season)
        return tuple(date.fromisoformat(row["session"]) for row in rows)

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
        votes = tuple(votes)
        rows = [
            {
                "season": season,
                "session": vote.session.isoformat(),
                "ticker": vote.ticker,
                "body": body_text(_content(vote)),
            }
            for vote in votes
        ]
        with self.transaction():
            self._insert("consensus", rows, replace=True)
            for session in sorted({vote.session for vote in votes}):
                self._copy_round(season, session)

    def consensus(self, season: str, session: date) -> tuple[Consensus, ...]:
        """The votes of a session in order of ticker."""
        sql = "SELECT body FROM consensus WHERE season = ? AND session = ? ORDER BY ticker"
        rows = self._rows(sql, season, session.isoformat())
        return tuple(Consensus.model_validate(json.loads(row["body"])) for row in rows)

    def save_standings(self, session: date, table: Standings) -> None:
        """Keep the leaderboard as it stood when a session's round was over, in the place of an earlier one."""
        newest = self._rows("SELECT coalesce(max(seq), 0) AS seq FROM events WHERE season = ?", table.season)
        row = {
            "season": table.season,
            "session": session.isoformat(),
            "seq": newest[0]["seq"],
            "body": body_text(_content(table)),
        }
        with self.transaction():
            self._insert("standings", [row], replace=True)
            self._copy(Copy.of_changing("standings", (table.season, session.isoformat()), _content(table)))

    def standings_after(self, season: str, session: date) -> Standings | None:
        """The leaderboard as it stood when the session's round was over; None where none was kept."""
        rows = self._rows("SELECT body FROM standings WHERE season = ? AND session = ?", season, session.isoformat())
        return Standings.model_validate(json.loads(rows[0]["body"])) if rows else None

    def last_standings(self, season: str, before: date) -> StandingsBefore | None:
        """The newest leaderboard that was kept of a round before a session; None for a season's first."""
        sql = "SELECT session, seq, body FROM standings WHERE season = ? AND session < ? ORDER BY session DESC LIMIT 1"
        rows = self._rows(sql, season, before.isoformat())
        return _before(rows[0]) if rows else None

    def _copy_round(self, season: str, session: date) -> None:
        round_ = self.round(season, session)
        if round_ is not None:
            votes = map(_content, self.consensus(season, session))
            self._copy(Copy.of_changing("round", (season, session.isoformat()), _content(round_), *votes))

    def index_snapshot(self, hash: str, ticker: str, session: date, market_key: str) -> None:  # noqa: A002
        """Remember which snapshot a ticker had at a session under these market settings; the newest counts."""
        row = {"hash": hash, "ticker": ticker, "session": session.isoformat(), "market_key": market_key}
        self._insert("snapshots", [row], replace=True)

    def find_snapshot(self, ticker: str, session: date, market_key: str) -> str | None:
        """The hash of the snapshot that was remembered; None where none was."""
        sql = "SELECT hash FROM snapshots WHERE ticker = ? AND session = ? AND market_key = ?"
        rows = self._rows(sql, ticker, session.isoformat(), market_key)
        return str(rows[0]["hash"]) if rows else None


def _before(row: sqlite3.Row) -> StandingsBefore:
    table = Standings.model_validate(json.loads(row["body"]))
    return StandingsBefore(date.fromisoformat(row["session"]), row["seq"], table)


def _content(record: Round | Consensus | Standings) -> dict[str, object]:
    return record.model_dump(mode="json")


def _round(row: sqlite3.Row) -> Round:
    return Round.model_validate(json.loads(row["body"]))
