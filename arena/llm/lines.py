"""The lines to the endpoints: how many requests at once, how many a minute, and whether at all.

A `Line` is one endpoint on one event loop, shared by all its contestants; an `Access` is one
contestant's way to it, its replicas' too. Waiting for a place counts in the call's deadline. A server that asks one
request to wait (Retry-After) is obeyed by that request only: limits are often a model's, not a key's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta

from arena.breaker import Breaker, Down, Trial
from arena.llm.faults import Fault


def utc_now() -> datetime:
    """The clock outside tests."""
    return datetime.now(UTC)


class Pace:
    """Requests spaced evenly: a bucket that holds one token."""

    def __init__(self, per_minute: float) -> None:
        self._interval = 60 / per_minute
        self._next = 0.0
        self._turn = asyncio.Lock()

    async def turn(self, shut: Callable[[], Fault | None]) -> None:
        """Wait until a request may be sent; not at all once `shut` gives a reason why none will be."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if shut() is None:
                await asyncio.sleep(max(0.0, self._next - loop.time()))
                self._next = loop.time() + self._interval


class Line:
    """One endpoint on one event loop."""

    def __init__(
        self,
        name: str,
        *,
        concurrency: int | None = None,
        requests_per_minute: float | None = None,
        breaker_failures: int = 8,
        breaker_seconds: float = 30.0,
    ) -> None:
        """`name` is how the endpoint is called in messages; None sets no limit."""
        self._places = _places(concurrency)
        self._pace = Pace(requests_per_minute) if requests_per_minute else None
        self._name = name
        self._breaker = Breaker(breaker_failures, breaker_seconds)

    def why_not(self) -> Fault | None:
        """The fault every request ends in at the moment; None when one may be sent."""
        down = self._breaker.down()
        return None if down is None else _fault(self._name, down)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Trial | Fault]:
        """Wait for a place and hold it while one request is under way; a Fault when none may be sent."""
        async with self._places:
            if self._pace is not None:
                await self._pace.turn(self.why_not)
            trial = self._breaker.request()
            if isinstance(trial, Down):
                yield _fault(self._name, trial)
                return
            with trial:
                yield trial


class DayOff:
    """Whether a contestant has used up what it may ask for in a day. Outlives the event loop."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._until: datetime | None = None
        self._why = ""

    def take(self, why: str) -> None:
        """No more calls before the next midnight UTC."""
        today = self._clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._until, self._why = today + timedelta(days=1), why

    def why_not(self) -> Fault | None:
        """The fault every request ends in today; None when one may be sent."""
        if self._until is None or self._clock() >= self._until:
            return None
        told = f"no more calls before {self._until:%Y-%m-%d %H:%M} UTC, since a daily limit is reached: {self._why}"
        return Fault(verdict="final", reason="rate_limited", message=told, free=True)


class Access:
    """One contestant's way to a line."""

    def __init__(self, line: Line, *, concurrency: int | None = None, day_off: DayOff | None = None) -> None:
        """`concurrency` is how many of the contestant's calls may be under way at once; None sets no limit."""
        self.line = line
        self.calls = _places(concurrency)
        """A place for one call, its retries included."""
        self.day_off = day_off or DayOff()

    def why_not(self) -> Fault | None:
        """The fault every request of this contestant ends in at the moment; None when one may be sent."""
        return self.day_off.why_not() or self.line.why_not()


def _fault(name: str, down: Down) -> Fault:
    again = f"in {down.seconds:.0f} s" if down.seconds else "right now"
    told = (
        f"the endpoint {name} is down after {down.failures} failures in a row, "
        f"the last: {down.last}; it is tried again {again}"
    )
    return Fault(verdict="final", reason="provider_error", message=told, free=True)


def _places(limit: int | None) -> AbstractAsyncContextManager[None]:
    return nullcontext() if limit is None else asyncio.Semaphore(limit)
