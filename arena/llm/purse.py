"""The purse: nothing is sent that could cost more than the budget leaves.

One account is shared by all contestants of an arena. A request reserves the most it may cost under
every limit it counts for, and is settled with what it did cost; one whose cost nobody learns counts
as the most. Where only reservations stand in the way a request waits for them, since most of them
come back; where settled spending leaves no room it is refused.

The limits hold for one process at a time: two arenas that spend from one home at once do not see
each other's requests until they are opened again.

Usable from event loops that run at the same time or one after another.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol
from uuid import uuid4

from arena.config.model import BudgetSettings
from arena.errors import ModelError
from arena.llm.prices import PriceList
from arena.records.base import plain
from arena.records.spending import Spending

Limit = Literal["contestant", "round", "season", "day"]

_PLACES: Mapping[Limit, str] = {
    "contestant": "for one contestant in one round",
    "round": "for one round",
    "season": "for the season",
    "day": "for one day",
}


class Scope(NamedTuple):
    """Whom a sum of spending belongs to; fields that do not matter for its limit are empty."""

    limit: Limit
    season: str = ""
    session: date | None = None
    contestant: str = ""
    day: date | None = None


class Book(Protocol):
    """Where spending is written down."""

    async def reserve(self, spending: Spending) -> None:
        """Write a reservation down; it is safe from a crash when this returns."""

    def settle(self, spending: Spending) -> None:
        """Write down what a request cost, in the place of its reservation. Returns at once."""

    def release(self, spending_id: str) -> None:
        """Strike a reservation out. Returns at once."""


class Account:
    """What has been spent and what is reserved, under each limit."""

    def __init__(self, caps: BudgetSettings) -> None:
        self.caps = caps
        self._settled: dict[Scope, Decimal] = {}
        self._reserved: dict[Scope, Decimal] = {}
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()

    @property
    def capped(self) -> bool:
        """Whether there is any limit at all."""
        return any(cap is not None for cap in dict(self.caps).values())

    def bring(self, scope: Scope, spent: Decimal) -> None:
        """Take over what was spent earlier, unless this account has counted for that scope from its beginning."""
        with self._lock:
            self._settled.setdefault(scope, spent)

    def spent(self, scope: Scope) -> Decimal:
        """Dollars settled for a scope."""
        with self._lock:
            return self._settled.get(scope, Decimal(0))

    async def reserve(self, scopes: tuple[Scope, ...], dollars: Decimal) -> None:
        """Set dollars aside under every scope; waits while reservations may come back. Raises ModelError."""
        while (signal := self._reserve_or_queue(scopes, dollars)) is not None:
            try:
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
            waiting, self._waiting = self._waiting, set()
        for loop, future in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, future)

    def _reserve_or_queue(
        self, scopes: tuple[Scope, ...], dollars: Decimal
    ) -> tuple[asyncio.AbstractEventLoop, asyncio.Future[None]] | None:
        """Reserve and return None, or return what to wait for."""
        loop = asyncio.get_running_loop()
        with self._lock:
            for scope in scopes:
                self._refuse_where_hopeless(scope, dollars)
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
        taken = self._settled.get(scope, Decimal(0)) + self._reserved.get(scope, Decimal(0))
        return cap is None or taken + dollars <= cap

    def _refuse_where_hopeless(self, scope: Scope, dollars: Decimal) -> None:
        cap, spent = self._cap(scope), self._settled.get(scope, Decimal(0))
        if cap is not None and spent + dollars > cap:
            raise ModelError(
                "budget",
                f"the budget of ${cap} {_PLACES[scope.limit]} leaves no room: ${plain(spent)} has been spent, and this "
                f"request may cost up to ${plain(dollars)}; raise budget.{scope.limit}, or lower max_tokens",
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

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> "Paid":
        """Reserve the most this request may cost; see `Toll.admit`."""
        most = self._prices.most(model, prompt_bytes, max_tokens)
        self._refuse_unbounded(model, most)
        reserved = most or Decimal(0)
        season, session = _ROUND.get() or (self._season, None)
        at = self._clock()
        scopes = (
            Scope("contestant", season=season, session=session, contestant=self._contestant),
            Scope("round", season=season, session=session),
            Scope("season", season=season),
            Scope("day", day=at.date()),
        )
        await self._account.reserve(scopes, reserved)
        spending = Spending(
            id=uuid4().hex,
            at=at,
            season=season,
            session=session,
            contestant=self._contestant,
            dollars=reserved,
            known=False,
        )
        passage = Paid(self._account, scopes, spending, self._book)
        if self._account.capped and reserved:
            try:
                await self._book.reserve(spending)
            except BaseException:
                # Nothing is sent, so nothing is spent: also when the desk's time is up just now.
                passage.release()
                raise
        return passage

    def _refuse_unbounded(self, model: str, most: Decimal | None) -> None:
        if not self._account.capped:
            return
        if most is None:
            raise ModelError(
                "budget",
                f"a budget is set and no price is known for {model}, so it cannot be held: add the model under "
                "`prices` in the configuration, or fetch its endpoint's prices with `arena models --refresh`",
            )
        cap = self._account.caps.call
        if cap is not None and most > cap:
            raise ModelError(
                "budget",
                f"the budget of ${cap} for one call leaves no room: this request to {model} may cost up to "
                f"${plain(most)}; raise budget.call, or lower max_tokens",
            )


class Paid:
    """Leave to send one request, paid for in advance. See `arena.llm.toll.Passage` for the contract."""

    def __init__(self, account: Account, scopes: tuple[Scope, ...], spending: Spending, book: Book) -> None:
        self._account = account
        self._scopes = scopes
        self._spending = spending
        self._book = book
        self._open = True

    def settle(self, cost: Decimal | None) -> None:
        """Count what the request cost in dollars; None, which is unknown, as what was reserved for it."""
        known = cost is not None and cost >= 0
        dollars = cost if cost is not None and known else self._spending.dollars
        self._close(dollars)
        settled = self._spending.model_copy(update={"dollars": dollars, "known": known})
        if settled.dollars or self._spending.dollars or not settled.known:
            self._book.settle(settled)

    def release(self) -> None:
        """Give all back."""
        self._close(Decimal(0))
        if self._spending.dollars:
            self._book.release(self._spending.id)

    def _close(self, cost: Decimal) -> None:
        if not self._open:
            raise RuntimeError("a passage is settled or released exactly once")
        self._open = False
        self._account.close(self._scopes, self._spending.dollars, cost)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
