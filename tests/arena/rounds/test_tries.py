"""A desk that is lost in the middle is run again from its beginning, and only the whole go is kept."""

import asyncio
from decimal import Decimal

from arena.contest import run_desk
from arena.errors import DeskLostError
from arena.rounds import tries
from arena.rounds.tries import TRIES, whole
from arena.tape.comparing import chat_differences
from tests.arena.desks import Listeners, brief, clock, facts, stamp
from tests.arena.remote.test_desk import REHEARSED, arena, timeless

LABELS = ("rehearsal", "simulated")


class LostAfter:
    """A desk whose place is lost after so many updates, in as many goes; then it comes to its end."""

    def __init__(self, desk, updates, goes):
        self._desk = desk
        self._updates = updates
        self.goes = goes

    async def astream(self, start, config=None, *, stream_mode=None):
        left = self._updates if self.goes else None
        self.goes -= 1
        async for update in self._desk.astream(start, config, stream_mode=stream_mode):
            yield update
            if left is not None:
                left -= 1
                if left == 0:
                    raise DeskLostError("the worker at x was lost")


def held(tmp_path, goes, *, seconds=20.0, updates=5):
    """The chat, its exchanges, what was told of lost goes, and who followed."""
    told, followed, known, handed = [], Listeners(), facts("ACME"), brief()

    async def both():
        async with arena(tmp_path, REHEARSED) as here:
            await here._shelf.keep(known)
            desk = LostAfter(here.desks["m"], updates, goes)

            async def run(heard, go, _):
                given = {"seconds": seconds, "clock": clock, "audience": followed, "facts": known}
                return await run_desk(heard, handed, stamp(labels=LABELS), go=go, **given)

            return await whole(desk, run, before=0, told=told.append)

    chat, exchanges = asyncio.run(both())
    return chat, exchanges, told, followed


def test_what_is_kept_of_a_desk_that_was_lost_is_one_whole_go(tmp_path):
    straight = held(tmp_path / "a", 0)
    again = held(tmp_path / "b", TRIES - 1)
    assert straight[0].outcome.kind == "decision"
    assert chat_differences(straight[0], again[0]) == ()
    assert timeless(straight[1]) == timeless(again[1])
    assert {exchange.call_id for exchange in again[1]} == {call.id for call in again[0].calls}
    assert again[0].cost.known == Decimal(0)
    assert (straight[2], len(again[2])) == ([], TRIES - 1)
    assert again[2][0].startswith("the worker at x was lost, after ")
    # Who follows is told of one end only.
    assert len(again[3].chats) == 1


def test_a_desk_that_is_lost_every_time_abstains_with_the_calls_of_its_last_go(tmp_path):
    chat, exchanges, told, _ = held(tmp_path, TRIES)
    assert (chat.outcome.kind, chat.outcome.reason) == ("abstention", "provider_error")
    assert chat.outcome.detail == "the worker at x was lost"
    assert len(told) == TRIES - 1
    assert 0 < len(chat.calls) == len(exchanges) < 16


def test_what_lost_goes_took_counts_in_the_desks_time(tmp_path, monkeypatch):
    passed = iter([0.0, 6.0])
    monkeypatch.setattr(tries, "time", Clock(passed))
    chat, _, told, _ = held(tmp_path, 1, seconds=6.0)
    assert len(told) == 1
    assert (chat.outcome.reason, chat.outcome.detail) == ("timeout", "the desk did not finish within 6 s")


class Clock:
    def __init__(self, moments):
        self._moments = moments

    def monotonic(self):
        return next(self._moments)
