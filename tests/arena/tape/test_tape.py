"""The tape's file: what is kept comes back, is stored once, and damage is told."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from langchain_core.messages import AIMessage

from arena.errors import StoreError
from arena.market.market import SourcedHistory
from arena.records.market import Bar, PriceHistory
from arena.tape import parts
from arena.tape.pruning import parts_of_chats, take_off
from arena.tape.schema import MIGRATIONS
from arena.tape.tape import Tape
from tests.arena.tape.chats import DATA, HOUSE, chat_tape, exchange


@pytest.fixture
def tape(tmp_path):
    with Tape.open(tmp_path) as opened:
        yield opened


def everything(tape):
    return "".join(
        tape.part(number)
        for (first, size) in tape.rows("SELECT first, size FROM packs")
        for number in range(first, first + size)
    )


def prices(close="188.5", day=15):
    bar = Bar(session=date(2025, 10, day), open="187", high="190", low="183", close=close, volume=1)
    return SourcedHistory(source="files", history=PriceHistory(ticker="NVDA", bars=(bar,)))


def test_a_chat_comes_back_as_it_was_kept(tape):
    kept = chat_tape()
    tape.save_chat(kept)
    found = tape.chat(kept.chat_id)
    assert found == kept
    assert tape.chat_ids() == (kept.chat_id,)


def test_it_comes_back_from_another_connection(tmp_path, tape):
    tape.save_chat(chat_tape())
    with Tape.open(tmp_path) as other:
        assert other.chat("trial.one") == chat_tape()


def test_what_messages_share_is_stored_once_over_chats_too(tape):
    tape.save_chat(chat_tape("trial.one"))
    before = everything(tape)
    assert before.count(HOUSE) == 1
    assert before.count(DATA.splitlines()[3]) == 1
    tape.save_chat(chat_tape("trial.two"))
    assert everything(tape) == before
    assert tape.chat("trial.two") == chat_tape("trial.two")


def looked_for(tape):
    """The parts that the tape looks for in its file from now on."""
    statements = []
    tape._connection.set_trace_callback(statements.append)
    return lambda: sum("FROM parts WHERE hash" in one for one in statements)


def test_a_tape_that_was_there_is_learnt_once_and_shares_its_parts(tmp_path, tape):
    tape.save_chat(chat_tape("trial.one"))
    before = everything(tape)
    with Tape.open(tmp_path) as other:
        asked = looked_for(other)
        other.save_chat(chat_tape("trial.two"))
        assert asked() == 0
        assert everything(other) == before


def test_one_with_too_many_parts_is_asked_for_each(tmp_path, tape, monkeypatch):
    tape.save_chat(chat_tape("trial.one"))
    before = everything(tape)
    monkeypatch.setattr("arena.tape.file._LEARNT", 3)
    with Tape.open(tmp_path) as other:
        asked = looked_for(other)
        other.save_chat(chat_tape("trial.two"))
        assert asked() > 3
        assert everything(other) == before


def test_what_another_process_has_kept_meanwhile_is_stored_once(tmp_path, tape):
    said = AIMessage("Only the other process has heard this, and it is longer than what stays where it is.")
    first, second = (replace(chat_tape(f"trial.{name}"), exchanges=(exchange(0, reply=said),)) for name in "ab")
    tape.save_chat(chat_tape("trial.one"))
    with Tape.open(tmp_path) as other:
        other.save_chat(first)
    tape.save_chat(second)
    assert everything(tape).count(said.text) == 1
    assert tape.chat("trial.b") == second


def test_keeping_a_chat_again_changes_nothing(tape):
    tape.save_chat(chat_tape())
    rows = tape.rows("SELECT * FROM exchanges")
    tape.save_chat(chat_tape())
    assert tape.rows("SELECT * FROM exchanges") == rows


def test_chats_are_kept_together_and_come_back_one_by_one(tape):
    tape.save_chat(chat_tape("trial.one"))
    names = ("trial.two", "trial.one", "trial.three", "trial.two")
    tape.save_chats([chat_tape(name) for name in names])
    assert tape.chat_ids() == ("trial.one", "trial.three", "trial.two")
    for name in names:
        assert tape.chat(name) == chat_tape(name)


def test_of_two_tapes_of_one_chat_the_first_stays(tape):
    whole = chat_tape()
    tape.save_chats([whole, replace(whole, exchanges=whole.exchanges[:1])])
    assert tape.chat(whole.chat_id) == whole


def halves():
    """A chat's tape, and what its research and the rest of it keep."""
    whole = chat_tape()
    return whole, whole.exchanges[:2], replace(whole, exchanges=whole.exchanges[2:])


def test_a_chat_is_on_the_tape_when_its_research_and_the_rest_are(tape):
    whole, research, rest = halves()
    tape.save_research(whole.chat_id, research)
    assert tape.chat(whole.chat_id) is None
    assert tape.chat_ids() == ()
    tape.complete(rest, len(research))
    assert tape.chat(whole.chat_id) == whole
    assert tape.chat_ids() == (whole.chat_id,)


def test_what_a_killed_process_left_behind_the_research_gives_way(tape):
    whole, research, rest = halves()
    tape.save_research(whole.chat_id, research)
    tape.complete(replace(rest, exchanges=(*rest.exchanges, *whole.exchanges)), len(research))
    tape.complete(rest, len(research))
    assert tape.chat(whole.chat_id) == whole


def test_the_rest_without_its_research_does_not_pass_for_the_whole(tape):
    whole, research, rest = halves()
    tape.complete(rest, len(research))
    assert tape.chat(whole.chat_id) is None
    assert tape.rows("SELECT 1 FROM exchanges") == []


def parts_told(monkeypatch):
    """How many trees are folded from now on."""
    folded = []
    kept_tree = parts.kept_tree
    monkeypatch.setattr(parts, "kept_tree", lambda content, keep: folded.append(1) or kept_tree(content, keep))
    monkeypatch.setattr("arena.tape.tape.kept_tree", parts.kept_tree)
    return folded


def test_a_chat_whose_exchanges_were_kept_ahead_comes_back_as_it_was_kept(tmp_path, tape, monkeypatch):
    whole = chat_tape()
    tape.keep_ahead(whole.exchanges[:3])
    assert tape.chat_ids() == ()
    assert tape.chat(whole.chat_id) is None
    folded = parts_told(monkeypatch)
    tape.save_chat(whole)
    # Its label and the one exchange that had not ended.
    assert len(folded) == 2
    assert tape.chat(whole.chat_id) == whole
    with Tape.open(tmp_path) as other:
        assert other.chat(whole.chat_id) == whole


def test_what_is_kept_ahead_is_stored_once(tape):
    tape.save_chat(chat_tape("trial.one"))
    before = everything(tape)
    again = chat_tape("trial.two")
    tape.keep_ahead(again.exchanges)
    tape.keep_ahead(again.exchanges)
    tape.save_chat(again)
    assert everything(tape) == before


def test_what_another_process_has_dropped_meanwhile_is_kept_again(tmp_path, tape):
    tape.save_chat(chat_tape("trial.old"))
    whole = chat_tape()
    tape.keep_ahead(whole.exchanges)
    with Tape.open(tmp_path) as other:
        take_off(other, parts_of_chats(other), ["trial.old"], "2025-11-28T00:00:00+00:00")
    tape.save_chat(whole)
    assert tape.chat(whole.chat_id) == whole


def test_what_could_not_be_kept_ahead_is_kept_with_its_chat(tape, monkeypatch):
    whole = chat_tape()
    with monkeypatch.context() as failing:
        failing.setattr(parts, "pack", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tape.keep_ahead(whole.exchanges)
    tape.save_chat(whole)
    assert tape.chat(whole.chat_id) == whole


def test_an_unknown_chat_is_not_on_the_tape(tape):
    assert tape.chat("trial.none") is None


def test_a_writing_that_fails_leaves_nothing(tape):
    def twice():
        with tape.writing() as new:
            new.keep(HOUSE)
            tape.insert("INSERT INTO chats", [("a", 1), ("a", 2)])

    with pytest.raises(sqlite3.IntegrityError):
        twice()
    assert tape.rows("SELECT 1 FROM packs UNION ALL SELECT 1 FROM parts UNION ALL SELECT 1 FROM chats") == []


def test_prices_are_kept_in_order_each_once_and_by_season(tape):
    for history in (prices(), prices("189.0"), prices()):
        tape.save_prices("trial", history)
    tape.save_prices("other", prices())
    assert tape.prices("trial") == (prices(), prices("189.0"))
    assert tape.prices("other") == (prices(),)


def test_many_may_open_and_write_a_fresh_tape_at_once(tmp_path):
    tapes = [chat_tape(f"trial.{number}") for number in range(8)]

    def write(kept):
        with Tape.open(tmp_path) as tape:
            tape.save_chat(kept)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, tapes))
    with Tape.open(tmp_path) as tape:
        assert all(tape.chat(f"trial.{number}") == chat_tape(f"trial.{number}") for number in range(8))


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    (tmp_path / "tape.sqlite").write_text("not a database" * 100)
    with pytest.raises(StoreError, match=r"tape.sqlite is damaged or not a database .* move it away"):
        Tape.open(tmp_path)


def test_a_damaged_pack_is_said_to_be(tmp_path, tape):
    tape.save_chat(chat_tape())
    tape.change("UPDATE packs SET body = ?", b"garbage")
    with Tape.open(tmp_path) as other, pytest.raises(StoreError, match="damaged"):
        other.chat("trial.one")


def test_a_lost_part_is_said_to_be(tape):
    with pytest.raises(StoreError, match=r"has lost a part \(7\)"):
        tape.part(7)


def test_a_tape_of_a_newer_arena_is_refused(tmp_path, tape):
    tape.rows(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreError, match="written by a newer arena"):
        Tape.open(tmp_path)
