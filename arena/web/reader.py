"""The store as the pages read it: a few threads, each with a connection that cannot write, and what they worked out.

SQLite wants one connection a thread and the event loop wants no blocking call. What a page is made of is kept for
as long as the parts of the store that it rests on are the same. What takes a second or two in a long season is made
anew beside, and the older answer serves until it is there. What takes long (a bootstrap, an audit) is worked out by
one more thread, and pages ask whether it is ready.
"""

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_args

from arena.config.model import ArenaConfig
from arena.errors import StoreError
from arena.market import snapshot as snapshots
from arena.records.market import MarketSnapshot
from arena.store import Store
from arena.store.state import StoreState

Answer = TypeVar("Answer")

THREADS = 4
_FILE = "arena.sqlite"
_KEPT = 128
"""Answers in memory, of all pages together."""
_WORKS = 32
"""Works in memory: whoever asks for many horizons of many seasons fills no more than these."""


Part = Literal["chats", "events", "marks", "rounds", "consensus", "seasons", "finished"]
EVERYTHING: tuple[Part, ...] = get_args(Part)

_PATIENCE = 0.04
"""Seconds a page waits for what is made anew before it takes the older answer."""
_REST = 4.0
"""How many times as long as it took last nothing is made anew after it; what is quick is not held back."""
_QUICK = 0.1
"""Seconds."""
_HEAD_START = 0.1
"""Seconds that pages have before what takes a while is made anew beside them: threads of Python share one processor."""


class _Kept(NamedTuple):
    state: tuple[object, ...]
    """Of the parts it rests on; empty for what never changes."""
    answer: Any
    took: float = 0.0
    """Seconds."""
    made: float = 0.0
    """When, on the monotonic clock."""


class Fresh(NamedTuple, Generic[Answer]):
    """An answer, and whether it is of the store as it is now."""

    answer: Answer
    current: bool


class _Opened(NamedTuple):
    file: int | None
    """Which file it was: another one may lie in its place by now."""
    store: Store


@dataclass(frozen=True)
class Work(Generic[Answer]):
    """What takes long, under way or done."""

    state: StoreState
    """Of the store it is worked out from."""
    future: Future[Answer]
    before: Answer | None
    """What was found for an earlier state."""

    @property
    def done(self) -> bool:
        """Whether it is through, well or not."""
        return self.future.done()

    @property
    def newest(self) -> Answer | None:
        """What was found last; None where nothing is yet. Raises what went wrong."""
        return self.future.result() if self.future.done() else self.before


class Reader:
    """What is stored in one home folder, for readers. Close it at the end."""

    def __init__(self, config: ArenaConfig, clock: Callable[[], datetime] | None = None) -> None:
        self.config = config
        self.home = config.home
        self.clock = clock or (lambda: datetime.now(UTC))
        self._readers = ThreadPoolExecutor(THREADS, thread_name_prefix="arena-page")
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="arena-work")
        self._renewer = ThreadPoolExecutor(1, thread_name_prefix="arena-renew")
        self._own = threading.local()
        self._stores: list[Store] = []
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._busy: dict[Hashable, threading.Lock] = {}
        self._renewing: dict[Hashable, Future[Any]] = {}
        self._work: dict[Hashable, Work[Any]] = {}

    @property
    def exists(self) -> bool:
        """Whether there is a store."""
        return Store.exists(self.home)

    async def ask(self, work: Callable[[], Answer]) -> Answer:
        """Do work, which may read the store, off the event loop."""
        return await asyncio.wrap_future(self._readers.submit(work))

    @property
    def store(self) -> Store:
        """The calling thread's own connection. StoreError where there is no store."""
        opened: _Opened | None = getattr(self._own, "opened", None)
        file = self._file()
        if opened is None or opened.file != file:
            opened = self._own.opened = _Opened(file, Store.open_to_read(self.home))
            with self._lock:
                self._stores.append(opened.store)
        return opened.store

    def state(self) -> str:
        """A word for the state of the store, another one after every change; empty where there is none."""
        return hashlib.sha256(repr(self.store.state()).encode()).hexdigest()[:16] if self.exists else ""

    def kept(self, key: Hashable, work: Callable[[Store], Answer], of: tuple[Part, ...] = EVERYTHING) -> Answer:
        """What `work` makes of the store, made once for each state of the parts it rests on, however many ask."""
        store = self.store
        with self._alone_with(key), store.at_one_moment():
            state = _state_of(store, of)
            found = self._answers.get(key)
            if found is None or found.state != state:
                began = monotonic()
                answer = work(store)
                found = self._keep(key, _Kept(state, answer, monotonic() - began, monotonic()))
        return found.answer  # type: ignore[no-any-return]  # what was kept under this key was made by this work

    def kept_meanwhile(
        self, key: Hashable, work: Callable[[Store], Answer], of: tuple[Part, ...] = EVERYTHING
    ) -> Fresh[Answer]:
        """The same, but where it is made anew and that takes a while, what was made before serves until then."""
        known = self._answers.get(key)
        if known is None:
            return Fresh(self.kept(key, work, of), current=True)
        if known.state == _state_of(self.store, of):
            return Fresh(known.answer, current=True)
        rests = known.took > _QUICK and monotonic() < known.made + _REST * known.took
        if not rests and self._renewed(key, work, of, slow=known.took > _QUICK):
            return Fresh(self._answers[key].answer, current=True)
        return Fresh(known.answer, current=False)

    def _renewed(self, key: Hashable, work: Callable[[Store], Answer], of: tuple[Part, ...], *, slow: bool) -> bool:
        """Have it made anew, unless that is under way; whether it was there within the patience of a page.

        What was `slow` last time is not waited for.
        """

        def renew() -> None:
            sleep(_HEAD_START if slow else 0)
            self.kept(key, work, of)

        with self._lock:
            under_way = self._renewing.get(key)
            if under_way is None or under_way.done():
                under_way = self._renewing[key] = self._renewer.submit(renew)
        try:
            under_way.result(0 if slow else _PATIENCE)
        except TimeoutError:
            return False
        return True

    def kept_for_good(self, key: Hashable, work: Callable[[Store], Answer]) -> Answer:
        """What `work` makes of what never changes, such as a chat."""
        with self._alone_with(key):
            found = self._answers.get(key) or self._keep(key, _Kept((), work(self.store)))
        return found.answer  # type: ignore[no-any-return]  # as above

    def ahead(self, work: Callable[[], object]) -> None:
        """Have work done before anybody asks for what it makes; what goes wrong is told to who asks."""
        self._renewer.submit(work)

    def in_time(self, key: Hashable, work: Callable[[Store], Answer]) -> "Work[Answer]":
        """What `work` makes of the store, by the one thread for what takes long; asked again, the same.

        Where the store has changed since, it is worked out anew, and until then what was found before stays.
        """
        state = self.store.state()
        with self._lock:
            known: Work[Answer] | None = self._work.get(key)
            if known is None or (known.state != state and known.future.done()):
                before = None if known is None or known.future.exception() else known.future.result()
                known = Work(state, self._worker.submit(lambda: work(self.store)), before)
                self._work[key] = known
                self._forget_works()
        return known

    def _forget_works(self) -> None:
        for key in [key for key, work in self._work.items() if work.done][: max(0, len(self._work) - _WORKS)]:
            del self._work[key]

    def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        """The snapshot of that hash; StoreError where it is not kept or damaged."""
        return self.kept_for_good(
            ("snapshot", snapshot_hash), lambda _: snapshots.load(snapshot_hash, self.home / "snapshots")
        )

    def snapshot_or_none(self, snapshot_hash: str) -> MarketSnapshot | None:
        """The snapshot of that hash; None where it is not kept."""
        try:
            return self.snapshot(snapshot_hash)
        except StoreError:
            return None

    def written(self) -> datetime | None:
        """When the store was last written to; None where there is none."""
        files = [self.home / name for name in (_FILE, f"{_FILE}-wal")]
        times = [file.stat().st_mtime for file in files if file.exists()]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def close(self) -> None:
        """End the threads and close their connections."""
        self._worker.shutdown(cancel_futures=True)
        self._renewer.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        for store in self._stores:
            store.close()

    def _file(self) -> int | None:
        try:
            return (self.home / _FILE).stat().st_ino
        except FileNotFoundError:
            return None

    def _alone_with(self, key: Hashable) -> threading.Lock:
        with self._lock:
            return self._busy.setdefault(key, threading.Lock())

    def _keep(self, key: Hashable, made: _Kept) -> _Kept:
        with self._lock:
            self._answers[key] = made
            self._answers.move_to_end(key)
            while len(self._answers) > _KEPT:
                gone, _ = self._answers.popitem(last=False)
                self._busy.pop(gone, None)
        return made


def _state_of(store: Store, of: tuple[Part, ...]) -> tuple[object, ...]:
    state = store.state()
    return tuple(getattr(state, part) for part in of)
