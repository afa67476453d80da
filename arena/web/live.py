"""News of the store for pages that are open: one look a second for all of them together, and none while nobody listens.

Whoever writes is another process, so the store itself is asked. A page hears a word for the store's state at once and
after every change; it then asks for itself again.
"""

import asyncio
from collections.abc import AsyncIterator

from arena.errors import StoreError
from arena.web.reader import Reader

LISTENERS = 64
"""Pages that may listen at the same time."""

_LOOK = 1.0
"""Seconds between two looks."""
_BREATH = 15.0
"""Seconds of silence after which a word of no meaning shows that both sides are there."""


class Newsroom:
    """Looks at the store for those who listen."""

    def __init__(self, reader: Reader, look: float = _LOOK) -> None:
        self._reader = reader
        self._look = look
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._state = ""
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def looking(self) -> bool:
        """Whether anybody looks at the store."""
        return self._looking is not None

    @property
    def full(self) -> bool:
        """Whether as many listen as may."""
        return self._listeners >= LISTENERS

    async def news(self) -> AsyncIterator[str]:
        """Server-sent events: the state at once, then each new one, until the listener goes or the room is closed."""
        self._listeners += 1
        try:
            await self._begin_looking()
            told = None
            while not self._closed:
                if told != self._state:
                    told = self._state
                    yield f"event: state\ndata: {told}\n\n"
                if not await self._changes_from(told):
                    yield ": still here\n\n"
        finally:
            self._leave()

    def close(self) -> None:
        """Let all listeners go, at once. It may be a signal's handler that says so."""
        self._closed = True
        if (looking := self._looking) is not None:
            looking.get_loop().call_soon_threadsafe(looking.cancel)

    async def _begin_looking(self) -> None:
        async with self._starting:
            if self._looking is None:
                self._state = await self._now()
                self._looking = asyncio.create_task(self._keep_looking())

    def _leave(self) -> None:
        self._listeners -= 1
        if not self._listeners and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _changes_from(self, told: str) -> bool:
        try:
            async with asyncio.timeout(_BREATH), self._changed:
                await self._changed.wait_for(lambda: self._closed or self._state != told)
        except TimeoutError:
            return False
        return True

    async def _keep_looking(self) -> None:
        try:
            while not self._closed:
                await asyncio.sleep(self._look)
                if (state := await self._now()) != self._state:
                    async with self._changed:
                        self._state = state
                        self._changed.notify_all()
        finally:
            # Whoever still listens learns that nobody looks any more.
            async with self._changed:
                self._changed.notify_all()

    async def _now(self) -> str:
        try:
            return await self._reader.ask(self._reader.state)
        except StoreError:
            return ""
