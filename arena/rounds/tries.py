"""Running a desk until one go of it comes to its end: what holds a desk may be lost in the middle.

A desk that is lost has told of calls that nobody will ever see the end of. So each go has a trace and a recorder of
its own, and what is kept of a desk is one whole go. The money that a lost one spent, or may have, stays in the books.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from arena.contest import Desk, Try
from arena.errors import DeskLostError
from arena.figures import plural
from arena.tape.exchange import Exchange
from arena.tape.recorder import Recorder

TRIES = 3
"""Goes at one desk: a machine that goes takes two workers with it at times, a desk that kills its workers all."""

Kept = TypeVar("Kept")


NewlyEnded = Callable[[], Sequence[Exchange]]
"""Gives the exchanges of a go that have ended since it was called before."""


async def whole(
    desk: Desk, run: Callable[[Desk, Try, NewlyEnded], Awaitable[Kept]], *, before: int, told: Callable[[str], None]
) -> tuple[Kept, tuple[Exchange, ...]]:
    """What came of the go that was not lost, and what its tape holds; the last one ends as it ends.

    `before` is the number of exchanges the desk had in its research; `told` is given a sentence on each that was lost.
    """
    began, number = time.monotonic(), 1
    while True:
        recorder = Recorder(before)
        go = Try(lost_seconds=time.monotonic() - began if number > 1 else 0.0, last=number == TRIES)
        try:
            return await run(recorder.desk(desk), go, recorder.newly_ended), recorder.exchanges()
        except DeskLostError as error:
            calls = plural(len(recorder.exchanges()), "call", "calls")
            told(f"{error}, after {calls}; it was run again, and what those cost stays in the books")
        number += 1
