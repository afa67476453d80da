"""The tables, as ordered migrations. A released migration is never edited; a change is a new one.

Money is TEXT, for SQLite would make it a float. `body` is the whole record as canonical JSON; the other
columns are what queries ask for. `seq` is the order of writing.
"""

import sqlite3

from sqlite_utils import Database, Migrations

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
    """What the desks of a round are shown of their past, as it was opened; and the splits of seasons' benchmarks."""
    db.table("lessons").create(
        {"season": str, "session": str, "ticker": str, "contestant": str, "body": str},
        pk=("season", "session", "ticker", "contestant"),
        not_null={"body"},
        strict=True,
    )
    db.table("splits").create(
        {"season": str, "ticker": str, "ex_date": str, "ratio": str},
        pk=("season", "ticker", "ex_date"),
        not_null={"ratio"},
        strict=True,
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
