"""The tape's file: `tape.sqlite` beside the store, with a life of its own.

It can be left behind or deleted without harm to any book. Parts have consecutive numbers; each pack holds the
new parts of one writing, compressed together, from its first number on. `parts` finds the number of a part by
its SHA-256, so that nothing is stored twice.
"""

import hashlib
import json
import marshal
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from arena.errors import StoreError
from arena.same import WhileAlive
from arena.sqlite import SqliteFile, closed_on_failure, connected, explained, insert_rows, read_only
from arena.tape import parts
from arena.tape.plain import to_plain
from arena.tape.schema import prepare, refuse_an_older

RESEARCH_ONLY = 0
"""The label of a chat of which only the research is there; parts are numbered from 1."""

_REMEMBERED = 100_000
"""Numbers of stored parts kept in memory before all are forgotten; they are looked up again then."""

_LEARNT = 50_000
"""Parts of a tape that are learnt at its first writing, those of a thousand chats: 0.03 seconds and 8 MB."""


class TapeFile(SqliteFile):
    """A connection to the tape of one home folder, for the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.path = path
        self._unpacked: Callable[[int], list[str]] = lru_cache(maxsize=256)(self._read_pack)
        self._known: dict[bytes, int] = {}
        self._knows_all = False
        """Whether every part of the file is among those."""
        self._changes: int | None = None
        self.kept: WhileAlive[object, int] = WhileAlive()
        """The numbers of exchanges that were kept ahead of their chat."""

    @staticmethod
    def exists(home: Path) -> bool:
        """Whether there is a tape at `home`."""
        return _path(home).exists()

    @classmethod
    def open(cls, home: Path) -> Self:
        """The tape at `home`, made where there is none; StoreError for one this code cannot read."""
        path = _path(home)
        home.mkdir(parents=True, exist_ok=True)
        with _explained(path), closed_on_failure(connected(path)) as connection:
            prepare(connection, path)
        return cls(path, connection)

    @classmethod
    def open_to_read(cls, home: Path) -> Self:
        """The tape at `home` for a reader that never writes; StoreError for one of another version, or none."""
        path = _path(home)
        with _explained(path), closed_on_failure(read_only(path)) as connection:
            refuse_an_older(connection, path)
        return cls(path, connection)

    @contextmanager
    def writing(self) -> Iterator["NewParts"]:
        """Writes that happen together or not at all; hands out how parts are kept."""
        with _explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._forget_what_others_may_have_dropped()
                new = NewParts(self._connection, self._known, knows_all=self._knows_all)
                yield new
                new.write()
                self._connection.execute("COMMIT")
                self._remember(new.numbers | new.trees)
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def forget(self) -> None:
        """Forget what was remembered of parts: some are no more, or read otherwise."""
        self._forget_parts()
        self._unpacked = lru_cache(maxsize=256)(self._read_pack)

    def _forget_parts(self) -> None:
        self._known.clear()
        self._knows_all = False
        self.kept.clear()

    def _forget_what_others_may_have_dropped(self) -> None:
        """Another connection has written to the file: perhaps it was pruned."""
        changes = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if changes == self._changes:
            return
        first, self._changes = self._changes is None, changes
        self._forget_parts()
        if first:
            self._learn_parts()

    def _learn_parts(self) -> None:
        """Learn the numbers of all parts, where they are not too many: each new one would have to be looked for."""
        known = self._connection.execute("SELECT hash, number FROM parts LIMIT ?", (_LEARNT + 1,)).fetchall()
        if len(known) <= _LEARNT:
            self._known.update(known)
            self._knows_all = True

    def _remember(self, numbers: Mapping[bytes, int]) -> None:
        """Remember what is now stored for good: most parts of the next chat are in the last one's prompts too."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
            self._knows_all = False
        self._known.update(numbers)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with _explained(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def insert(self, into: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert rows, inside `writing`; `into` is what stands before their VALUES."""
        insert_rows(self._connection, into, rows)

    def change_each(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Change or delete rows, inside `writing`: the statement once for each."""
        self._connection.executemany(sql, rows)

    def change(self, sql: str, *parameters: object) -> None:
        """Change or delete rows, inside `writing`."""
        self._connection.execute(sql, parameters)

    def part(self, number: int) -> str:
        """The part of that number. StoreError where it is gone or cannot be read."""
        found = self.rows("SELECT first FROM packs WHERE first <= ? ORDER BY first DESC LIMIT 1", number)
        if found:
            pack = self._unpacked(found[0][0])
            if number - found[0][0] < len(pack):
                return str(pack[number - found[0][0]])
        raise StoreError(f"{self.path} has lost a part ({number}); it is damaged: move it away, replay needs it whole")

    def _read_pack(self, first: int) -> list[str]:
        body = self.rows("SELECT body FROM packs WHERE first = ?", first)[0][0]
        try:
            return parts.unpack(body)
        except (zlib.error, ValueError) as error:
            raise StoreError(f"{self.path} cannot be read ({error}); it is damaged: move it away") from error


class NewParts:
    """The parts one writing adds."""

    def __init__(self, connection: sqlite3.Connection, known: Mapping[bytes, int], *, knows_all: bool) -> None:
        """`knows_all` says that whatever is not among the `known` is not in the file either."""
        self._connection = connection
        self._known = known
        self._knows_all = knows_all
        last = connection.execute("SELECT first + size FROM packs ORDER BY first DESC LIMIT 1").fetchone()
        self._first: int = last[0] if last else 1
        self.numbers: dict[bytes, int] = {}
        self.trees: dict[bytes, int] = {}
        """By what they were before they were folded; see `tree`."""
        self._texts: list[str] = []

    def tree(self, content: Any) -> int:
        """The number of a whole tree of a message or of options as one part.

        Most come again and again: the house's rules, a conversation so far, the schemas of tools. What such a tree
        was told as is remembered, so that it is made plain and folded once.
        """
        try:
            # Without references within, so that equal content gives equal bytes; tuples stay another thing than lists.
            name = b"tree" + hashlib.sha256(marshal.dumps(content, 2)).digest()
        except ValueError:
            return parts.kept_tree(to_plain(content), self.keep)
        number = self._known.get(name) or self.trees.get(name)
        if number is None:
            number = self.trees[name] = parts.kept_tree(to_plain(content), self.keep)
        return number

    def keep(self, part: str) -> int:
        """The part's number; a new one's pack is written at the end."""
        name = parts.fingerprint(part)
        if name in self._known:
            return self._known[name]
        if name not in self.numbers:
            if (stored := self._stored(name)) is not None:
                return stored
            self.numbers[name] = self._first + len(self._texts)
            self._texts.append(part)
        return self.numbers[name]

    def _stored(self, name: bytes) -> int | None:
        if self._knows_all:
            return None
        found = self._connection.execute("SELECT number FROM parts WHERE hash = ?", (name,)).fetchone()
        return int(found[0]) if found else None

    def write(self) -> None:
        """Write the pack and the parts' names."""
        if self._texts:
            pack = (self._first, len(self._texts), parts.pack(self._texts))
            self._connection.execute("INSERT INTO packs VALUES (?, ?, ?)", pack)
            insert_rows(self._connection, "INSERT INTO parts", list(self.numbers.items()))


def stored_json(content: object) -> bytes:
    """JSON compressed by itself, for rows that share nothing."""
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)


def loaded_json(body: bytes) -> Any:
    """What `stored_json` was given."""
    return json.loads(zlib.decompress(body))


def _path(home: Path) -> Path:
    return home / "tape.sqlite"


def _explained(path: Path) -> AbstractContextManager[None]:
    return explained(path, when_damaged="move it away, no book depends on it")
