"""The SQLite file: made, migrated, opened, and written in transactions that the archive follows.

Readers and writers need plain sqlite3 only. sqlite-utils, which loads pandas where it is installed (half a second),
is imported by migrations.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Self

from arena.errors import StoreError
from arena.sqlite import (
    SqliteFile,
    alone_with,
    closed_on_failure,
    connected,
    explained,
    insert_rows,
    read_only,
    schema_version,
)
from arena.store.archive import Address, Archive

SCHEMA_VERSION = 11
"""How many migrations there are; the database holds it as its user_version."""


class Database(SqliteFile):
    """A connection to the store of one home folder, for the thread that opened it."""

    def __init__(self, home: Path, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.home = home
        self._path = _file(home)
        self._archive = Archive(home / "archive")
        self._prepared: list[Address] = []

    @staticmethod
    def exists(home: Path) -> bool:
        """Whether there is a store at `home`."""
        return _file(home).exists()

    @classmethod
    def open(cls, home: Path) -> Self:
        """The store at `home`, made where there is none; StoreError for one this code cannot read."""
        path = _file(home)
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with _explained(path):
                _create(path)
        return cls._opened(home)

    @classmethod
    def open_existing(cls, home: Path) -> Self:
        """The store at `home`; StoreError where there is none."""
        if not _file(home).exists():
            raise StoreError(f"no arena data at {home}; run `arena demo` or `arena run` first")
        return cls._opened(home)

    @classmethod
    def open_to_read(cls, home: Path) -> Self:
        """The store at `home` for a reader that never writes, not even what a killed process left to settle.

        SQLite itself refuses every write. StoreError where there is none, and for one of another version.
        """
        path = _file(home)
        if not path.exists():
            raise StoreError(f"no arena data at {home}; run `arena demo` or `arena run` first")
        with _explained(path), closed_on_failure(_set_up(read_only(path))) as connection:
            _refuse_an_older(connection, path)
        return cls(home, connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen together or not at all; a nested one is undone alone."""
        if self._connection.in_transaction:
            with self._savepoint():
                yield
            return
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._explained():
                self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        prepared, self._prepared = self._prepared, []
        for address in prepared:
            self._archive.publish(address)

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """All reads inside see the store as it is at the first of them; others may write meanwhile."""
        if self._connection.in_transaction:
            yield
            return
        with self._explained():
            self._connection.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        # A full disk or a failed COMMIT may have ended the transaction already.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._discard(0)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        before = len(self._prepared)
        # Savepoints nest under one name: each statement means the innermost.
        with self._explained():
            self._connection.execute("SAVEPOINT nested")
        try:
            yield
        except BaseException:
            # A full disk may have ended the whole transaction already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO nested")
                self._connection.execute("RELEASE nested")
            self._discard(before)
            raise
        with self._explained():
            self._connection.execute("RELEASE nested")

    def _discard(self, before: int) -> None:
        for address in self._prepared[before:]:
            self._archive.discard(address.id)
        del self._prepared[before:]

    def _rows(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        with self._explained():
            return self._connection.execute(sql, parameters).fetchall()

    def _insert(self, table: str, rows: list[dict[str, Any]], *, replace: bool = False, ignore: bool = False) -> None:
        if not rows:
            return
        columns = list(rows[0])
        how = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE" if ignore else "INSERT"
        into = f"{how} INTO {table} ({', '.join(columns)})"
        with self._explained(), self.transaction():
            insert_rows(self._connection, into, [[row[column] for column in columns] for row in rows])

    def _explained(self) -> AbstractContextManager[None]:
        return _explained(self._path)

    @classmethod
    def _opened(cls, home: Path) -> Self:
        path = _file(home)
        with _explained(path), closed_on_failure(_connected(path)) as connection:
            _check_version(connection, path)
            store = cls(home, connection)
            store._settle_archive()
        return store

    def _settle_archive(self) -> None:
        """Finish what a killed process left: publish the files whose chats are stored, remove the others."""
        if not self._archive.pending():
            return
        with self.transaction():
            for chat_id in self._archive.pending():
                rows = self._rows("SELECT season, session, ticker, contestant, id FROM chats WHERE id = ?", chat_id)
                for row in rows:
                    self._archive.publish(address_of(row))
                if not rows:
                    self._archive.discard(chat_id)


def address_of(row: sqlite3.Row) -> Address:
    """The archive address in a row of chats."""
    return Address(row["season"], date.fromisoformat(row["session"]), row["ticker"], row["contestant"], row["id"])


def iso(day: date | None) -> str | None:
    """A day as the tables hold it, NULL for none."""
    return None if day is None else day.isoformat()


def _file(home: Path) -> Path:
    return home / "arena.sqlite"


def _connected(path: Path) -> sqlite3.Connection:
    return _set_up(connected(path))


def _set_up(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.row_factory = sqlite3.Row
    return connection


def _create(path: Path) -> None:
    """Make the database aside and move it into place, so that nobody ever opens half a schema."""
    new = path.with_suffix(".new")
    with alone_with(path):
        if path.exists():
            return
        for leftover in path.parent.glob(f"{new.name}*"):
            leftover.unlink()
        with closing(_connected(new)) as connection:
            # Chats are large: pages of SQLite's own four kilobytes take a sixth longer to write, and 1% less room.
            connection.execute("PRAGMA page_size = 8192")
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection)
        new.replace(path)


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = schema_version(connection, path, SCHEMA_VERSION)
    if version < 1:
        raise StoreError(f"{path} is not an arena store; move it away or choose another home")
    if version < SCHEMA_VERSION:
        _migrate(connection)


def _refuse_an_older(connection: sqlite3.Connection, path: Path) -> None:
    if schema_version(connection, path, SCHEMA_VERSION) < SCHEMA_VERSION:
        raise StoreError(f"{path} was written by an older arena; `arena season list` brings it up to date")


def _migrate(connection: sqlite3.Connection) -> None:
    from arena.store.schema import migrate  # noqa: PLC0415  only a store of an older version pays for it

    migrate(connection)


def _explained(path: Path) -> AbstractContextManager[None]:
    return explained(path, when_damaged="restore it or move it away")
