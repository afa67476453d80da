"""Many things that are to be saved about the same time, saved in one writing.

Each waits for the one thread that writes; the first that has its turn takes along those that wait behind it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

One = TypeVar("One")

MOST = 16
"""Things that are saved in one writing at the most."""


class Together(Generic[One]):
    """What waits to be saved by one thread, which any event loop may have it do."""

    def __init__(self, thread: Executor, save: Callable[[Sequence[One]], None]) -> None:
        """`save` saves all that it is given, or nothing and raises; saving one again changes nothing."""
        self._thread = thread
        self._save = save
        self._unsaved: deque[tuple[One, Future[None]]] = deque()

    async def save(self, one: One) -> None:
        """Save it, in one writing with those that came while it waited. Raises what saving it alone raises."""
        saved: Future[None] = Future()
        self._unsaved.append((one, saved))
        self._thread.submit(self._save_those_that_wait)
        await asyncio.wrap_future(saved)

    def _save_those_that_wait(self) -> None:
        """Each of them has asked for it: the first to have its turn does it for the rest."""
        next_ones = [self._unsaved.popleft() for _ in range(min(len(self._unsaved), MOST))]
        # Nobody waits any more for one that was called off.
        together = [(one, saved) for one, saved in next_ones if saved.set_running_or_notify_cancel()]
        if len(together) > 1 and self._saved_at_once(together):
            return
        # What is wrong with one of them is no matter of the others, and one that is stored already stays as it is.
        for one, saved in together:
            try:
                self._save((one,))
            except BaseException as error:  # noqa: BLE001 -- whoever waits is told
                saved.set_exception(error)
            else:
                saved.set_result(None)

    def _saved_at_once(self, together: Sequence[tuple[One, "Future[None]"]]) -> bool:
        """Save them all in one writing; False where something is wrong with it."""
        try:
            self._save([one for one, _ in together])
        except Exception:  # noqa: BLE001 -- saved one by one, each is told of its own
            return False
        for _, saved in together:
            saved.set_result(None)
        return True
