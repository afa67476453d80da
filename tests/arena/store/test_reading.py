"""Reading a store without being able to write it, and knowing when it has changed."""

import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.errors import StoreError
from arena.records.spending import Spending
from arena.records.trading import Mark
from arena.store import Store
from tests.arena.store.chat import CLOSE, SESSION, TIMEOUT, decided, make_chat


def mark(day: int) -> Mark:
    return Mark(ticker="NVDA", session=date(2025, 10, day), close=Decimal(100), source="x")


def test_a_reader_sees_what_others_write_and_cannot_write(tmp_path: Path) -> None:
    with Store.open(tmp_path) as writer, Store.open_to_read(tmp_path) as reader:
        writer.save_chat(make_chat())
        assert reader.chat_rows()[0].contestant == "claude"
        with pytest.raises(StoreError, match="cannot be written"):
            reader.save_marks("main", [mark(14)])
        assert writer.marks("main") == ()


def test_a_reader_makes_no_store_and_settles_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no arena data at"):
        Store.open_to_read(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    with Store.open(tmp_path):
        left = tmp_path / "archive" / ".pending" / "left.json"
        left.parent.mkdir(parents=True)
        left.write_text("{}")
        Store.open_to_read(tmp_path).close()
        assert left.exists()


def test_what_is_read_at_one_moment_does_not_move(tmp_path: Path) -> None:
    with Store.open(tmp_path) as writer, Store.open_to_read(tmp_path) as reader:
        with reader.at_one_moment():
            assert reader.marks("main") == ()
            writer.save_marks("main", [mark(14)])
            with reader.at_one_moment():
                assert reader.marks("main") == ()
        assert len(reader.marks("main")) == 1


def test_the_state_changes_with_every_record_and_not_with_spending(tmp_path: Path) -> None:
    with Store.open(tmp_path) as writer, Store.open_to_read(tmp_path) as reader:
        states = [reader.state()]

        def changed() -> bool:
            states.append(reader.state())
            return states[-1] != states[-2]

        assert not changed()
        writer.save_chat(make_chat())
        assert changed()
        writer.save_marks("main", [mark(14)])
        assert changed()
        writer.finish_round("main", SESSION, CLOSE)
        assert changed()
        paid = {"season": "main", "session": SESSION, "contestant": "claude", "dollars": Decimal(1), "known": True}
        writer.spend([Spending(id="s", at=CLOSE, **paid)])
        assert not changed()


def test_another_thread_may_close_a_reader(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        reader = Store.open_to_read(tmp_path)
        closer = threading.Thread(target=reader.close)
        closer.start()
        closer.join()


def test_outcomes_and_counts_are_of_the_newest_chats(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.save_chat(make_chat("first", outcome=TIMEOUT))
        store.save_chat(make_chat("second", outcome=decided("SELL")))
        store.save_chat(make_chat("other", contestant="gpt", outcome=TIMEOUT))
        ids = [row.id for row in store.chat_rows()]
        outcomes = store.outcomes([*ids, "unknown"])
        assert outcomes.keys() == set(ids)
        assert outcomes["main.2025-10-14.NVDA.claude.second"] == decided("SELL")
        assert store.decision_counts("main") == {SESSION: {"SELL": 1, "abstained": 1}}
        assert store.chat_names("contestant") == ("claude", "gpt")
        assert store.seasons_by_newest_chat() == ("main",)
