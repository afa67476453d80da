"""One round of a season at a time, over all processes: whoever comes second waits.

Two that played the same round at once would pay twice, and the ledger of one would contradict the
chats of the other. The lock is a file in the home folder and falls with the process that holds it.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from arena.config.model import ArenaConfig
from arena.errors import StoreError, UsageError

_LOOK_AGAIN = 0.2
"""Seconds between two tries."""


class Turn(Protocol):
    """A run's turn to play in a season."""

    async def begin(self) -> None:
        """Wait for the turn; taken before the first write and held to the end of the run. Asked again it stays."""


class SeasonTurn:
    """A turn in one season of one home folder."""

    def __init__(self, home: Path, season: str, patience: float) -> None:
        """`patience` is the seconds to wait for others before giving up."""
        self._path = home / "turns" / f"{season}.lock"
        # Taken in whatever thread is free, and by whichever step of the run comes first.
        self._lock = FileLock(self._path, thread_local=False)
        self._patience = patience
        self._one_asks = asyncio.Lock()

    async def begin(self) -> None:
        """Wait for the turn. UsageError when the others do not end in time, StoreError where nothing can be written."""
        until = time.monotonic() + self._patience
        async with self._one_asks:
            while not self._lock.is_locked:
                if await asyncio.to_thread(self._taken):
                    return
                if time.monotonic() >= until:
                    raise UsageError(
                        f"another run has been playing in the season {self._path.stem} for more than "
                        f"{self._patience:g} s; run this again when it has ended"
                    )
                await asyncio.sleep(_LOOK_AGAIN)

    def end(self) -> None:
        """Let the next one play."""
        self._lock.release()

    def _taken(self) -> bool:
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(
                f"{folder} cannot be written ({error.strerror}); check the disk and its permissions"
            ) from error
        return True


def turn_in(config: ArenaConfig) -> SeasonTurn:
    """A turn in the season of a configuration, with patience for the longest desk."""
    return SeasonTurn(config.home, config.season, config.limits.desk_seconds)


_TURN: ContextVar[Turn | None] = ContextVar("arena_turn", default=None)
# A graph's configuration is kept with its checkpoints and so must be plain data: the turn travels with the task.


@contextmanager
def taking(turn: Turn) -> Iterator[None]:
    """Every round that is played inside, by tasks begun inside too, is played in this turn."""
    before = _TURN.get()
    _TURN.set(turn)
    try:
        yield
    finally:
        # Not by the token: a server may end a run in another context than it began it in.
        _TURN.set(before)


def current_turn() -> Turn:
    """The turn that is being played in; none is waited for outside any."""
    return _TURN.get() or OpenFloor()


class OpenFloor:
    """A turn nobody waits for: for graphs that are run by themselves, as a replay or a script of one's own does."""

    async def begin(self) -> None:
        """Play at once."""
