"""What is taken off the tape is gone, and nothing else is."""

from dataclasses import replace

import pytest
from langchain_core.messages import AIMessage

from arena.tape.pruning import compact, freed, parts_of_chats, sizes_alone, take_off
from arena.tape.tape import Tape
from tests.arena.tape.chats import HOUSE, chat_tape, exchange

OWN = [f"Only the chat {n} says this, and nobody else ever would: {'x' * 40}{n}" for n in range(3)]


def tape_of(number):
    """A tape that shares its prompt with the others and has one reply of its own."""
    shared = chat_tape(f"trial.{number}")
    last = exchange(4, reply=AIMessage(OWN[number]))
    return type(shared)(shared.chat_id, shared.label, (*shared.exchanges, last))


def text_of(tape):
    packs = tape.rows("SELECT first, size FROM packs")
    return "".join(tape.part(number) for first, size in packs for number in range(first, first + size))


@pytest.fixture
def tape(tmp_path):
    with Tape.open(tmp_path) as opened:
        for number in range(3):
            opened.save_chat(tape_of(number))
        yield opened


def test_a_chat_goes_with_what_it_alone_is_made_of(tape):
    take_off(tape, parts_of_chats(tape), ["trial.1"], "2026-01-02T03:04:05+00:00")
    assert tape.chat("trial.1") is None
    assert tape.pruned("trial.1") == "2026-01-02"
    assert tape.pruned("trial.0") is None
    assert [tape.chat(f"trial.{number}") for number in (0, 2)] == [tape_of(0), tape_of(2)]
    assert [text in text_of(tape) for text in OWN] == [True, False, True]
    assert text_of(tape).count(HOUSE) == 1


def test_what_another_process_has_written_meanwhile_stays_whole(tmp_path, tape):
    made_of = parts_of_chats(tape)
    research = tape_of(1)
    with Tape.open(tmp_path) as other:
        # All but its name is what a chat that goes is made of.
        other.save_chat(replace(tape_of(1), chat_id="trial.new"))
        other.save_research("trial.ahead", research.exchanges[:2])
    take_off(tape, made_of, ["trial.1"], "2026-01-02")
    compact(tape)
    assert tape.chat("trial.new") == replace(tape_of(1), chat_id="trial.new")
    tape.complete(replace(research, chat_id="trial.ahead", exchanges=research.exchanges[2:]), 2)
    assert tape.chat("trial.ahead") == replace(research, chat_id="trial.ahead")


def test_what_was_kept_ahead_for_a_chat_that_never_came_goes_with_the_next_that_go(tape):
    tape.keep_ahead([exchange(9, reply=AIMessage(f"Nobody ever heard of this. {'y' * 60}"))])
    take_off(tape, parts_of_chats(tape), ["trial.1"], "2026-01-02")
    assert "Nobody ever heard" not in text_of(tape)
    assert tape.chat("trial.0") == tape_of(0)


def test_a_chat_that_comes_again_is_whole(tape):
    take_off(tape, parts_of_chats(tape), [f"trial.{number}" for number in range(3)], "2026-01-02")
    compact(tape)
    tape.save_chat(tape_of(1))
    assert tape.chat("trial.1") == tape_of(1)


def test_who_remembers_parts_from_before_stores_them_anew(tmp_path, tape):
    with Tape.open(tmp_path) as other:
        take_off(other, parts_of_chats(other), [f"trial.{number}" for number in range(3)], "2026-01-02")
    # This connection has written all of it, and knows under which numbers.
    tape.save_chat(tape_of(2))
    with Tape.open(tmp_path) as third:
        assert third.chat("trial.2") == tape_of(2)


def test_a_number_is_never_given_to_another_part(tmp_path, tape):
    with Tape.open(tmp_path) as reader:
        assert reader.chat("trial.2") == tape_of(2)
        take_off(tape, parts_of_chats(tape), [f"trial.{number}" for number in range(3)], "2026-01-02")
        tape.save_chat(tape_of(0))
        assert reader.chat("trial.0") == tape_of(0)


def test_what_several_chats_share_is_freed_with_the_last_of_them(tape):
    made_of = parts_of_chats(tape)
    sizes = sizes_alone(tape, made_of)
    first, second, last = freed(made_of, sizes, [f"trial.{number}" for number in range(3)])
    assert 0 < first < last / 5
    assert 0 < second < last / 5
    assert first + second + last == pytest.approx(sum(sizes.values()))
