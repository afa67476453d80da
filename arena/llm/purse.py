"""The purse: nothing is sent that could cost more than the budget leaves.

One account is shared by all contestants of an arena. A request reserves the most it may cost under
every limit it counts for, and is settled with what it did cost; one whose cost nobody learns counts
as the most. Where there is no limit at all nothing is reserved, and what was spent is written down.

Where several processes spend from one home, what the others settle and reserve counts too. The book tells
it: it writes a reservation down in one step with looking whether there is still room for it.

Usable from event loops that run at the same time or one after another.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Protocol, TypeGuard
from uuid import uuid4

from arena.errors import ModelError
from arena.llm.account import Account
from arena.llm.prices import Most, PriceList
from arena.llm.toll import Passage
from arena.records.spending import Spending


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
        # No other purse has such ids, in whatever process.
        self._ids = map(f"{uuid4().hex}.{{}}".format, count(1))

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Reserve the most this request may cost; see `Toll.admit`."""
        season, session = _ROUND.get() or (self._season, None)
        at = self._clock()

        def spent(dollars: Decimal, known: bool) -> Spending:
            about = {"at": at, "season": season, "session": session, "contestant": self._contestant}
            return Spending(id=next(self._ids), dollars=dollars, known=known, **about)

        if not self._account.capped:
            return Uncapped(spent, lambda: _dollars(self._prices.most(model, prompt_bytes, max_tokens)), self._book)
        most = self._prices.most(model, prompt_bytes, max_tokens)
        spending = spent(_dollars(most), False)
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
        reserved = self._spending.dollars
        dollars, known = (cost, True) if _is_known(cost) else (reserved, False)
        self._account.close(self._scopes, reserved, dollars)
        # Of what can have cost nothing, and did, there is no entry.
        if reserved or dollars or not known:
            self._book.settle(self._spending.model_copy(update={"dollars": dollars, "known": known}))

    def release(self) -> None:
        """Give all back."""
        self._close()
        self._account.close(self._scopes, self._spending.dollars, Decimal(0))
        if self._spending.dollars:
            self._book.release(self._spending.id)


class Uncapped(_Once):
    """Leave to send one request where there is no limit: nothing is reserved, and what it cost is written down."""

    def __init__(self, spent: Callable[[Decimal, bool], Spending], at_most: Callable[[], Decimal], book: Book) -> None:
        """`spent` makes the entry of dollars that are known or not; `at_most` gives the dollars it could cost."""
        self._spent = spent
        self._at_most = at_most
        self._book = book

    def settle(self, cost: Decimal | None) -> None:
        """Write down what the request cost in dollars; None, which is unknown, as the most it could."""
        self._close()
        if not _is_known(cost):
            self._book.settle(self._spent(self._at_most(), False))
        # Of what can have cost nothing there is no entry.
        elif cost or self._at_most():
            self._book.settle(self._spent(cost, True))

    def release(self) -> None:
        """Write nothing down."""
        self._close()


def _is_known(cost: Decimal | None) -> TypeGuard[Decimal]:
    return cost is not None and cost >= 0


def _dollars(most: Most | None) -> Decimal:
    return most.dollars if most is not None else Decimal(0)
