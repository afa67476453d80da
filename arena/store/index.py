"""The index over what was said, as it is written: in the transaction that stores the chats."""

import sqlite3
from collections.abc import Iterable

from arena.search import Passage, folded
from arena.sqlite import insert_rows


def index_passages(connection: sqlite3.Connection, said: Iterable[tuple[int, Passage]]) -> None:
    """Index passages, each with the row of its chat. Half surrogates, which SQLite refuses, are no words."""
    (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    numbered = [(number, seq, one) for number, (seq, one) in enumerate(said, newest + 1)]
    insert_rows(
        connection, "INSERT INTO passages (id, chat, path)", [(number, seq, one.path) for number, seq, one in numbered]
    )
    insert_rows(
        connection, "INSERT INTO said (rowid, words)", [(number, folded(one.text)) for number, _, one in numbered]
    )
