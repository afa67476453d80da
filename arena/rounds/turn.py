"""One round of a season at a time, over all processes: whoever comes second waits.

Two that played the same round at once would pay twice, and the ledger of one would contradict the
chats of the other. The lock is a file in the home folder and falls with the process that holds it.
"""

import asyncio
import time
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from arena.errors import UsageError

_LOOK_AGAIN = 0.2
"""Seconds between two tries."""


class Turn(Protocol):
    """A run's turn to play in a season."""

    async def begin(self) -> None:
        """Wait for the turn; taken before the first write and held to the end of the run."""


class SeasonTurn:
    """A turn in one season of one home folder."""

    def __init__(self, home: Path, season: str, patience: float) -> None:
        """`patience` is the seconds to wait for others before giving up."""
        self._path = home / "turns" / f"{season}.lock"
        self._lock = FileLock(self._path)
        self._patience = patience

    async def begin(self) -> None:
        """Wait for the turn. Raises UsageError when the others do not end in time."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + self._patience
        while True:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                if time.monotonic() >= until:
                    raise UsageError(
                        f"another process has been playing in the season {self._path.stem} for more than "
                        f"{self._patience:g} s; run this again when it has ended"
                    ) from None
                await asyncio.sleep(_LOOK_AGAIN)
            else:
                return

    def end(self) -> None:
        """Let the next one play."""
        self._lock.release()


class OpenFloor:
    """A turn nobody waits for: for runs that come by another way than the Arena, such as Studio."""

    async def begin(self) -> None:
        """Play at once."""
