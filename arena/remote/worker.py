"""A worker: the process in which desks run, as the arena that started it calls it through Ray."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple

from arena.collector import at_rest
from arena.remote.events import Event
from arena.remote.host import Host
from arena.tape.exchange import Trouble

_GATHER = 0.02
"""Seconds for which what happens is gathered before it is told: each telling costs the arena's process as much as
ten events. A request that waits for leave is told of at once; of a worker that is killed, one that does not wait and
left within this time is in no book."""


class Running(NamedTuple):
    """What a worker says of itself."""

    where: str
    code: str
    """The version of its code, with a hash over its sources."""
    prompts: str
    """The content hash of all its prompts."""


class Worker:
    """Holds desks, as many at once as it is given."""

    def __init__(self, host: Callable[[str], Host], config: str) -> None:
        """`host` makes what runs errands from a configuration's JSON."""
        self._make = host
        self._config = config
        self._host: Host | None = None
        self._held: dict[str, _Held] = {}

    async def running(self) -> Running:
        """Make everything ready, and say what runs here."""
        host = self._host = await asyncio.to_thread(self._make, self._config)
        return Running(f"{socket.gethostname()}, process {os.getpid()}", host.code, host.prompts)

    async def run(self, errand: str, packed: str) -> AsyncGenerator[tuple[Event, ...]]:
        """Run an errand, and tell of it as things happen."""
        if self._host is None:
            raise RuntimeError("an errand was sent to a worker that was not made ready")
        held = self._held[errand] = _Held()
        with at_rest():
            held.begin(self._host.run(packed, held.tell, lambda _: held.ask))
            try:
                async for events in held.told():
                    yield events
            finally:
                held.call_off()
                del self._held[errand]

    async def answer(self, errand: str, passage: str, trouble: Trouble | None) -> None:
        """Let a request of an errand go, or say why it may not; one that is over needs no answer."""
        if errand in self._held:
            self._held[errand].answer(passage, trouble)

    async def call_off(self, errand: str) -> None:
        """End an errand that nobody waits for any longer."""
        if errand in self._held:
            self._held[errand].call_off()


class _Held:
    """One desk that is held: what is to be told of it, and the requests of it that wait."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._some = asyncio.Event()
        self._at_once = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[Trouble | None]] = {}

    def begin(self, run: Coroutine[Any, Any, None]) -> None:
        """Run the desk; its end is told of at once."""
        self._task = asyncio.create_task(run)
        self._task.add_done_callback(self._is_over)

    def _is_over(self, _: object) -> None:
        self._some.set()
        self._at_once.set()

    def call_off(self) -> None:
        """Cancel it, unless it is through."""
        if self._task is not None:
            self._task.cancel()

    def tell(self, event: Event) -> None:
        """Something happened."""
        self._events.append(event)
        self._some.set()

    def ask(self, passage: str) -> "asyncio.Future[Trouble | None]":
        """Wait for the answer to a request that was told of."""
        self._at_once.set()
        self._waiting[passage] = asyncio.get_running_loop().create_future()
        return self._waiting[passage]

    def answer(self, passage: str, trouble: Trouble | None) -> None:
        """It has come."""
        waiting = self._waiting.pop(passage, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(trouble)

    async def told(self) -> AsyncGenerator[tuple[Event, ...]]:
        """What happened since it was last told, until the end. Raises what no desk may end by."""
        task = self._task
        while task is not None and not (task.done() and not self._events):
            await self._some.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._at_once.wait(), _GATHER)
            if not task.done():
                self._some.clear()
                self._at_once.clear()
            events, self._events = tuple(self._events), []
            if events:
                yield events
        if task is not None and not task.cancelled():
            task.result()
