"""The index over what was said, as it is written: in the transaction that stores the chat."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from arena.search import folded, passages


def index_chat(connection: sqlite3.Connection, seq: int, content: Mapping[str, Any]) -> None:
    """Index the chat in row `seq`, given as JSON. Half surrogates, which SQLite refuses, are no words."""
    (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    said = list(enumerate(passages(content), newest + 1))
    connection.executemany(
        "INSERT INTO passages (id, chat, path) VALUES (?, ?, ?)", [(number, seq, one.path) for number, one in said]
    )
    connection.executemany("INSERT INTO said (rowid, words) VALUES (?, ?)", [(n, folded(one.text)) for n, one in said])
