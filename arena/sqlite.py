"""How the arena's SQLite files are opened, kept to one schema, and explained when something is wrong with them."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from arena.errors import StoreError

BUSY_SECONDS = 30.0
"""How long a connection waits for others before the file counts as locked."""

WAL_PAGES = 5_000
"""Pages that gather in the write-ahead log, where they are as safe, before they are moved to the file itself: 40 MB of
a store, 20 MB of a tape. SQLite's own figure is 1000, which a round of chats fills time and again; each move waits
for the disk twice."""

MOST_VALUES = 900
"""How many values are given to one statement at the most; an SQLite of before 2020 takes 999."""

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_UNWRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


class SqliteFile:
    """A file that is open, and closed at the end of a `with`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connected(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions, for the thread that asks."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; others may write meanwhile. One thread uses it, and any may close it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)


@contextmanager
def closed_on_failure(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The connection, which is closed where what is done inside fails."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows of one width by few statements; `into` is what stands before their VALUES.

    A thread lets the interpreter go for each statement, and where others are at work waits for it again.
    """
    if not rows:
        return
    place = f"({', '.join('?' * len(rows[0]))})"
    together = max(1, MOST_VALUES // len(rows[0]))
    for first in range(0, len(rows), together):
        some = rows[first : first + together]
        values = [value for row in some for value in row]
        connection.execute(f"{into} VALUES {', '.join([place] * len(some))}", values)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Hold a lock beside the file, for which all processes queue that come here.

    Those that switch a fresh file to WAL at once lock each other out, busy timeout or not. The lock is an
    exclusive transaction over an empty database: it works on every platform and ends with its process.
    """
    with closing(sqlite3.connect(path.with_suffix(".lock"), timeout=BUSY_SECONDS, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def schema_version(connection: sqlite3.Connection, path: Path, known: int) -> int:
    """How many migrations the file has had. StoreError where it is more than the `known`."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > known:
        raise StoreError(
            f"{path} was written by a newer arena (schema {version}, this one knows {known}); update modelchat-arena"
        )
    return version


@contextmanager
def explained(path: Path, *, when_damaged: str) -> Iterator[None]:
    """SQLite's own failures as StoreErrors that name the file; a bug in our SQL stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
        if code in _LOCKED:
            raise StoreError(f"{path} is locked by another process; try again when it has ended") from error
        if code in _DAMAGED:
            raise StoreError(f"{path} is damaged or not a database ({error}); {when_damaged}") from error
        if code in _UNWRITABLE:
            raise StoreError(f"{path} cannot be written ({error}); check the disk and its permissions") from error
        raise
