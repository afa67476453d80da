"""The gate that desks pass on their way in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary


class Gate:
    """How many desks may run at once, and one at a time through the door; for each event loop by itself.

    Desks that start in the same instant get every answer in the same instant too, share the work after it,
    and are all as late as the last one, at every call. One that starts when the desk before has sent its
    first call finds the loop free, and stays that little behind to the end.
    """

    def __init__(self, desks: int, *, one_by_one: bool = True) -> None:
        """`one_by_one` is False for desks that run elsewhere and share nothing here but the door."""
        self._desks = desks
        self._one_by_one = one_by_one
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Ways] = WeakKeyDictionary()

    @asynccontextmanager
    async def place(self, *, ahead: bool = False) -> AsyncIterator[Callable[[], None]]:
        """A place in the running loop. What it yields lets the next desk in; at the end that happens by itself.

        Of those that run `ahead` one waits at a time, so that whoever plays a round has no more than that before it.
        """
        ways = self._loops.setdefault(asyncio.get_running_loop(), _Ways(asyncio.Semaphore(self._desks)))
        async with ways.line if ahead else nullcontext():
            await ways.places.acquire()
        try:
            await ways.door.acquire()
            with ExitStack() as doorway:
                doorway.callback(ways.door.release)
                if not self._one_by_one:
                    doorway.close()
                yield doorway.close
        finally:
            ways.places.release()


@dataclass(frozen=True)
class _Ways:
    """What leads into one event loop."""

    places: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    line: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Where those that run ahead stand in line."""
