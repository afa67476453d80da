"""The index over what was said, as it is written: in the transaction that stores the chats."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from arena.search import folded, passages
from arena.sqlite import insert_rows


def index_chats(connection: sqlite3.Connection, chats: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Index chats by row and content, which is given as JSON. Half surrogates, which SQLite refuses, are no words."""
    (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    said = [(seq, one) for seq, content in chats for one in passages(content)]
    numbered = list(enumerate(said, newest + 1))
    insert_rows(
        connection,
        "INSERT INTO passages (id, chat, path)",
        [(number, seq, one.path) for number, (seq, one) in numbered],
    )
    insert_rows(
        connection, "INSERT INTO said (rowid, words)", [(number, folded(one.text)) for number, (_, one) in numbered]
    )
