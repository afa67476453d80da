"""The store behind its one thread: chats that come together are saved together, and each is told of its own."""

import asyncio

import pytest

from arena.errors import StoreError
from arena.rounds.shelf import Shelf
from arena.store import Store
from arena.store.archive import Archive
from tests.arena.store.chat import make_chat
from tests.arena.waiting_line import saved_while_busy


@pytest.fixture
def shelf(tmp_path):
    made = Shelf(tmp_path)
    yield made
    made.close()


def together(shelf, *chats):
    """Have chats saved that come while the store is busy; what each of them is told."""
    return asyncio.run(saved_while_busy(shelf, *chats))


@pytest.fixture
def writings(monkeypatch):
    """How many chats each writing of the store took."""
    found, save_chats = [], Store.save_chats

    def heard(store, chats):
        found.append(len(chats))
        save_chats(store, chats)

    monkeypatch.setattr(Store, "save_chats", heard)
    return found


def ids(tmp_path):
    with Store.open_existing(tmp_path) as store:
        assert store.verify_archive() == ()
        return {row.id for row in store.chat_rows()}


def test_chats_that_come_while_the_store_is_busy_are_saved_in_one_writing(tmp_path, shelf, writings):
    chats = [make_chat(f"a{number}") for number in range(5)]
    assert together(shelf, *chats) == [None] * 5
    assert writings == [5]
    assert ids(tmp_path) == {chat.id for chat in chats}


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
