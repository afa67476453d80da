"""The chain of vendors: asked in order until one answers, each in a thread and against a deadline."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from arena.config.model import MarketSettings
from arena.errors import NotCoveredError, NotSetUpError, TickerError, VendorError
from arena.market.answers import Answer, Answered, Unanswered
from arena.market.questions import Question
from arena.market.vendor import Vendor
from arena.records.market import SectionName

T = TypeVar("T")

CALLS_AT_ONCE = 16
"""Vendor calls that run at the same time; more wait their turn, as vendors throttle bursts."""


class VendorChain:
    """The vendors in the configured order, `settings.timeout` seconds for each call.

    The deadline runs from when a thread takes the call up, not from when it was queued. It frees the caller
    only: a thread cannot be stopped, so an adapter must bound its own requests as well.
    """

    def __init__(self, vendors: Sequence[Vendor], settings: MarketSettings, clock: Callable[[], datetime]) -> None:
        self._vendors = tuple(vendors)
        self._settings = settings
        self._clock = clock
        self._threads = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="vendor")

    async def ask(self, question: Question[T]) -> Answer[T]:
        """The first answer; without one, every vendor's reason. A vendor that fails is noted and passed over."""
        refusals: list[tuple[str, TickerError | VendorError]] = []
        for vendor in self._asked_for(question.section):
            try:
                facts = await self._call(vendor, question)
            except (TickerError, VendorError) as error:
                refusals.append((vendor.name, error))
            else:
                notes = tuple(f"{name}: {error}; answered by {vendor.name}" for name, error in refusals)
                return Answered(vendor.name, facts, self._clock(), notes)
        return self._unanswered(refusals)

    def _asked_for(self, section: SectionName) -> Iterator[Vendor]:
        """The section's own chain where it has one, else everybody who is not there for another section only."""
        chains = self._settings.chains
        if section in chains:
            by_name = {vendor.name: vendor for vendor in self._vendors}
            yield from (by_name[name] for name in chains[section])
            return
        guests = {name for chain in chains.values() for name in chain} - set(self._settings.vendors)
        yield from (vendor for vendor in self._vendors if vendor.name not in guests)

    def _unanswered(self, refusals: Sequence[tuple[str, TickerError | VendorError]]) -> Unanswered:
        errors = [error for _, error in refusals]
        outage = any(not isinstance(error, TickerError | NotCoveredError) for error in errors)
        return Unanswered(
            retrieved=self._clock(),
            notes=tuple(f"{name}: {error}" for name, error in refusals),
            unknown=not outage and any(isinstance(error, TickerError) for error in errors),
            failed=outage or any(isinstance(error, NotSetUpError) for error in errors),
        )

    async def _call(self, vendor: Vendor, question: Question[T]) -> T:
        loop, taken_up = asyncio.get_running_loop(), asyncio.Event()

        def work() -> T:
            loop.call_soon_threadsafe(taken_up.set)
            return question.put_to(vendor)

        answer = loop.run_in_executor(self._threads, work)
        try:
            await taken_up.wait()
            await asyncio.wait({answer}, timeout=self._settings.timeout)
            if not answer.done():
                raise VendorError(f"no answer within {self._settings.timeout:g} seconds")
            return answer.result()
        finally:
            answer.cancel()
