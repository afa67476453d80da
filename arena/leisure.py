"""What can be done ahead, done while the event loop has nothing else to do.

Hundreds of desks hear from their models at about the same time, and then wait for seconds. What one does ahead as soon
as it has heard keeps all the others from their next question; a moment later it costs nobody anything.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from time import thread_time
from weakref import WeakKeyDictionary

Work = Callable[[], None]

QUIET_SECONDS = 0.025
"""How long a loop must have had next to nothing to do before there is time for work."""

QUIET_SHARE = 0.1
"""How much of that its thread may have been at work."""

IDLE_SECONDS = 0.0003
"""For how long its thread is at work in a turn of the loop in which there was nothing to do."""


def at_once(work: Work) -> None:
    """Do it now: for whoever runs one desk and has all the time there is."""
    work()


class Leisure:
    """The leisure of whatever event loops it is used from, each with work of its own.

    What counts is how long a loop's thread was at work, and not how long it took: another thread that has the
    interpreter keeps nobody waiting who does not want it.
    """

    def __init__(self) -> None:
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, deque[Work]] = WeakKeyDictionary()

    def add(self, work: Work) -> None:
        """Have it done on the running loop in its turn, once that is quiet; perhaps never, where the loop ends before.

        It should take a few milliseconds and not need to be done: who needs what it makes does it then. It is done in
        the context it is added in.
        """
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(loop, deque())
        waiting.append(partial(copy_context().run, work))
        if len(waiting) == 1:
            self._watch(loop)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(QUIET_SECONDS, self._watched, loop, thread_time())

    def _watched(self, loop: asyncio.AbstractEventLoop, since: float) -> None:
        if thread_time() - since > QUIET_SHARE * QUIET_SECONDS:
            self._watch(loop)
        else:
            self._work(loop)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do what is next; what the loop has got to do meanwhile has its turn before the one after it."""
        waiting = self._waiting[loop]
        try:
            waiting[0]()
        finally:
            # In its place until it is done, so that whoever is added meanwhile does not watch as well.
            waiting.popleft()
            if waiting:
                loop.call_soon(self._worked, loop, thread_time())

    def _worked(self, loop: asyncio.AbstractEventLoop, since: float) -> None:
        if thread_time() - since > IDLE_SECONDS:
            self._watch(loop)
        else:
            self._work(loop)
