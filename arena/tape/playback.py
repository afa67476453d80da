"""One chat's tape while it is played: which exchange answers a request, and when.

Who answered first decides what a desk did when one of its calls failed: what its siblings had got to by then
is on the record, and what came later is not. So an answer is handed out when everything that was recorded
before it has happened again, and not earlier.

Of several calls that ended in the same instant the graph noticed one, and the others got no further. The record says
which: that one's answer comes last, and the others are on the record as ended and go nowhere.
"""

import asyncio
import difflib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, NoReturn, get_args

from langchain_core.messages import AIMessage, BaseMessage

from arena.errors import ArenaError
from arena.records.base import Record
from arena.records.chat import Rung
from arena.records.desk import OPTIONAL_ROLES, RiskSpeaker
from arena.tape.exchange import ChatTape, Exchange
from arena.tape.hasty import HastyLoop

_IDLE_TURNS = 3000
"""Turns of the event loop without any call starting or ending, after which none will of itself.

Nothing in a replayed desk waits for anything but the loop, and no step of a graph takes more than a few dozen.
"""


_SPEAKERS = frozenset({"bull_researcher", "bear_researcher", *(f"{side}_debater" for side in get_args(RiskSpeaker))})
"""Roles that speak once in each round of their debate."""


class Miss(Record):
    """A request the tape does not hold."""

    role: str
    difference: str
    """A unified diff from the nearest recorded request of the role to the one that was made; a sentence where the
    role made no request in the recorded run, or none that is left."""


class Ending(NamedTuple):
    """How a desk ended that came to no decision."""

    role: str
    """Whose failure it was, or who was waited for when the desk's time was up."""
    late: bool
    """Whether it was the desk's time that was up."""
    turns: Mapping[str, int]
    """How many pieces each role had handed in by then."""


class TapeMissError(ArenaError):
    """The desk asked something the tape holds no answer to: code or prompts have changed."""


class Playback:
    """Finds the answers of one recorded chat, each once, and keeps their order."""

    def __init__(self, tape: ChatTape, ending: Ending | None = None) -> None:
        """`ending` is that of a desk without a decision, where the role it ended at is known."""
        self._ending = ending
        self._stuck = _stuck(tape.exchanges, ending) if ending is not None else frozenset()
        fatal = next((e for e in reversed(tape.exchanges) if ending is not None and e.role == ending.role), None)
        self._fatal = fatal.call_id if fatal is not None and fatal.ended is not None else None
        self._left = list(tape.exchanges)
        self._all = tape.exchanges
        moments = [(e.started, True, e.call_id) for e in tape.exchanges]
        moments += [(e.ended, False, e.call_id) for e in tape.exchanges if e.ended is not None]
        ordered = [(begins, call_id) for _, begins, call_id in sorted(moments)]
        self._due = [moment for moment in ordered if moment != (False, self._fatal)]
        self._happened: set[tuple[bool, str]] = set()
        self._stirrings = 0
        self.miss: Miss | None = None
        """The first request that was not on the tape."""

    def next_of(self, role: str) -> Exchange | None:
        """The role's next exchange that has not been played; None where there is none."""
        return next((e for e in self._left if e.role == role), None)

    def rungs_left(self, role: str) -> tuple[Rung, ...]:
        """The rungs by which the role asked for its next form, in order."""
        rungs = [e.rung for e in self._left if e.role == role]
        return tuple(dict.fromkeys(rung for rung in rungs if rung is not None))

    def take(self, request: str, role: str, prompt: Sequence[BaseMessage], rung: Rung | None) -> Exchange:
        """The exchange that answers this request, the earliest not yet played. Raises TapeMissError."""
        found = next((e for e in self._left if e.request == request), None)
        if found is None:
            miss = self._missing(role, prompt, rung)
            self.miss = self.miss or miss
            raise TapeMissError(f"the tape holds no such request of the {role}")
        self._left.remove(found)
        self._happen(begins=True, call_id=found.call_id)
        return found

    def goes_nowhere(self, exchange: Exchange) -> bool:
        """Whether its desk ended before anything was done with this answer."""
        return exchange.call_id in self._stuck

    def keeps_time(self, role: str) -> bool:
        """Whether the role's call may run out of time: that of no other role did, or it would have ended the desk."""
        if self._ending is None or (self._ending.role == role and not self._ending.late):
            return True
        return _gone_without(role, self._ending)

    async def answer(self, exchange: Exchange) -> AIMessage:
        """What the exchange came to, when its time has come. Raises what was recorded."""
        while exchange.reply is None and exchange.trouble is None:
            await self._bring_on_the_end()
        while not self._is_due(exchange):
            if await self._nothing_stirs():
                if exchange.call_id == self._fatal:
                    # What everybody else had handed in by then is handed in.
                    break
                # The recorded run made a call that this one does not make; the comparison will show it.
                self._due = [moment for moment in self._due if moment == (False, exchange.call_id)]
        self._happen(begins=False, call_id=exchange.call_id)
        if exchange.reply is not None:
            return exchange.reply.model_copy(deep=True)
        raise exchange.trouble.error() if exchange.trouble else TapeMissError("the tape has no end of this call")

    async def go_nowhere(self) -> NoReturn:
        """Wait for the end of the desk, which cuts this off; where it does not come of itself, bring it on."""
        while True:
            await self._bring_on_the_end()

    async def _bring_on_the_end(self) -> None:
        """Let a call hang that was cut off; once it hangs alone, bring on the time-out that it was cut off by."""
        loop = asyncio.get_running_loop()
        # The failure that ended the desk is about to come: it needs no time-out.
        awaited = (True, self._fatal) in self._happened and (False, self._fatal) not in self._happened
        if await self._nothing_stirs() and isinstance(loop, HastyLoop) and not awaited:
            self._stirrings += 1
            loop.skip()

    async def _nothing_stirs(self) -> bool:
        before = self._stirrings
        for _ in range(_IDLE_TURNS):
            await asyncio.sleep(0)
            if self._stirrings != before:
                return False
        return True

    def _is_due(self, exchange: Exchange) -> bool:
        while self._due and self._due[0] in self._happened:
            self._due.pop(0)
        if exchange.call_id == self._fatal:
            return False
        return not self._due or self._due[0] == (False, exchange.call_id)

    def _happen(self, *, begins: bool, call_id: str) -> None:
        self._happened.add((begins, call_id))
        self._stirrings += 1

    def _missing(self, role: str, prompt: Sequence[BaseMessage], rung: Rung | None) -> Miss:
        asked = request_lines(prompt, rung)
        recorded = [request_lines(e.prompt, e.rung) for e in self._all if e.role == role]
        if not recorded:
            return Miss(role=role, difference=f"the {role} made no request in the recorded run")
        nearest = max(recorded, key=lambda lines: difflib.SequenceMatcher(None, lines, asked).ratio())
        diff = "\n".join(difflib.unified_diff(nearest, asked, "recorded", "now", n=2, lineterm=""))
        return Miss(role=role, difference=diff or f"the {role} made this request less often in the recorded run")


def _stuck(exchanges: Sequence[Exchange], ending: Ending) -> frozenset[str]:
    """The last calls of the roles that had their answer when the desk ended, and did nothing with it any more."""
    last = {e.role: e for e in exchanges if e.role != ending.role}
    # A speaker makes one call a turn; everybody else hands in once.
    owed = {role: sum(e.role == role and e.reply is not None for e in exchanges) for role in _SPEAKERS}
    waiting = {role for role in last if ending.turns.get(role, 0) < owed.get(role, 1)}
    return frozenset(
        e.call_id
        for role, e in last.items()
        if (e.trouble is not None and not _gone_without(role, ending)) or (e.reply is not None and role in waiting)
    )


def _gone_without(role: str, ending: Ending) -> bool:
    """Whether the desk went on without what this role should have written, if it failed at all."""
    return role in OPTIONAL_ROLES and ending.turns.get(role, 0) > 0


def request_lines(prompt: Sequence[BaseMessage], rung: Rung | None) -> list[str]:
    """A request as lines of text, as people compare it."""
    lines = [f"asked for: {rung or 'prose'}"]
    for message in prompt:
        lines += [f"[{message.type}]", *message.text.splitlines()]
        lines += [f"calls {call['name']} {call['args']}" for call in getattr(message, "tool_calls", ())]
    return lines
