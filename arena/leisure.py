"""What can be done ahead, done while the event loop has nothing else to do.

Hundreds of desks hear from their models at about the same time, and then wait for seconds. What one does ahead as soon
as it has heard keeps all the others from their next question; a moment later it costs nobody anything.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from time import perf_counter
from weakref import WeakKeyDictionary

Work = Callable[[], None]

IDLE_SECONDS = 0.0003
"""What a turn of an event loop takes at the most that had next to nothing to do."""

BUSY_SECONDS = 0.02
"""How long a busy loop is left alone before it is looked at again."""


class Leisure:
    """The leisure of whatever event loops it is used from, each with work of its own."""

    def __init__(self) -> None:
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, deque[Work]] = WeakKeyDictionary()

    def add(self, work: Work) -> None:
        """Have it done on the running loop in its turn, once that is idle; perhaps never, where the loop ends before.

        It should take a few milliseconds and not need to be done: who needs what it makes does it then. It is done in
        the context it is added in.
        """
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(loop, deque())
        waiting.append(partial(copy_context().run, work))
        if len(waiting) == 1:
            self._look(loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """See how long the loop takes for whatever else there is to do in its next turn."""
        loop.call_soon(self._looked, loop, perf_counter())

    def _looked(self, loop: asyncio.AbstractEventLoop, since: float) -> None:
        if perf_counter() - since > IDLE_SECONDS:
            loop.call_later(BUSY_SECONDS, self._look, loop)
            return
        waiting = self._waiting[loop]
        try:
            waiting[0]()
        finally:
            # In its place until it is done, so that whoever is added meanwhile does not look as well.
            waiting.popleft()
            if waiting:
                self._look(loop)
