"""Rows inserted many at a time: all of them, in their order, however wide they are; and where they wait."""

import sqlite3
from contextlib import closing

import pytest

from arena.sqlite import MOST_VALUES, connected, insert_rows


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute("CREATE TABLE things (place INTEGER PRIMARY KEY, a, b)")
        yield made


@pytest.mark.parametrize("many", [0, 1, 2, MOST_VALUES // 3, MOST_VALUES // 3 + 1, MOST_VALUES])
def test_rows_are_inserted_in_their_order_however_many_there_are(connection, many):
    rows = [(number, f"nul \x00 {number}") for number in range(many)]
    insert_rows(connection, "INSERT INTO things (a, b)", rows)
    assert connection.execute("SELECT a, b FROM things ORDER BY place").fetchall() == rows


def test_no_statement_takes_more_values_than_an_older_sqlite_does(connection):
    statements = []
    connection.set_trace_callback(statements.append)
    insert_rows(connection, "INSERT INTO things", [(None, number, b"bytes") for number in range(1000)])
    assert len(statements) == 4
    assert connection.execute("SELECT count(*), max(a) FROM things").fetchone() == (1000, 999)


def test_a_row_wider_than_that_has_a_statement_of_its_own(connection):
    columns = [f"c{number}" for number in range(MOST_VALUES + 1)]
    connection.execute(f"CREATE TABLE wide ({', '.join(columns)})")
    insert_rows(connection, "INSERT INTO wide", [[number] * len(columns) for number in range(2)])
    assert connection.execute("SELECT c0, c900 FROM wide").fetchall() == [(0, 0), (1, 1)]


def test_rows_that_are_there_are_left_out_where_the_statement_says_so(connection):
    insert_rows(connection, "INSERT INTO things", [(1, "first", "")])
    insert_rows(connection, "INSERT OR IGNORE INTO things", [(1, "second", ""), (2, "third", "")])
    assert connection.execute("SELECT a FROM things").fetchall() == [("first",), ("third",)]


def test_what_is_written_waits_in_the_log_and_is_in_the_file_when_the_connection_is_closed(tmp_path):
    path, log = tmp_path / "file.sqlite", tmp_path / "file.sqlite-wal"
    connection = connected(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE things (a)")
    for _ in range(20):
        connection.execute("INSERT INTO things VALUES (randomblob(500000))")
    assert log.stat().st_size > 8_000_000 > path.stat().st_size
    connection.close()
    assert not log.exists()
    assert path.stat().st_size > 8_000_000
