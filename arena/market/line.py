"""The line to one vendor: kept answers first, then one call a question, against a deadline and under a breaker.

A vendor that reckons its answers out of nothing has a line of its own, on which there is nothing to keep or to wait
for.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any, Protocol, TypeVar

from arena.breaker import Breaker, Down, Trial
from arena.config.market import MarketSettings, VendorName
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.cache import AnswerCache, Told
from arena.market.questions import Question
from arena.market.vendor import Vendor

T = TypeVar("T")

LOCAL: frozenset[VendorName] = frozenset({"files"})
"""Vendors on this machine: an edited file must be seen, and one that is bad says nothing about the others."""


class Line(Protocol):
    """What a chain asks one vendor by."""

    name: VendorName

    async def ask(self, question: Question[T]) -> Told[T]:
        """The vendor's answer, now or as it was kept. Raises TickerError or VendorError."""


class ReckonedLine:
    """A vendor that waits for nothing, asked on the event loop itself, a few milliseconds a question.

    In a thread it would take the interpreter from the loop all the same, and for each of a round's hundreds of
    questions the two would wait for one another twice.
    """

    def __init__(self, vendor: Vendor, clock: Callable[[], datetime]) -> None:
        self.name = vendor.name
        self._vendor = vendor
        self._clock = clock

    async def ask(self, question: Question[T]) -> Told[T]:
        """The vendor's answer. Raises TickerError or VendorError."""
        # Whoever else is on the loop has a turn between two questions.
        await asyncio.sleep(0)
        return Told(question.put_to(self._vendor), self._clock())


class VendorLine:
    """One vendor, asked in threads. Only facts from elsewhere are kept, and only what is elsewhere can be down.

    The deadline runs from when a call begins, not from when it was queued or waited for others who ask the same.
    It frees the caller only: a thread cannot be stopped, so an adapter must bound its own requests as well. What
    it answers after the deadline is kept all the same.
    """

    def __init__(
        self,
        vendor: Vendor,
        settings: MarketSettings,
        threads: Executor,
        clock: Callable[[], datetime],
        cache: AnswerCache | None,
    ) -> None:
        self.name = vendor.name
        self._vendor = vendor
        self._timeout = settings.timeout
        self._threads = threads
        self._clock = clock
        remote = vendor.name not in LOCAL
        self._cache = cache if remote else None
        self._queue = set[_Place]()
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_seconds) if remote else None

    async def ask(self, question: Question[T]) -> Told[T]:
        """The kept answer, or the vendor's own, which is kept. Raises TickerError or VendorError."""
        if self._cache is not None:
            # Not in the vendors' threads, which an outage may hold.
            kept = await asyncio.to_thread(self._cache.read, self.name, question)
            if kept is not None:
                return kept
        return await self._call(question)

    async def _call(self, question: Question[T]) -> Told[T]:
        place = _Place()
        self._queue.add(place)
        answer = place.loop.run_in_executor(self._threads, self._put, question, place)
        answer.add_done_callback(lambda _: place.moved.set())
        try:
            await self._turn(place, answer)
            await asyncio.wait({answer}, timeout=self._timeout)
            if not answer.done():
                late = f"no answer within {self._timeout:g} seconds"
                self._too_late(place, late)
                raise VendorError(late)
            return answer.result()
        finally:
            self._queue.discard(place)
            answer.cancel()

    async def _turn(self, place: "_Place", answer: asyncio.Future[Any]) -> None:
        """Wait until the call has begun. VendorError when the vendor is found down meanwhile."""
        while not (place.begun or answer.done()):
            await place.moved.wait()
            place.moved.clear()
            if self._breaker is not None and not place.begun and (down := self._breaker.down()):
                raise _left_alone(down)

    def _too_late(self, place: "_Place", why: str) -> None:
        """Count a failure; those in the queue, whose threads may hang for long, look whether it was one too many."""
        if place.trial is not None:
            place.trial.failed(why)
            for waiting in tuple(self._queue):
                waiting.wake()

    def _put(self, question: Question[T], place: "_Place") -> Told[T]:
        """Put the question, in a thread, unless somebody who asked the same meanwhile has the answer."""
        cache = self._cache
        with cache.alone(self.name, question, self._timeout) if cache else nullcontext():
            if cache and (kept := cache.read(self.name, question)):
                return kept
            with self._tried(place):
                told = Told(question.put_to(self._vendor), self._clock())
            if cache:
                cache.write(self.name, question, told)
            return told

    @contextmanager
    def _tried(self, place: "_Place") -> Iterator[None]:
        """Judge a call under the breaker. VendorError when none may be made at the moment."""
        if self._breaker is None:
            place.begin(None)
            yield
            return
        trial = self._breaker.request()
        if isinstance(trial, Down):
            raise VendorError(
                f"left alone for a while after {trial.failures} failures in a row, the last: {trial.last}"
            )
        with trial:
            place.begin(trial)
            try:
                yield
            except NotCoveredError:
                raise  # which an adapter may say without asking
            except VendorError as error:
                trial.failed(str(error))
                raise
            except TickerError:
                trial.answered()
                raise
            trial.answered()


class _Place:
    """One call's place in the queue for a thread, as its event loop sees it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.moved = asyncio.Event()
        """Set when there is something to look at."""
        self.begun = False
        self.trial: Trial | None = None

    def begin(self, trial: Trial | None) -> None:
        """The call begins. From its thread."""
        self.trial = trial
        self.begun = True
        self.wake()

    def wake(self) -> None:
        """Have its caller look. From any thread."""
        self.loop.call_soon_threadsafe(self.moved.set)


def _left_alone(down: Down) -> VendorError:
    # Without the seconds left: notes are part of a snapshot's content.
    return VendorError(f"left alone for a while after {down.failures} failures in a row, the last: {down.last}")
