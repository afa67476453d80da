"""The tables, as ordered migrations. A released migration is never edited; a change is a new one.

Money is TEXT, for SQLite would make it a float. `body` is the whole record as JSON; the other
columns are what queries ask for. `seq` is the order of writing.
"""

import json
import sqlite3

from sqlite_utils import Database, Migrations

from arena.search import passages
from arena.store.index import index_passages

migrations = Migrations("arena")


@migrations()
def first_tables(db: Database) -> None:
    """Chats, events, marks, rounds, consensus and the index of snapshots."""
    _chats(db)
    events = db.table("events").create(
        {"seq": int, "season": str, "key": str, "kind": str, "contestant": str, "session": str, "body": str},
        pk="seq",
        not_null={"season", "key", "kind", "contestant", "session", "body"},
        strict=True,
    )
    events.create_index(["season", "key"], unique=True)
    db.table("marks").create(
        {"season": str, "ticker": str, "session": str, "close": str, "source": str},
        pk=("season", "ticker", "session"),
        not_null={"close", "source"},
        strict=True,
    )
    db.table("rounds").create(
        {"season": str, "session": str, "body": str}, pk=("season", "session"), not_null={"body"}, strict=True
    )
    db.table("consensus").create(
        {"season": str, "session": str, "ticker": str, "body": str},
        pk=("season", "session", "ticker"),
        not_null={"body"},
        strict=True,
    )
    snapshots = db.table("snapshots").create(
        {"seq": int, "hash": str, "ticker": str, "session": str, "market_key": str},
        pk="seq",
        not_null={"hash", "ticker", "session", "market_key"},
        strict=True,
    )
    snapshots.create_index(["ticker", "session", "market_key"], unique=True)


@migrations()
def spending(db: Database) -> None:
    """What each request to a model cost, written before it is sent."""
    columns = {"id": str, "at": str, "season": str, "session": str, "contestant": str, "dollars": str, "known": int}
    made = db.table("spending").create(columns, pk="id", not_null=columns.keys() - {"id"}, strict=True)
    made.create_index(["season", "session"])
    made.create_index(["at"])


@migrations()
def spenders(db: Database) -> None:
    """Who spends and what is still under way, for processes that share one budget."""
    for column, kind, at_first in (("spender", str, ""), ("open", int, 0), ("number", int, 0)):
        db.table("spending").add_column(column, kind, not_null_default=at_first)
    db.table("spending").create_index(["number"])
    # Partial: of all spending only a handful is ever open.
    db.execute("CREATE INDEX idx_spending_open ON spending (spender) WHERE open = 1")


@migrations()
def seasons(db: Database) -> None:
    """What was planned of each season, and which of its rounds are over."""
    db.table("seasons").create({"season": str, "body": str}, pk="season", not_null={"body"}, strict=True)
    db.table("season_rounds").create(
        {"season": str, "session": str, "finished": str},
        pk=("season", "session"),
        not_null={"finished"},
        strict=True,
    )


@migrations()
def memory(db: Database) -> None:
    """What the desks of a round are shown of their past, as it was opened."""
    db.table("lessons").create(
        {"season": str, "session": str, "ticker": str, "contestant": str, "body": str},
        pk=("season", "session", "ticker", "contestant"),
        not_null={"body"},
        strict=True,
    )


@migrations()
def search(db: Database) -> None:
    """The index over what was said. It holds no text: passages lead to the chats' bodies, which do."""
    db.table("passages").create({"id": int, "chat": int, "path": str}, pk="id", not_null={"chat", "path"}, strict=True)
    # Words come folded and set apart, so the plainest tokenizer does: whatever is no ASCII is part of a word.
    db.execute("CREATE VIRTUAL TABLE said USING fts5(words, content='', tokenize='ascii')")
    for seq, body in db.execute("SELECT seq, body FROM chats ORDER BY seq"):
        index_passages(db.conn, [(seq, one) for one in passages(json.loads(body))])


@migrations()
def benchmark_actions(db: Database) -> None:
    """Dividends and splits of the benchmarks whose closes are kept."""
    columns = {"season": str, "ticker": str, "body": str}
    db.table("actions").create(columns, pk=("season", "ticker"), not_null={"body"}, strict=True)


@migrations()
def outbox(db: Database) -> None:
    """What leaves the machine, and whether it has."""
    # AUTOINCREMENT, which sqlite-utils does not write: no id may be used twice.
    db.execute(
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, sink TEXT NOT NULL, "
        "kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL, "
        "attempts INTEGER NOT NULL, next_try TEXT, last_error TEXT NOT NULL, settled TEXT) STRICT"
    )
    db.table("outbox").create_index(["sink", "state", "id"])


@migrations()
def standings(db: Database) -> None:
    """The leaderboard as it stood when each round was over, and how far the ledger went then."""
    db.table("standings").create(
        {"season": str, "session": str, "seq": int, "body": str},
        pk=("season", "session"),
        not_null={"seq", "body"},
        strict=True,
    )


@migrations()
def research(db: Database) -> None:
    """Research that was run ahead of its round."""
    columns = ("id", "season", "session", "ticker", "contestant", "snapshot_hash", "basis", "failure", "aside", "body")
    made = db.table("research").create(
        {"seq": int, **dict.fromkeys(columns, str)}, pk="seq", not_null=set(columns), strict=True
    )
    made.create_index(["id"], unique=True)
    # Partial: a desk has one that is ready, beside any number that were put aside.
    db.execute(
        "CREATE UNIQUE INDEX idx_research_ready ON research (season, session, ticker, contestant) WHERE aside = ''"
    )


@migrations()
def rescorings(db: Database) -> None:
    """Seasons that are another one's decisions under other settings."""
    db.table("rescorings").create(
        {"season": str, "origin": str, "body": str}, pk="season", not_null={"origin", "body"}, strict=True
    )


def _chats(db: Database) -> None:
    optional = {"action", "fraction", "confidence", "reason"}
    columns = {
        "seq": int,
        "id": str,
        "season": str,
        "session": str,
        "ticker": str,
        "contestant": str,
        "model": str,
        "kind": str,
        "action": str,
        "fraction": float,
        "confidence": float,
        "reason": str,
        "cost_known": str,
        "unknown_calls": int,
        "labels": str,
        "started": str,
        "finished": str,
        "body": str,
    }
    chats = db.table("chats").create(columns, pk="seq", not_null=columns.keys() - optional - {"seq"}, strict=True)
    chats.create_index(["id"], unique=True)
    chats.create_index(["season", "session", "ticker", "contestant"])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database up to the newest schema, at once or not at all."""
    db = Database(connection, execute_plugins=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        connection.execute(f"PRAGMA user_version = {len(migrations.applied(db))}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
