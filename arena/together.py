"""Many things that are to be saved about the same time, saved in one writing.

Each waits for the one thread that writes; the first that has its turn takes along those that wait behind it.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

One = TypeVar("One")

MOST = 16
"""Things that are saved in one writing at the most."""


class _Waiting(NamedTuple, Generic[One]):
    """One thing, and what its event loop waits for."""

    one: One
    saved: asyncio.Future[None]


class Together(Generic[One]):
    """What waits to be saved by one thread, which any event loop may have it do."""

    def __init__(self, thread: Executor, save: Callable[[Sequence[One]], None]) -> None:
        """`save` saves all that it is given, or nothing and raises; saving one again changes nothing."""
        self._thread = thread
        self._save = save
        self._unsaved: deque[_Waiting[One]] = deque()

    async def save(self, one: One) -> None:
        """Save it, in one writing with those that came while it waited. Raises what saving it alone raises."""
        saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unsaved.append(_Waiting(one, saved))
        self._thread.submit(self._save_those_that_wait)
        await saved

    def _save_those_that_wait(self) -> None:
        """Each of them has asked for it: the first to have its turn does it for the rest."""
        next_ones = [self._unsaved.popleft() for _ in range(min(len(self._unsaved), MOST))]
        # Nobody waits any more for one that was called off.
        together = [waiting for waiting in next_ones if not waiting.saved.cancelled()]
        errors = self._saved([waiting.one for waiting in together])
        # An event loop is woken once for all of its own: each time it would wait for the interpreter, and so would this
        # thread.
        told = defaultdict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], BaseException | None]]](list)
        for waiting, error in zip(together, errors, strict=True):
            told[waiting.saved.get_loop()].append((waiting.saved, error))
        for loop, its_own in told.items():
            # Of one that is closed nobody waits any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_tell, its_own)

    def _saved(self, together: Sequence[One]) -> Sequence[BaseException | None]:
        """Save them; what became of each."""
        if len(together) > 1:
            with suppress(Exception):
                self._save(together)
                return [None] * len(together)
        # What is wrong with one of them is no matter of the others, and one that is stored already stays as it is.
        return [self._saved_alone(one) for one in together]

    def _saved_alone(self, one: One) -> BaseException | None:
        try:
            self._save((one,))
        except BaseException as error:  # noqa: BLE001 -- whoever waits is told
            return error
        return None


def _tell(told: Iterable[tuple[asyncio.Future[None], BaseException | None]]) -> None:
    for saved, error in told:
        if saved.done():
            continue
        if error is None:
            saved.set_result(None)
        else:
            saved.set_exception(_raisable(error))


def _raisable(error: BaseException) -> BaseException:
    """What a future can raise: it refuses a StopIteration, which would end the generator that awaits it."""
    if not isinstance(error, StopIteration):
        return error
    raisable = RuntimeError("what was to be saved ended too early")
    raisable.__cause__ = error
    return raisable
