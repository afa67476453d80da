"""One chat's tape while it is played: which exchange answers a request, and when.

Who answered first decides what a desk did when one of its calls failed: what its siblings had got to by then
is on the record, and what came later is not. So an answer is handed out when everything that was recorded
before it has happened again, and not earlier.
"""

import asyncio
import difflib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from langchain_core.messages import AIMessage, BaseMessage

from arena.errors import ArenaError
from arena.records.base import Record
from arena.records.chat import Rung
from arena.tape.exchange import ChatTape, Exchange
from arena.tape.hasty import HastyLoop

_IDLE_TURNS = 3000
"""Turns of the event loop without any call starting or ending, after which none will of itself.

Nothing in a replayed desk waits for anything but the loop, and no step of a graph takes more than a few dozen.
"""


class Miss(Record):
    """A request the tape does not hold."""

    role: str
    difference: str
    """A unified diff from the nearest recorded request of the role to the one that was made; a sentence where the
    role made no request in the recorded run, or none that is left."""


class Tie(NamedTuple):
    """How to break a tie between calls that ended in the same instant, of which the graph notices any first."""

    role: str
    """Whose failure is noticed."""
    head_start: int
    """Turns of the event loop by which it comes before the others."""
    finished: frozenset[str] = frozenset()
    """Roles that had handed in what they had to before the desk ended."""


class TapeMissError(ArenaError):
    """The desk asked something the tape holds no answer to: code or prompts have changed."""


class Playback:
    """Finds the answers of one recorded chat, each once, and keeps their order."""

    def __init__(self, tape: ChatTape, tie: Tie | None = None) -> None:
        """`tie` says whose failure is noticed first where several calls ended in the same instant."""
        self._last = _last_of_each(tape.exchanges, tie.finished) if tie is not None else {}
        self._fatal = self._last.get(tie.role) if tie is not None else None
        self._head_start = tie.head_start if tie is not None else 0
        self._left = list(tape.exchanges)
        self._all = tape.exchanges
        moments = [(e.started, True, e.call_id) for e in tape.exchanges]
        moments += [(e.ended, False, e.call_id) for e in tape.exchanges if e.ended is not None]
        ordered = [(begins, call_id) for _, begins, call_id in sorted(moments)]
        self._due = [moment for moment in ordered if moment[0] or moment[1] not in self._last.values()]
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

    async def answer(self, exchange: Exchange) -> AIMessage:
        """What the exchange came to, when its time has come. Raises what was recorded."""
        while exchange.reply is None and exchange.trouble is None:
            await self._bring_on_the_end()
        while not self._is_due(exchange):
            if await self._nothing_stirs():
                # The recorded run made a call that this one does not make; the comparison will show it.
                self._due = [moment for moment in self._due if moment == (False, exchange.call_id)]
        if (False, self._fatal) in self._happened:
            for _ in range(self._head_start):
                await asyncio.sleep(0)
        self._happen(begins=False, call_id=exchange.call_id)
        if exchange.reply is not None:
            return exchange.reply.model_copy(deep=True)
        raise exchange.trouble.error() if exchange.trouble else TapeMissError("the tape has no end of this call")

    async def _bring_on_the_end(self) -> None:
        """Let a call hang that was cut off; once it hangs alone, bring on the time-out that it was cut off by."""
        loop = asyncio.get_running_loop()
        if await self._nothing_stirs() and isinstance(loop, HastyLoop):
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
        if self._fatal is not None and not any(begins for begins, _ in self._due):
            # Nothing was asked any more: the failure that ended the desk comes first, all others after it.
            return exchange.call_id == self._fatal or (False, self._fatal) in self._happened
        if exchange.call_id in self._last.values():
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


def _last_of_each(exchanges: Sequence[Exchange], finished: Collection[str]) -> dict[str, str]:
    """The last call of each role that was still at work when the desk ended, by role."""
    first = {e.role: e.started for e in reversed(exchanges)}
    begun = max(first.values(), default=0)
    last = {e.role: e for e in exchanges}
    return {
        role: e.call_id for role, e in last.items() if role not in finished and e.ended is not None and e.ended > begun
    }


def request_lines(prompt: Sequence[BaseMessage], rung: Rung | None) -> list[str]:
    """A request as lines of text, as people compare it."""
    lines = [f"asked for: {rung or 'prose'}"]
    for message in prompt:
        lines += [f"[{message.type}]", *message.text.splitlines()]
        lines += [f"calls {call['name']} {call['args']}" for call in getattr(message, "tool_calls", ())]
    return lines
