"""The tape behind its one thread, as a round uses it: made by the first writing, not before."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from arena.errors import StoreError
from arena.tape.exchange import ChatTape, Exchange
from arena.tape.tape import Tape
from arena.together import Together

Answer = TypeVar("Answer")


class Reel:
    """The tape of the arena's home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="arena-tape")
        self._tape: Tape | None = None
        self._closed = False
        self._foretold: deque[Exchange] = deque()
        self._chats = Together[ChatTape](self._thread, lambda chats: self._opened().save_chats(chats))

    async def write(self, work: Callable[[Tape], Answer]) -> Answer:
        """Do work on the tape, made if there is none yet."""
        return await asyncio.wrap_future(self._thread.submit(lambda: work(self._opened())))

    async def save_chat(self, chat: ChatTape) -> None:
        """Keep a chat's tape, in one writing with those that came while it waited; see `Tape.save_chats`."""
        await self._chats.save(chat)

    def foretell(self, exchanges: Sequence[Exchange]) -> None:
        """Have what exchanges say kept before their chat is, so that keeping that takes less. Does not wait.

        What could not be kept is kept with the chat, or told of then.
        """
        if exchanges and not self._closed:
            self._foretold.extend(exchanges)
            self._thread.submit(self._keep_foretold)

    async def read(self, work: Callable[[Tape], Answer]) -> Answer | None:
        """Do work on the tape; None where there is none."""

        def looked_up() -> Answer | None:
            return work(self._opened()) if self._tape is not None or Tape.exists(self.home) else None

        return await asyncio.wrap_future(self._thread.submit(looked_up))

    def close(self) -> None:
        """Close the tape and end its thread."""
        self._closed = True
        # Behind what was foretold last, which may be what opens it.
        self._thread.submit(self._close_tape).result()
        self._thread.shutdown()

    def _close_tape(self) -> None:
        if self._tape is not None:
            self._tape.close()
            self._tape = None

    def _keep_foretold(self) -> None:
        # One writing for all that has come together while this waited for its turn, of however many desks.
        exchanges = [self._foretold.popleft() for _ in range(len(self._foretold))]
        if exchanges:
            with suppress(StoreError):
                self._opened().keep_ahead(exchanges)

    def _opened(self) -> Tape:
        if self._tape is None:
            self._tape = Tape.open(self.home)
        return self._tape
