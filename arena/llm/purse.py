"""The purse: nothing is sent that could cost more than the budget leaves.

One account is shared by all contestants of an arena. A request reserves the most it may cost under
every limit it counts for, and is settled with what it did cost; one whose cost nobody learns counts
as the most. Where only reservations stand in the way a request waits for them, since most of them
come back; where settled spending leaves no room it is refused.

Where several processes spend from one home, what the others settle and reserve counts too. The book tells
it: it writes a reservation down in one step with looking whether there is still room for it.

Usable from event loops that run at the same time or one after another.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Protocol
from uuid import uuid4

from arena.config.running import BudgetSettings
from arena.errors import ModelError
from arena.llm.prices import Most, PriceList
from arena.llm.toll import Passage
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


class Book(Protocol):
    """Where spending is written down."""

    async def reserve(self, spending: Spending) -> bool:
        """Write a reservation down; it is safe from a crash when this returns.

        False, and nothing is written, where what others have spent or reserved meanwhile leaves no room for it.
        """

    async def look(self) -> None:
        """Learn what others have spent and reserved by now."""

    def settle(self, spending: Spending) -> None:
        """Write down what a request cost, in the place of its reservation. Returns at once."""

    def release(self, spending_id: str) -> None:
        """Strike a reservation out. Returns at once."""


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

    def count(self, scopes: tuple[Scope, ...], cost: Decimal) -> None:
        """Count what came to be spent without being reserved. Nobody waits where there is no limit."""
        with self._lock:
            for scope in scopes:
                self._settled[scope] = self._settled.get(scope, Decimal(0)) + cost

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


_ROUND: ContextVar[tuple[str, date] | None] = ContextVar("arena_round", default=None)
# Rounds may be played side by side by one arena, and a contestant's model does not know for which it speaks:
# the round travels with the task that plays it.


@contextmanager
def spending_for(season: str, session: date) -> Iterator[None]:
    """Everything asked inside, by tasks begun inside too, is spent for this round."""
    token = _ROUND.set((season, session))
    try:
        yield
    finally:
        _ROUND.reset(token)


class Purse:
    """A contestant's purse: the toll its requests pass. See `arena.llm.toll.Toll` for the contract."""

    def __init__(
        self,
        contestant: str,
        season: str,
        *,
        account: Account,
        prices: PriceList,
        book: Book,
        clock: Callable[[], datetime],
    ) -> None:
        """`season` is what is spent for outside any round."""
        self._contestant = contestant
        self._season = season
        self._account = account
        self._prices = prices
        self._book = book
        self._clock = clock

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Reserve the most this request may cost; see `Toll.admit`."""
        season, session = _ROUND.get() or (self._season, None)
        at = self._clock()

        def at_most() -> tuple[Spending, Most | None]:
            most = self._prices.most(model, prompt_bytes, max_tokens)
            dollars = most.dollars if most is not None else Decimal(0)
            about = {"at": at, "season": season, "session": session, "contestant": self._contestant}
            return Spending(id=uuid4().hex, dollars=dollars, known=False, **about), most

        if not self._account.capped:
            return Uncapped(self._account, lambda: at_most()[0], self._book)
        spending, most = at_most()
        self._refuse_unbounded(model, most)
        told, scopes = str(most), spending.scopes
        while True:
            await self._account.reserve(scopes, spending.dollars, told, self._book.look)
            if (passage := await self._written_down(spending)) is not None:
                return passage

    async def _written_down(self, spending: Spending) -> "Paid | None":
        """The passage for what the account has set aside; None, with all given back, where others were quicker."""
        passage = Paid(self._account, spending, self._book)
        if not spending.dollars:
            return passage
        try:
            if await self._book.reserve(spending):
                return passage
        except BaseException:
            # Nothing is sent, so nothing is spent: also when the desk's time is up just now.
            passage.release()
            raise
        passage.release()
        return None

    def _refuse_unbounded(self, model: str, most: Most | None) -> None:
        if most is None:
            raise ModelError(
                "budget",
                f"a budget is set and no price is known for {model}, so it cannot be held: add the model under "
                "`prices` in the configuration, or fetch its endpoint's prices with `arena models --refresh`",
            )
        cap = self._account.caps.call
        if cap is not None and most.dollars > cap:
            raise ModelError(
                "budget",
                f"the budget of ${cap} for one call leaves no room: this request to {model} may cost up to "
                f"{most}; raise budget.call, or lower max_tokens",
            )


class _Once:
    """What is settled or released exactly once."""

    _open = True

    def _close(self) -> None:
        if not self._open:
            raise RuntimeError("a passage is settled or released exactly once")
        self._open = False


class Paid(_Once):
    """Leave to send one request, paid for in advance. See `arena.llm.toll.Passage` for the contract."""

    def __init__(self, account: Account, spending: Spending, book: Book) -> None:
        self._account = account
        self._spending = spending
        self._scopes = spending.scopes
        self._book = book

    def settle(self, cost: Decimal | None) -> None:
        """Count what the request cost in dollars; None, which is unknown, as what was reserved for it."""
        self._close()
        settled = _settled(self._spending, cost)
        self._account.close(self._scopes, self._spending.dollars, settled.dollars)
        if self._spending.dollars or _tells(settled):
            self._book.settle(settled)

    def release(self) -> None:
        """Give all back."""
        self._close()
        self._account.close(self._scopes, self._spending.dollars, Decimal(0))
        if self._spending.dollars:
            self._book.release(self._spending.id)


class Uncapped(_Once):
    """Leave to send one request where there is no limit: nothing is reserved, and what it cost is counted."""

    def __init__(self, account: Account, at_most: Callable[[], Spending], book: Book) -> None:
        """`at_most` gives what is spent at the most."""
        self._account = account
        self._at_most = at_most
        self._book = book

    def settle(self, cost: Decimal | None) -> None:
        """Count what the request cost in dollars; None, which is unknown, as the most it could."""
        self._close()
        # Most that is free is known to be: a rehearsal, a model of one's own. Nothing is written of it.
        if cost is not None and cost == 0:
            return
        settled = _settled(self._at_most(), cost)
        self._account.count(settled.scopes, settled.dollars)
        if _tells(settled):
            self._book.settle(settled)

    def release(self) -> None:
        """Count nothing."""
        self._close()


def _settled(reserved: Spending, cost: Decimal | None) -> Spending:
    known = cost is not None and cost >= 0
    return reserved.model_copy(update={"dollars": cost if known else reserved.dollars, "known": known})


def _tells(settled: Spending) -> bool:
    """Whether there is anything to write down: what is known to have cost nothing is not."""
    return bool(settled.dollars) or not settled.known


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
