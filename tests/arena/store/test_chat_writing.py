"""Chats: stored whole, in the store, its index and the archive, or not at all."""

import json
import sqlite3
from contextlib import closing

import pytest

from arena.errors import StoreError
from arena.store.archive import Archive
from tests.arena.store.chat import TIMEOUT, call, decided, make_chat


def archived(store):
    return sorted(path.relative_to(store.home / "archive") for path in (store.home / "archive").rglob("*.json"))


def test_a_chat_comes_back_as_it_was_from_store_and_archive(store):
    chat = make_chat()
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    file = store.home / "archive" / "main" / "2025-10-14" / "NVDA" / "claude.3f9a2c.json"
    assert json.loads(file.read_text()) == chat.model_dump(mode="json")
    assert file.read_text().startswith('{\n  "id": "main.2025-10-14.NVDA.claude.3f9a2c",\n')
    assert store.verify_archive() == ()


def in_the_database(store, sql, *parameters):
    with closing(sqlite3.connect(store.home / "arena.sqlite", isolation_level=None)) as connection:
        return connection.execute(sql, parameters).fetchall()


@pytest.mark.parametrize("reply", ["Buy.", "half \ud800 a pair"])
def test_the_file_is_the_very_text_of_the_row(store, reply):
    store.save_chat(make_chat(calls=(call(reply=reply),)))
    ((body,),) = in_the_database(store, "SELECT body FROM chats")
    (file,) = archived(store)
    assert (store.home / "archive" / file).read_bytes() == body.encode()


def test_a_row_of_an_earlier_version_is_the_same_chat_in_other_words(store):
    chat = make_chat()
    store.save_chat(chat)
    earlier = json.dumps(chat.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    in_the_database(store, "UPDATE chats SET body = ?", earlier)
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    assert store.verify_archive() == ()


@pytest.mark.parametrize(
    "reply", ["nul \x00 in the middle", "half \ud800 a pair", "\x00\udfff", "emoji 📈, 가격, \x1b[0m"]
)
def test_whatever_a_model_says_survives(store, reply):
    chat = make_chat(calls=(call(reply=reply),))
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    assert store.chat(chat.id).calls[0].reply == reply
    (file,) = archived(store)
    assert json.loads((store.home / "archive" / file).read_text())["calls"][0]["reply"] == reply
    assert store.verify_archive() == ()


@pytest.mark.parametrize("ticker", ["^GSPC", "BRK-B", "GC=F", "BTC/USD", "..", "CON", "nul.de", "한국", "A:B*C?"])
def test_odd_tickers_stay_inside_the_archive(store, ticker):
    chat = make_chat(ticker=ticker)
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    (file,) = archived(store)
    assert len(file.parts) == 4
    assert not set(file.parts[2]) & set('<>:"/\\|?*')
    assert not file.parts[2].startswith(".")
    assert file.parts[2].split(".")[0].lower() not in {"con", "nul"}
    assert store.verify_archive() == ()


def test_saving_a_chat_again_changes_nothing(store):
    store.save_chat(make_chat())
    store.save_chat(make_chat())
    assert len(store.chat_rows()) == 1
    assert len(archived(store)) == 1


def test_another_chat_of_the_same_id_is_refused(store):
    store.save_chat(make_chat())
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.3f9a2c"):
        store.save_chat(make_chat(outcome=TIMEOUT))
    assert store.chat_rows()[0].kind == "decision"
    assert store.verify_archive() == ()


def test_chats_are_stored_together_in_their_order_and_each_is_found(store):
    words = {"b2": "margins widened", "a1": "demand is up", "c3": "debt is due"}
    stored, *new = (
        make_chat(suffix, outcome=decided().model_copy(update={"reasoning": said})) for suffix, said in words.items()
    )
    store.save_chat(stored)
    # Among them one that is there already, and one twice.
    store.save_chats([new[0], stored, new[1], new[0]])
    assert [store.chat(chat.id) for chat in (stored, *new)] == [stored, *new]
    assert [chat.id for chat in store.each_chat("main")] == [stored.id, *(chat.id for chat in new)]
    found = {suffix: [hit.chat_id for hit in store.search(said).hits] for suffix, said in words.items()}
    assert found == {suffix: [make_chat(suffix).id] for suffix in words}
    assert store.verify_archive() == ()


def test_of_chats_together_none_is_stored_where_one_is_refused(store):
    store.save_chat(make_chat())
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.3f9a2c"):
        store.save_chats([make_chat("a1"), make_chat(outcome=TIMEOUT)])
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.a2"):
        store.save_chats([make_chat("a2"), make_chat("a2", outcome=TIMEOUT)])
    assert len(store.chat_rows()) == 1
    assert store.verify_archive() == ()


def test_a_file_that_has_not_come_to_its_place_comes_there_with_the_next_writing_even_where_that_fails(
    store, monkeypatch
):
    stuck = make_chat("a1")

    def full(archive, address):
        raise StoreError("the disk is full")

    with monkeypatch.context() as failing:
        failing.setattr(Archive, "publish", full)
        with pytest.raises(StoreError, match="the disk is full"):
            store.save_chat(stuck)
    store.save_chat(make_chat("taken"))
    with pytest.raises(StoreError, match="already stored"):
        store.save_chats([stuck, make_chat("taken", outcome=TIMEOUT)])
    assert store.chat(stuck.id) == stuck
    assert store.verify_archive() == ()
