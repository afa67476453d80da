"""The account of an arena: what has been spent and what is reserved, under each limit.

Where only reservations stand in the way a request waits for them, since most of them come back; where settled
spending leaves no room it is refused. Usable from event loops that run at the same time or one after another.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property

from arena.config.running import BudgetSettings
from arena.errors import ModelError
from arena.records.base import plain
from arena.records.spending import Limit, Scope, Spending

_LOOK_AGAIN = 0.2
"""Seconds between two looks at what other processes have reserved, while a request waits for that."""

_PLACES: Mapping[Limit, str] = {
    "contestant": "for one contestant in one round",
    "round": "for one round",
    "season": "for the season",
    "day": "for one day",
}


class Account:
    """What has been spent and what is reserved, under each limit."""

    def __init__(self, caps: BudgetSettings) -> None:
        self.caps = caps
        self._settled: dict[Scope, Decimal] = {}
        """By this account, and by others as far as it has learnt of it."""
        self._reserved: dict[Scope, Decimal] = {}
        self._reserved_elsewhere: dict[Scope, Decimal] = {}
        self._brought: set[Scope] = set()
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()

    @cached_property
    def capped(self) -> bool:
        """Whether there is any limit at all."""
        return any(cap is not None for cap in dict(self.caps).values())

    @cached_property
    def shared(self) -> bool:
        """Whether there is a limit that others' spending counts for too."""
        return any(cap is not None for limit, cap in dict(self.caps).items() if limit != "call")

    def spent(self, scope: Scope) -> Decimal:
        """Dollars settled for a scope."""
        with self._lock:
            return self._settled.get(scope, Decimal(0))

    def unknown(self, scopes: Iterable[Scope]) -> frozenset[Scope]:
        """Those with a limit of which it has not been told yet what others spent."""
        with self._lock:
            return frozenset(scope for scope in scopes if self._cap(scope) is not None) - self._brought

    def bring(self, scope: Scope, spent: Decimal) -> None:
        """Take over all that others have settled for a scope; from then on `learn` tells what comes in."""
        with self._lock:
            if scope in self._brought:
                raise RuntimeError(f"{scope} was brought before")
            self._brought.add(scope)
            self._settled[scope] = self._settled.get(scope, Decimal(0)) + spent

    def learn(self, settled: Iterable[Spending], reserved: Iterable[Spending]) -> None:
        """Take over what others have settled since it was told last, and all that they have reserved now."""
        with self._lock:
            for one in settled:
                for scope in self._brought.intersection(one.scopes):
                    self._settled[scope] = self._settled.get(scope, Decimal(0)) + one.dollars
            self._reserved_elsewhere = {}
            for one in reserved:
                for scope in one.scopes:
                    before = self._reserved_elsewhere.get(scope, Decimal(0))
                    self._reserved_elsewhere[scope] = before + one.dollars
        self._wake_all()

    def holds(self, spending: Spending) -> bool:
        """Whether a reservation this account has made still fits beside what others have settled and reserved."""
        with self._lock:
            return all(self._fits(scope, Decimal(0)) for scope in spending.scopes)

    async def reserve(
        self, scopes: tuple[Scope, ...], dollars: Decimal, told: str, look: Callable[[], Awaitable[None]]
    ) -> None:
        """Set dollars aside under every scope; waits while reservations may come back, others' included.

        `told` says how the dollars were reckoned, for the ModelError where there is no hope; `look` learns anew
        what others have reserved.
        """
        while (signal := self._reserve_or_queue(scopes, dollars, told)) is not None:
            try:
                if self._wait_for_others(scopes):
                    await look()
                    await asyncio.wait([signal[1]], timeout=_LOOK_AGAIN)
                else:
                    await signal[1]
            finally:
                with self._lock:
                    self._waiting.discard(signal)

    def close(self, scopes: tuple[Scope, ...], reserved: Decimal, cost: Decimal) -> None:
        """Give a reservation back and count what it came to."""
        with self._lock:
            for scope in scopes:
                self._reserved[scope] -= reserved
                self._settled[scope] = self._settled.get(scope, Decimal(0)) + cost
        self._wake_all()

    def _wake_all(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        for loop, future in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, future)

    def _wait_for_others(self, scopes: tuple[Scope, ...]) -> bool:
        with self._lock:
            return any(self._cap(scope) is not None and self._reserved_elsewhere.get(scope) for scope in scopes)

    def _reserve_or_queue(
        self, scopes: tuple[Scope, ...], dollars: Decimal, told: str
    ) -> tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None:
        """Reserve and return None, or return what to wait for."""
        loop = asyncio.get_running_loop()
        with self._lock:
            for scope in scopes:
                self._refuse_where_hopeless(scope, dollars, told)
            if all(self._fits(scope, dollars) for scope in scopes):
                for scope in scopes:
                    self._reserved[scope] = self._reserved.get(scope, Decimal(0)) + dollars
                return None
            signal = (loop, loop.create_future())
            self._waiting.add(signal)
            return signal

    def _cap(self, scope: Scope) -> Decimal | None:
        cap: Decimal | None = getattr(self.caps, scope.limit)
        return cap

    def _fits(self, scope: Scope, dollars: Decimal) -> bool:
        cap = self._cap(scope)
        if cap is None:
            return True
        sums = (self._settled, self._reserved, self._reserved_elsewhere)
        taken = sum((known.get(scope, Decimal(0)) for known in sums), Decimal(0))
        return taken + dollars <= cap

    def _refuse_where_hopeless(self, scope: Scope, dollars: Decimal, told: str) -> None:
        cap = self._cap(scope)
        if cap is None:
            return
        spent = self._settled.get(scope, Decimal(0))
        if spent + dollars > cap:
            raise ModelError(
                "budget",
                f"the budget of ${cap} {_PLACES[scope.limit]} leaves no room: ${plain(spent)} has been spent, and this "
                f"request may cost up to {told}; raise budget.{scope.limit}, or lower max_tokens",
            )


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
