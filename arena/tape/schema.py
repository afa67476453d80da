"""The tape's tables, as ordered migrations in plain SQL: reading a tape loads nothing but sqlite3."""

import sqlite3
from pathlib import Path

from arena.errors import StoreError
from arena.sqlite import alone_with, schema_version

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE packs (first INTEGER PRIMARY KEY, size INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE TABLE parts (hash BLOB PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE chats (id TEXT PRIMARY KEY, label INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE exchanges (
        chat TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,
        role TEXT NOT NULL,
        request BLOB NOT NULL,
        latency REAL,
        content INTEGER NOT NULL,
        PRIMARY KEY (chat, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prices (
        season TEXT NOT NULL,
        ticker TEXT NOT NULL,
        hash BLOB NOT NULL,
        seq INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (season, ticker, hash)
    ) STRICT, WITHOUT ROWID;
    """,
    "CREATE TABLE pruned (chat TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;",
)
"""In order; a released one is never edited, a change is a new one."""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest schema, whoever else opens it at the same time."""
    if _version(connection, path) == len(MIGRATIONS):
        return
    with alone_with(path):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[_version(connection, path) :]:
            for statement in filter(str.strip, statements.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def refuse_an_older(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a file that a reader would have to migrate first."""
    if _version(connection, path) < len(MIGRATIONS):
        raise StoreError(f"{path} was written by an older arena; the next round brings it up to date")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    return schema_version(connection, path, len(MIGRATIONS))
