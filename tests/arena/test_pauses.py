"""A desk's pauses: what is done ahead, when, and that it is done only where there is time."""

import gc
import weakref

import pytest

from arena.leisure import at_once
from arena.pauses import Pauses, ReadAhead
from arena.transcript import Transcript

DECIDED = {"portfolio_manager": {"final_trade_decision": {}}}


def speaks(speaker="bull", text="I say so."):
    turn = {"round": 1, "speaker": speaker, "text": text}
    return {f"{speaker}_researcher": {"investment_debate_state": {"turns": [turn]}}}


class Check:
    """Hears which stages it is to read."""

    def __init__(self):
        self.read_turns = []

    def read(self, stages):
        self.read_turns.append(len(stages.research.turns))


class Desk:
    """A desk that speaks, and what is done in its pauses; `later` holds what there was no time for yet."""

    def __init__(self, *, busy=False):
        self.check, self.kept, self.later = Check(), [], []
        at_leisure = self.later.append if busy else at_once
        self.pauses = Pauses(at_leisure)
        self.ahead = ReadAhead(self.check, lambda: self.kept.append(len(self.check.read_turns)), self.pauses)
        self.transcript = Transcript()

    def says(self, update):
        self.transcript.take(update)
        self.ahead.heard(self.transcript)


def test_in_a_debate_what_was_said_is_read_and_kept():
    desk = Desk()
    desk.says(speaks("bull"))
    desk.says(speaks("bear"))
    assert desk.check.read_turns == [1, 2]
    assert desk.kept == [1, 2]


@pytest.mark.parametrize("words", [2, 3])
def test_a_desk_that_finds_no_time_between_its_words_does_once_what_there_is_to_do(words):
    desk = Desk(busy=True)
    for number in range(words):
        desk.says(speaks(text=f"word {number}"))
    (work,) = desk.later
    work()
    assert desk.check.read_turns == [words]
    assert len(desk.kept) == 1
    desk.says(speaks("bear"))
    assert len(desk.later) == 2


def test_a_desk_that_has_decided_meanwhile_does_the_rest_itself():
    desk = Desk(busy=True)
    desk.says(speaks())
    desk.says(DECIDED)
    (work,) = desk.later
    work()
    assert desk.check.read_turns == desk.kept == []


def test_a_desk_that_has_ended_without_a_decision_is_left_alone_and_forgotten():
    desk = Desk(busy=True)
    desk.says(speaks())
    desk.pauses.end()
    gone = weakref.ref(desk.transcript)
    check, kept, (work,) = desk.check, desk.kept, desk.later
    del desk
    gc.collect()
    work()
    assert check.read_turns == kept == []
    assert gone() is None


def test_without_facts_nothing_is_read_and_what_was_said_is_kept_all_the_same():
    kept = []
    ahead, transcript = ReadAhead(None, lambda: kept.append("kept"), Pauses(at_once)), Transcript()
    transcript.take(speaks())
    ahead.heard(transcript)
    assert kept == ["kept"]


def test_what_is_to_be_done_ahead_is_done_in_its_order_and_never_after_the_end():
    later, done = [], []
    pauses = Pauses(later.append)
    for number in range(3):
        pauses.add(lambda number=number: done.append(number))
    later[0]()
    later[1]()
    pauses.end()
    later[2]()
    pauses.add(lambda: done.append("too late"))
    assert done == [0, 1]
    assert len(later) == 3
