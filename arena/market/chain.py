"""The chain of vendors: asked in order until one answers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from arena.config.market import MarketSettings, VendorName
from arena.errors import NotCoveredError, NotSetUpError, TickerError, VendorError
from arena.market.answers import Answer, Answered, Unanswered
from arena.market.cache import AnswerCache
from arena.market.line import Line, ReckonedLine, VendorLine
from arena.market.questions import Question
from arena.market.vendor import Vendor
from arena.records.market import SectionName

T = TypeVar("T")

CALLS_AT_ONCE = 16
"""Vendor calls that run at the same time; more wait their turn, as vendors throttle bursts."""

RECKONED: frozenset[VendorName] = frozenset({"simulated"})
"""Vendors that wait for nothing; whoever brings one of that name promises it."""


class VendorChain:
    """The vendors in the configured order.

    Those that wait have `settings.timeout` seconds for each call, and for those elsewhere `cache` is looked into first.
    """

    def __init__(
        self,
        vendors: Sequence[Vendor],
        settings: MarketSettings,
        clock: Callable[[], datetime],
        cache: AnswerCache | None = None,
    ) -> None:
        threads = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="vendor")
        self._lines: tuple[Line, ...] = tuple(
            ReckonedLine(vendor, clock)
            if vendor.name in RECKONED
            else VendorLine(vendor, settings, threads, clock, cache)
            for vendor in vendors
        )
        self._settings = settings
        self._clock = clock

    async def ask(self, question: Question[T], check: Callable[[T], None] | None = None) -> Answer[T]:
        """The first answer; without one, every vendor's reason. A vendor that fails is noted and passed over.

        So is one whose facts do not do: `check` raises the VendorError that says why.
        """
        refusals: list[tuple[str, TickerError | VendorError]] = []
        for line in self._asked_for(question.section):
            try:
                told = await line.ask(question)
                if check is not None:
                    check(told.facts)
            except (TickerError, VendorError) as error:
                refusals.append((line.name, error))
            else:
                notes = tuple(f"{name}: {error}; answered by {line.name}" for name, error in refusals)
                return Answered(line.name, told.facts, told.retrieved, notes)
        return self._unanswered(refusals)

    def _asked_for(self, section: SectionName) -> Iterator[Line]:
        """The section's own chain where it has one, else everybody who is not there for another section only."""
        chains = self._settings.chains
        if section in chains:
            by_name = {line.name: line for line in self._lines}
            yield from (by_name[name] for name in chains[section])
            return
        guests = {name for chain in chains.values() for name in chain} - set(self._settings.vendors)
        yield from (line for line in self._lines if line.name not in guests)

    def _unanswered(self, refusals: Sequence[tuple[str, TickerError | VendorError]]) -> Unanswered:
        errors = [error for _, error in refusals]
        outage = any(not isinstance(error, TickerError | NotCoveredError) for error in errors)
        return Unanswered(
            retrieved=self._clock(),
            notes=tuple(f"{name}: {error}" for name, error in refusals),
            unknown=not outage and any(isinstance(error, TickerError) for error in errors),
            failed=outage or any(isinstance(error, NotSetUpError) for error in errors),
        )
