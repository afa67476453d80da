"""Limits that hold over all workers together: whoever sends a request elsewhere gets a place for it here.

A worker knows nothing of the requests of the others, so the places are in the arena's process, on the way past the
toll that every request takes anyhow. A contestant's place is held by a request and given back while its call waits
for the next try; at a desk here the call would hold it. Whether an endpoint is down each worker finds out by itself.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from weakref import WeakKeyDictionary

from arena.config.contestants import Contestant, Endpoint, EndpointContestant
from arena.config.model import ArenaConfig
from arena.llm.lines import Pace
from arena.llm.toll import Passage, Toll
from arena.records.replica import base_of


class SharedLimits:
    """The limits of one configuration's endpoints and contestants, for each event loop by itself."""

    def __init__(self, config: ArenaConfig) -> None:
        self._endpoints = config.endpoints
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Ways] = WeakKeyDictionary()

    def limits(self, contestant: Contestant) -> bool:
        """Whether any limit holds the contestant's requests."""
        if not isinstance(contestant, EndpointContestant):
            return False
        endpoint = self._endpoints[contestant.endpoint]
        return any((contestant.concurrency, endpoint.concurrency, endpoint.requests_per_minute))

    def toll(self, contestant: Contestant, toll: Toll) -> Toll:
        """The toll, with the wait for a place where a limit is set."""
        if not (isinstance(contestant, EndpointContestant) and self.limits(contestant)):
            return toll
        return _LimitedToll(toll, lambda: self._ways().of(contestant, self._endpoints[contestant.endpoint]))

    def _ways(self) -> "_Ways":
        return self._loops.setdefault(asyncio.get_running_loop(), _Ways())


class _Way:
    """What one contestant's requests wait for."""

    def __init__(self, own: asyncio.Semaphore | None, line: asyncio.Semaphore | None, pace: Pace | None) -> None:
        self.own = own
        self.line = line
        self.pace = pace


class _Ways:
    """The places of one event loop: an endpoint's for all its contestants, a contestant's for all its replicas."""

    def __init__(self) -> None:
        self._own: dict[str, asyncio.Semaphore | None] = {}
        self._lines: dict[str, tuple[asyncio.Semaphore | None, Pace | None]] = {}

    def of(self, contestant: EndpointContestant, endpoint: Endpoint) -> _Way:
        name = base_of(contestant.name)
        if name not in self._own:
            self._own[name] = _places(contestant.concurrency)
        if contestant.endpoint not in self._lines:
            pace = Pace(endpoint.requests_per_minute) if endpoint.requests_per_minute else None
            self._lines[contestant.endpoint] = _places(endpoint.concurrency), pace
        return _Way(self._own[name], *self._lines[contestant.endpoint])


class _LimitedToll:
    """A toll behind which a place is waited for. See `arena.llm.toll.Toll` for the contract."""

    def __init__(self, toll: Toll, way: Callable[[], _Way]) -> None:
        self._toll = toll
        self._way = way

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Wait in the order in which a call here does: for the contestant's place, the budget, the endpoint's place."""
        way, places = self._way(), ExitStack()
        with ExitStack() as where_it_fails:
            where_it_fails.enter_context(places)
            await _take(way.own, places)
            passage = await self._toll.admit(model, prompt_bytes, max_tokens)
            where_it_fails.callback(passage.release)
            await _take(way.line, places)
            if way.pace is not None:
                await way.pace.turn(lambda: None)
            where_it_fails.pop_all()
        return _LimitedPassage(passage, places)


class _LimitedPassage:
    """Leave to send one request, with the places it takes."""

    def __init__(self, passage: Passage, places: ExitStack) -> None:
        self._passage = passage
        self._places = places

    def settle(self, cost: Decimal | None) -> None:
        """Settle it and give its places back."""
        with self._places:
            self._passage.settle(cost)

    def release(self) -> None:
        """Release it and give its places back."""
        with self._places:
            self._passage.release()


async def _take(places: asyncio.Semaphore | None, held: ExitStack) -> None:
    if places is not None:
        await places.acquire()
        held.callback(places.release)


def _places(limit: int | None) -> asyncio.Semaphore | None:
    return None if limit is None else asyncio.Semaphore(limit)
