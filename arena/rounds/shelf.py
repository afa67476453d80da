"""Where a round keeps things: the store behind its one thread, and the snapshots at hand.

SQLite wants one connection a thread and the event loop wants no blocking call, so everything that
touches the store goes through one worker thread. The store is made by the first write, not before:
a command that fails on its arguments leaves nothing behind.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.store import Store
from arena.together import Together

Answer = TypeVar("Answer")

_AT_HAND = 256
"""Snapshots kept in memory; older ones are read from their files again."""


class Shelf:
    """The arena's home folder, as a round uses it."""

    def __init__(
        self, home: Path, *, copied_to: tuple[str, ...] = (), on_write: Callable[[], None] = lambda: None
    ) -> None:
        """`copied_to` are the sinks that get a copy of what is stored; `on_write` is called after each `write`."""
        self.home = home
        self._copied_to = copied_to
        self._on_write = on_write
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="arena-store")
        self._store: Store | None = None
        self._chats = Together[ModelChat](self._thread, lambda chats: self._opened().save_chats(chats))
        self._closed = False
        self._at_hand: OrderedDict[str, MarketSnapshot] = OrderedDict()

    async def write(self, work: Callable[[Store], Answer]) -> Answer:
        """Do work on the store, made if there is none yet."""
        answer = await self._in_turn(lambda: work(self._opened()))
        self._on_write()
        return answer

    async def save_chat(self, chat: ModelChat) -> None:
        """Store a chat, in one writing with those that came while it waited. Raises what `Store.save_chats` raises."""
        self._refuse_closed()
        await self._chats.save(chat)
        self._on_write()

    def post(self, work: Callable[[Store], Answer]) -> Future[Answer]:
        """Have work done on the store, made if there is none yet, after all that was asked before. Does not wait."""
        return self._thread.submit(lambda: work(self._opened()))

    async def read(self, work: Callable[[Store], Answer]) -> Answer | None:
        """Do work on the store; None where there is no store yet."""

        def looked_up() -> Answer | None:
            return work(self._opened()) if self._store is not None or Store.exists(self.home) else None

        return await self._in_turn(looked_up)

    async def look_up(self, work: Callable[[Store], Answer]) -> Answer:
        """Do work on the store; StoreError where there is no store yet."""

        def looked_up() -> Answer:
            if self._store is None:
                self._store = self._taken(Store.open_existing(self.home))
            return work(self._store)

        return await self._in_turn(looked_up)

    async def _in_turn(self, work: Callable[[], Answer]) -> Answer:
        self._refuse_closed()
        return await asyncio.wrap_future(self._thread.submit(work))

    def _refuse_closed(self) -> None:
        if self._closed:
            raise UsageError("this Arena has been closed; make another one")

    async def keep(self, *snapshots: MarketSnapshot) -> None:
        """Save snapshots under their content hashes."""

        def save() -> None:
            for snapshot in snapshots:
                _snapshots().save(snapshot, self._snapshot_folder)

        # One thread for all: it is reckoning rather than waiting, and several would wait for one another.
        await asyncio.to_thread(save)
        for snapshot in snapshots:
            self._put_at_hand(snapshot)

    async def hold(self, snapshot: MarketSnapshot) -> None:
        """Have a snapshot at hand without saving it."""
        self._put_at_hand(snapshot)

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        """The snapshot of that hash; StoreError where it is not kept or damaged."""
        if snapshot_hash not in self._at_hand:
            self._put_at_hand(await asyncio.to_thread(_snapshots().load, snapshot_hash, self._snapshot_folder))
        self._at_hand.move_to_end(snapshot_hash)
        return self._at_hand[snapshot_hash]

    async def snapshots_beginning(self, beginning: str) -> tuple[str, ...]:
        """The hashes of the kept snapshots that begin so, in order."""
        return await asyncio.to_thread(_snapshots().beginning_with, beginning, self._snapshot_folder)

    def close(self) -> None:
        """Close the store and end its thread."""
        if self._store is not None:
            self._thread.submit(self._store.close).result()
            self._store = None
        self._closed = True
        self._thread.shutdown()

    @property
    def _snapshot_folder(self) -> Path:
        return self.home / "snapshots"

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._taken(Store.open(self.home))
        return self._store

    def _taken(self, store: Store) -> Store:
        store.copied_to = self._copied_to
        return store

    def _put_at_hand(self, snapshot: MarketSnapshot) -> None:
        # The object stays the one it was: what is remembered of a snapshot is known by it.
        self._at_hand.setdefault(snapshot.hash, snapshot)
        self._at_hand.move_to_end(snapshot.hash)
        if len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)


def _snapshots() -> ModuleType:
    from arena.market import snapshot  # noqa: PLC0415  brings pandas: looking a season up does without

    return snapshot
