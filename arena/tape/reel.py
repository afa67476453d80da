"""The tape behind its one thread, as a round uses it: made by the first writing, not before."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from arena.tape.tape import Tape

Answer = TypeVar("Answer")


class Reel:
    """The tape of the arena's home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="arena-tape")
        self._tape: Tape | None = None

    async def write(self, work: Callable[[Tape], Answer]) -> Answer:
        """Do work on the tape, made if there is none yet."""
        return await asyncio.wrap_future(self._thread.submit(lambda: work(self._opened())))

    async def read(self, work: Callable[[Tape], Answer]) -> Answer | None:
        """Do work on the tape; None where there is none."""

        def looked_up() -> Answer | None:
            return work(self._opened()) if self._tape is not None or Tape.exists(self.home) else None

        return await asyncio.wrap_future(self._thread.submit(looked_up))

    def close(self) -> None:
        """Close the tape and end its thread."""
        if self._tape is not None:
            self._thread.submit(self._tape.close).result()
            self._tape = None
        self._thread.shutdown()

    def _opened(self) -> Tape:
        if self._tape is None:
            self._tape = Tape.open(self.home)
        return self._tape
