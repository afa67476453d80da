"""The store behind its one thread: chats that come together are saved together, and each is told of its own."""

import asyncio
import threading

import pytest

from arena.errors import StoreError
from arena.rounds.shelf import Shelf
from arena.store import Store
from arena.store.archive import Archive
from tests.arena.store.chat import make_chat


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    yield made
    made.close()


def together(shelf, *chats):
    """Have chats saved that come while the store is busy; what each of them is told."""

    async def run():
        let_go = threading.Event()
        busy = asyncio.create_task(shelf.write(lambda _: let_go.wait(10)))
        await asyncio.sleep(0)
        saving = [asyncio.create_task(shelf.save_chat(one)) for one in chats]
        await asyncio.sleep(0)
        let_go.set()
        await busy
        return await asyncio.gather(*saving, return_exceptions=True)

    return asyncio.run(run())


@pytest.fixture
def alone(monkeypatch):
    """For each chat that is stored, whether it is in a writing of its own."""
    found, save_chat = [], Store.save_chat

    def heard(store, one):
        found.append(not store._connection.in_transaction)
        save_chat(store, one)

    monkeypatch.setattr(Store, "save_chat", heard)
    return found


def ids(tmp_path):
    with Store.open_existing(tmp_path) as store:
        assert store.verify_archive() == ()
        return {row.id for row in store.chat_rows()}


def test_chats_that_come_while_the_store_is_busy_are_saved_in_one_writing(tmp_path, shelf, alone):
    chats = [make_chat(f"a{number}") for number in range(5)]
    assert together(shelf, *chats) == [None] * 5
    assert alone == [False] * 5
    assert ids(tmp_path) == {chat.id for chat in chats}


def test_one_by_itself_has_a_writing_of_its_own(tmp_path, shelf, alone):
    asyncio.run(shelf.save_chat(make_chat()))
    assert alone == [True]
    assert len(ids(tmp_path)) == 1


def test_more_than_one_writing_takes_are_saved_in_several(tmp_path, shelf, monkeypatch):
    writings, saved_at_once = [], Shelf._saved_at_once

    def heard(shelf, chats):
        writings.append(len(chats))
        return saved_at_once(shelf, chats)

    monkeypatch.setattr(Shelf, "_saved_at_once", heard)
    chats = [make_chat(f"a{number}") for number in range(40)]
    assert together(shelf, *chats) == [None] * 40
    assert writings == [32, 8]
    assert len(ids(tmp_path)) == 40


def test_what_is_wrong_with_one_chat_is_told_to_it_alone_and_the_others_are_saved(tmp_path, shelf):
    asyncio.run(shelf.save_chat(make_chat("taken")))
    other = make_chat("taken", model="maker/another")
    before, refused, behind = together(shelf, make_chat("a1"), other, make_chat("a2"))
    assert (before, behind) == (None, None)
    assert isinstance(refused, StoreError)
    assert "a different chat is already stored" in str(refused)
    assert ids(tmp_path) == {make_chat(suffix).id for suffix in ("taken", "a1", "a2")}


def test_a_chat_whose_file_cannot_come_to_its_place_is_told_of_alone_and_comes_there_later(
    tmp_path, shelf, monkeypatch
):
    stuck, publish = make_chat("a1"), Archive.publish

    def full(archive, address):
        if address.id == stuck.id:
            raise StoreError("the disk is full")
        publish(archive, address)

    with monkeypatch.context() as failing:
        failing.setattr(Archive, "publish", full)
        before, refused, *behind = together(shelf, make_chat("a0"), stuck, make_chat("a2"), make_chat("a3"))
        assert (before, *behind) == (None, None, None)
        assert str(refused) == "the disk is full"
        with Store.open_to_read(tmp_path) as store:
            assert [one for one in store.verify_archive() if stuck.id not in one] == []
    asyncio.run(shelf.save_chat(stuck))
    assert ids(tmp_path) == {make_chat(f"a{number}").id for number in range(4)}


def test_what_was_called_off_is_not_saved_and_keeps_nobody_from_being_saved(tmp_path, shelf):
    async def run():
        let_go = threading.Event()
        busy = asyncio.create_task(shelf.write(lambda _: let_go.wait(10)))
        await asyncio.sleep(0)
        saving = [asyncio.create_task(shelf.save_chat(make_chat(f"a{number}"))) for number in range(3)]
        await asyncio.sleep(0)
        saving[0].cancel()
        await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(*saving[1:], busy)
        return saving[0].cancelled()

    assert asyncio.run(run())
    assert ids(tmp_path) == {make_chat("a1").id, make_chat("a2").id}
