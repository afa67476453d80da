"""The tape behind its one thread: what is handed over ahead is kept without anybody waiting for it."""

import asyncio

import pytest

from arena.errors import StoreError
from arena.tape import Reel
from arena.tape.tape import Tape
from tests.arena.tape.chats import chat_tape
from tests.arena.waiting_line import saved_while_busy


@pytest.fixture
def reel(tmp_path):
    made = Reel(tmp_path)
    yield made
    made.close()


def test_what_is_foretold_is_kept_before_its_chat_and_comes_back_with_it(reel):
    whole = chat_tape()

    async def run():
        reel.foretell(whole.exchanges[:1])
        reel.foretell(())
        reel.foretell(whole.exchanges[1:3])
        ahead = await reel.write(lambda tape: [tape.kept.get(one) for one in whole.exchanges])
        await reel.save_chat(whole)
        return ahead, await reel.read(lambda tape: tape.chat(whole.chat_id))

    ahead, found = asyncio.run(run())
    assert [number is not None for number in ahead] == [True, True, True, False]
    assert found == whole


def test_what_comes_together_while_others_write_is_kept_in_one_writing(reel, monkeypatch):
    whole, writings, keep_ahead = chat_tape(), [], Tape.keep_ahead

    def heard(tape, exchanges):
        writings.append(len(exchanges))
        keep_ahead(tape, exchanges)

    monkeypatch.setattr(Tape, "keep_ahead", heard)

    async def run():
        let_go = asyncio.Event()
        loop = asyncio.get_running_loop()
        busy = asyncio.create_task(
            reel.write(lambda _: asyncio.run_coroutine_threadsafe(let_go.wait(), loop).result(10))
        )
        await asyncio.sleep(0)
        for one in whole.exchanges[:3]:
            reel.foretell([one])
        let_go.set()
        await busy
        await reel.write(lambda _: None)

    asyncio.run(run())
    assert writings == [3]


def test_chats_that_come_while_the_tape_is_busy_are_kept_in_one_writing(reel, monkeypatch):
    writings, save_chats = [], Tape.save_chats

    def heard(tape, chats):
        writings.append(len(chats))
        save_chats(tape, chats)

    monkeypatch.setattr(Tape, "save_chats", heard)
    chats = [chat_tape(f"trial.{number}") for number in range(3)]

    async def run():
        assert await saved_while_busy(reel, *chats) == [None] * 3
        return [await reel.read(lambda tape, name=chat.chat_id: tape.chat(name)) for chat in chats]

    assert asyncio.run(run()) == chats
    assert writings == [3]


def test_a_tape_that_cannot_be_written_is_told_of_when_the_chat_is_kept(tmp_path):
    (tmp_path / "tape.sqlite").write_text("no database at all, but long enough to be looked at as one")
    reel, whole = Reel(tmp_path), chat_tape()

    async def run():
        reel.foretell(whole.exchanges)
        await reel.save_chat(whole)

    with pytest.raises(StoreError, match="damaged or not a database"):
        asyncio.run(run())
    reel.close()


def test_what_is_foretold_last_leaves_no_file_open_and_nothing_is_foretold_to_one_that_is_closed(tmp_path):
    reel = Reel(tmp_path)
    reel.foretell(chat_tape().exchanges)
    reel.close()
    reel.foretell(chat_tape().exchanges)
    # On Windows a file that is open cannot be removed; here its write-ahead log would still be beside it.
    assert (tmp_path / "tape.sqlite").exists()
    assert not (tmp_path / "tape.sqlite-wal").exists()
