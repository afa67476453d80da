"""The courier sends what the outbox holds, beside everything else that goes on.

It lives in a thread of its own, with its own event loop and its own connection to the store, so that a sink that is
down or slow holds nobody up. It never raises into whoever woke it. What it cannot bring while the arena is open stays
in the outbox, and the next command that writes to the home brings it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

from arena.config.sinks import OutboxSettings
from arena.errors import StoreError
from arena.sinks.lane import Lane
from arena.store import Store

_LOOK_AGAIN = 2.0
"""Seconds after which a lane is looked at though nobody called: another process may have left something in it."""
_ENDING = 0.1
"""The same while the arena is being closed."""
_PARTING = 2.0
"""Seconds for the thread to end once it was told to drop everything."""

MakeLanes = Callable[[AsyncExitStack], Awaitable[Sequence[Lane]]]
"""Makes the lanes in the courier's own loop; what they hold open is closed with the stack."""


class Courier:
    """Brings deliveries to their sinks, from when it is first woken until it is ended."""

    def __init__(
        self,
        home: Path,
        settings: OutboxSettings,
        make_lanes: MakeLanes,
        clock: Callable[[], datetime],
        look_again: float = _LOOK_AGAIN,
    ) -> None:
        """`look_again` is in seconds."""
        self._home = home
        self._settings = settings
        self._make_lanes = make_lanes
        self._clock = clock
        self._look_again = look_again
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._calls: list[asyncio.Event] = []
        self._ending = False

    def wake(self) -> None:
        """Say that something may be waiting. Returns at once; from the event loop or any thread."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="arena-courier", daemon=True)
            self._thread.start()
        else:
            self._call(self._ring)

    def end(self) -> None:
        """Let what can be sent now be sent, for a few seconds at most, and stop."""
        if self._thread is None:
            return
        self._ending = True
        self._call(self._ring)
        self._thread.join(self._settings.wait_seconds)
        if self._thread.is_alive():
            self._call(self._drop)
            # A sending that cannot be called off keeps its thread, which ends with the process.
            self._thread.join(_PARTING)
        self._thread = None

    def _call(self, what: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(what)
        except RuntimeError:
            # The loop has just been closed: there is nobody left to call.
            return

    def _ring(self) -> None:
        for call in self._calls:
            call.set()

    def _drop(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _run(self) -> None:
        try:
            asyncio.run(self._deliver())
        except* (StoreError, asyncio.CancelledError):
            # What is wrong with the store is said where a round meets it; what waits is sent another time.
            self._loop = None

    async def _deliver(self) -> None:
        self._loop, self._work, self._calls = asyncio.get_running_loop(), asyncio.current_task(), []
        with Store.open(self._home) as store:
            store.forget_sent(self._clock() - timedelta(days=self._settings.keep_days))
            async with AsyncExitStack() as stack, asyncio.TaskGroup() as serving:
                for lane in await self._make_lanes(stack):
                    call = asyncio.Event()
                    self._calls.append(call)
                    serving.create_task(self._serve(lane, call, store))

    async def _serve(self, lane: Lane, call: asyncio.Event, store: Store) -> None:
        """Send down one lane whenever there is something to send."""
        while True:
            await lane.send_due(store)
            if self._ending and not lane.is_due(store):
                return
            try:
                async with asyncio.timeout(_ENDING if self._ending else self._look_again):
                    await call.wait()
            except TimeoutError:
                continue
            call.clear()
