"""The file: made once by many, refused when it is not ours, and never half written, even by the killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from arena.errors import StoreError
from arena.store import Store
from arena.store.database import SCHEMA_VERSION
from tests.arena.store.chat import make_chat
from tests.arena.trading import opened

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[3]


def python(script, *arguments):
    """A process that runs a script with the project to hand."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_store_is_made_with_wal_foreign_keys_and_patience(store):
    connection = store._connection
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == 30_000
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_opening_nothing_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match=r"no arena data at .*; run `arena demo` or `arena run` first"):
        Store.open_existing(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_what_one_instance_writes_another_reads(store):
    store.save_chat(make_chat())
    with Store.open_existing(store.home) as reader:
        assert reader.chat_rows() == store.chat_rows()


def test_a_newer_store_is_left_alone(store):
    store._connection.execute("PRAGMA user_version = 99")
    known = rf"written by a newer arena \(schema 99, this one knows {SCHEMA_VERSION}\); update"
    with pytest.raises(StoreError, match=known):
        Store.open(store.home)


@pytest.mark.parametrize(("content", "said"), [(b"", "is not an arena store"), (b"hello" * 999, "is damaged or not")])
def test_a_file_that_is_no_store_is_left_alone(tmp_path, content, said):
    file = tmp_path / "arena.sqlite"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=said):
        Store.open(tmp_path)
    assert file.read_bytes() == content


def test_somebody_elses_database_is_left_alone(tmp_path):
    with closing(sqlite3.connect(tmp_path / "arena.sqlite")) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="is not an arena store"):
        Store.open(tmp_path)


def test_leftovers_of_a_killed_creation_are_no_obstacle(tmp_path):
    (tmp_path / "arena.new").write_bytes(b"half a database")
    (tmp_path / "arena.new-wal").write_bytes(b"half a log")
    with Store.open(tmp_path) as store:
        assert store.seasons() == ()
    assert not list(tmp_path.glob("arena.new*"))


def test_reading_needs_neither_pandas_nor_sqlite_utils(store):
    store.save_chat(make_chat())
    script = (
        "import sys, pathlib; from arena.store import Store; store = Store.open_existing(pathlib.Path(sys.argv[1])); "
        "assert store.chat_rows() and store.tallies('main') and not store.events('main'); store.close(); "
        "sys.exit(','.join({'pandas', 'numpy', 'sqlite_utils', 'pyarrow'} & set(sys.modules)) or 0)"
    )
    process = python(script, store.home)
    assert (process.wait(60), process.stderr.read()) == (0, "")
    process.stderr.close()


def test_six_processes_may_open_and_write_a_new_store_at_once(tmp_path):
    script = (
        "import sys, pathlib; from arena.store import Store; from tests.arena.trading import opened\n"
        "with Store.open(pathlib.Path(sys.argv[1])) as store:\n"
        "    for n in range(10): store.append_events('main', [opened(contestant=f'{sys.argv[2]}-{n}')])"
    )
    processes = [python(script, tmp_path / "home", n) for n in range(6)]
    said = [(process.wait(120), process.stderr.read()) for process in processes]
    for process in processes:
        process.stderr.close()
    assert said == [(0, "")] * 6
    with Store.open_existing(tmp_path / "home") as store:
        assert len(store.events("main")) == 60


def write_and_fail(store):
    with store.transaction():
        store.save_chat(make_chat())
        store.append_events("main", [opened()])
        raise RuntimeError("killed")


def test_a_transaction_is_all_or_nothing(store):
    with pytest.raises(RuntimeError, match="killed"):
        write_and_fail(store)
    assert (store.chat_rows(), store.events("main")) == ((), ())
    assert list((store.home / "archive").rglob("*.json")) == []
    with store.transaction():
        store.save_chat(make_chat())
        store.append_events("main", [opened()])
    assert len(store.events("main")) == len(store.chat_rows()) == 1
    assert store.verify_archive() == ()


def test_a_nested_failure_that_is_caught_undoes_itself_only(store):
    with store.transaction():
        store.append_events("main", [opened(contestant="grok")])
        with pytest.raises(RuntimeError, match="killed"):
            write_and_fail(store)
    assert (len(store.events("main")), store.chat_rows()) == (1, ())
    assert store.verify_archive() == ()


def test_a_locked_store_says_so(store):
    store._connection.execute("PRAGMA busy_timeout = 1")
    with (
        Store.open_existing(store.home) as other,
        other.transaction(),
        pytest.raises(StoreError, match="is locked by another process; try again"),
    ):
        store.save_chat(make_chat())
    store.save_chat(make_chat())
    assert store.verify_archive() == ()


KILLED = """
import os, pathlib, signal, sys
from arena.records.chat import ModelChat
from arena.store import Store
from arena.store.archive import Archive

home, chat_file, point = map(pathlib.Path, sys.argv[1:])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Fatal(Archive):
    def prepare(self, chat_id, text):
        if point.name == "while_writing":
            super().prepare(chat_id, text[: len(text) // 2])
            die()
        super().prepare(chat_id, text)
        if point.name == "before_insert":
            die()

    def publish(self, address):
        if point.name == "after_commit":
            die()
        super().publish(address)
        die()

store = Store.open(home)
store._archive = Fatal(home / "archive")
with store.transaction():
    store.save_chat(ModelChat.model_validate_json(chat_file.read_text()))
    if point.name == "before_commit":
        die()
"""


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("while_writing", False),
        ("before_insert", False),
        ("before_commit", False),
        ("after_commit", True),
        ("after_publishing", True),
    ],
)
def test_a_killed_writer_leaves_both_row_and_file_or_neither(store, tmp_path, point, kept):
    before, chat = make_chat("before"), make_chat("killed", ticker="^GSPC")
    store.save_chat(before)
    chat_file = tmp_path / "chat.json"
    chat_file.write_text(chat.model_dump_json())
    process = python(KILLED, store.home, chat_file, point)
    assert (process.wait(60), process.stderr.read()) == (-signal.SIGKILL, "")
    process.stderr.close()
    unsettled = list((store.home / "archive" / ".pending").iterdir())
    assert bool(unsettled) == (point != "after_publishing")
    with Store.open_existing(store.home) as again:
        assert again.verify_archive() == ()
        assert {row.id for row in again.chat_rows()} == {before.id, *([chat.id] if kept else [])}
        again.save_chat(chat)
        assert again.verify_archive() == ()
        assert again.chat(chat.id) == chat
    assert len(list((store.home / "archive").rglob("*.json"))) == 2


def test_opening_waits_for_a_writer_before_it_settles_the_archive(store):
    """A file is prepared inside its transaction, so another process must not take it for a leftover."""
    script = (
        "import sys, pathlib; from arena.store import Store\n"
        "with Store.open_existing(pathlib.Path(sys.argv[1])) as store: sys.exit(len(store.chat_rows()) != 1)"
    )
    with store.transaction():
        store.save_chat(make_chat())
        process = python(script, store.home)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
    assert (process.wait(60), process.stderr.read()) == (0, "")
    process.stderr.close()
    assert store.verify_archive() == ()
