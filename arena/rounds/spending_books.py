"""The books of an arena's spending: written to the store in batches, and held to what others spend from it.

A reservation is written down in the same transaction that looks what every other process has spent and reserved:
of two that want the last dollar one gets it, and the other waits. All of it is the store's thread's work.
"""

import asyncio
import threading
from collections.abc import Awaitable, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from arena.llm.account import Account
from arena.records.spending import Spending
from arena.rounds.shelf import Shelf
from arena.store import Store

TOGETHER = 0.1
"""Seconds for which what requests cost is gathered before it is written: the calls of many desks end at about once."""


class _Entry(NamedTuple):
    """What is to be written of one request."""

    spending: Spending | None
    """None strikes it out."""
    reserves: bool = False


class SpendingBooks:
    """Writes spending to the store: what comes in while one transaction runs goes into the next together."""

    def __init__(self, shelf: Shelf, account: Account) -> None:
        self._shelf = shelf
        self._account = account
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._next: Future[frozenset[str]] | None = None
        """The write that has not begun, which takes along all that comes before it does; of no room for these ids."""
        self._last: Future[frozenset[str]] | None = None
        self._looking: Future[None] | None = None
        self._changes: int | None = None
        """Where the store was when it was looked at last; None before."""
        self._number = 0

    async def reserve(self, spending: Spending) -> bool:
        """Write a reservation down; it is committed when this returns. False where others have left no room for it."""
        # Shielded, for others wait for the same transaction.
        written = self._post(spending.id, _Entry(spending, reserves=True))
        return spending.id not in await asyncio.shield(asyncio.wrap_future(written))

    def settle(self, spending: Spending) -> None:
        """Write down what a request cost, in the place of its reservation."""
        self._post_soon(spending.id, _Entry(spending))

    def release(self, spending_id: str) -> None:
        """Strike a reservation out."""
        self._post_soon(spending_id, _Entry(None))

    async def look(self) -> None:
        """Learn what others have spent and reserved by now, and whose reservations nobody will settle any more."""
        with self._lock:
            if self._looking is None:
                self._looking = self._shelf.post(self._look)
            looking = self._looking
        await asyncio.shield(asyncio.wrap_future(looking))

    def written(self) -> Awaitable[object]:
        """Have everything written, at once; awaited, it is committed. StoreError where it cannot be."""
        with self._lock:
            due = self._scheduled() if self._entries else self._last
        if due is not None:
            # Shielded, for others wait for the same transaction.
            return asyncio.shield(asyncio.wrap_future(due))
        nothing = asyncio.get_running_loop().create_future()
        nothing.set_result(None)
        return nothing

    def _post(self, spending_id: str, entry: _Entry) -> Future[frozenset[str]]:
        with self._lock:
            self._entries[spending_id] = entry
            return self._scheduled()

    def _post_soon(self, spending_id: str, entry: _Entry) -> None:
        """Have it written together with what else comes soon; whoever reserves or waits meanwhile takes it along."""
        with self._lock:
            self._entries[spending_id] = entry
            if len(self._entries) > 1:
                return
        asyncio.get_running_loop().call_later(TOGETHER, self._write_on)

    def _write_on(self) -> None:
        with self._lock:
            if self._entries:
                self._scheduled()

    def _scheduled(self) -> Future[frozenset[str]]:
        if self._next is None:
            self._next = self._last = self._shelf.post(self._write)
        return self._next

    def _write(self, store: Store) -> frozenset[str]:
        """Write what is due; returns the reservations there was no room for."""
        with self._lock:
            entries, self._entries, self._next = self._entries, {}, None
        try:
            with store.transaction():
                wanted = [e.spending for e in entries.values() if e.reserves and e.spending is not None]
                held = self._held(store, wanted)
                store.reserve(held)
                store.spend(
                    [e.spending for e in entries.values() if e.spending is not None and not e.reserves],
                    [spending_id for spending_id, entry in entries.items() if entry.spending is None],
                )
        except BaseException:
            # Nothing is forgotten: the next write takes it along, and `written` raises what keeps it back.
            with self._lock:
                self._entries = {**entries, **self._entries}
            raise
        return frozenset(one.id for one in wanted) - {one.id for one in held}

    def _held(self, store: Store, wanted: Sequence[Spending]) -> Sequence[Spending]:
        """The reservations that fit beside what others have spent and reserved."""
        if not wanted or not self._account.shared:
            return wanted
        self._learn(store)
        for scope in self._account.unknown(scope for one in wanted for scope in one.scopes):
            self._account.bring(scope, store.spent_elsewhere(scope))
        return [one for one in wanted if self._account.holds(one)]

    def _look(self, store: Store) -> None:
        with self._lock:
            self._looking = None
        buried = store.bury_spenders()
        with store.transaction():
            self._learn(store, anew=buried > 0)

    def _learn(self, store: Store, *, anew: bool = False) -> None:
        """Learn what others did since the last time; `anew` where this store itself has changed what is theirs."""
        changes = store.changes()
        if changes == self._changes and not anew:
            return
        if self._changes is None:
            # What was settled before comes with each scope, when that is first spent for.
            self._number = store.spending_number()
        found = store.spending_elsewhere(self._number)
        self._account.learn(found.settled, found.open)
        self._number, self._changes = found.number, changes
