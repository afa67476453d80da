"""The line to one vendor: kept answers first, then one call a question, against a deadline and under a breaker."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TypeVar

from arena.breaker import Breaker, Down, Trial
from arena.config.model import MarketSettings, VendorName
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.cache import AnswerCache, Told
from arena.market.questions import Question
from arena.market.vendor import Vendor

T = TypeVar("T")

LOCAL: frozenset[VendorName] = frozenset({"files", "simulated"})
"""Vendors on this machine: an edited file must be seen, and one that is bad says nothing about the others."""


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
        loop, begun, trials = asyncio.get_running_loop(), asyncio.Event(), list[Trial]()

        def on_begin(trial: Trial | None) -> None:
            trials.extend([trial] if trial else [])
            loop.call_soon_threadsafe(begun.set)

        answer = loop.run_in_executor(self._threads, self._put, question, on_begin)
        answer.add_done_callback(lambda _: begun.set())
        try:
            await begun.wait()
            await asyncio.wait({answer}, timeout=self._timeout)
            if not answer.done():
                late = f"no answer within {self._timeout:g} seconds"
                for trial in trials:
                    trial.failed(late)
                raise VendorError(late)
            return answer.result()
        finally:
            answer.cancel()

    def _put(self, question: Question[T], on_begin: Callable[[Trial | None], None]) -> Told[T]:
        """Put the question, in a thread, unless somebody who asked the same meanwhile has the answer."""
        cache = self._cache
        with cache.alone(self.name, question, self._timeout) if cache else nullcontext():
            if cache and (kept := cache.read(self.name, question)):
                return kept
            with self._tried(on_begin):
                told = Told(question.put_to(self._vendor), self._clock())
            if cache:
                cache.write(self.name, question, told)
            return told

    @contextmanager
    def _tried(self, on_begin: Callable[[Trial | None], None]) -> Iterator[None]:
        """Judge a call under the breaker. VendorError when none may be made at the moment."""
        if self._breaker is None:
            on_begin(None)
            yield
            return
        trial = self._breaker.request()
        if isinstance(trial, Down):
            raise VendorError(
                f"left alone for a while after {trial.failures} failures in a row, the last: {trial.last}"
            )
        with trial:
            on_begin(trial)
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
