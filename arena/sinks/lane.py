"""A lane leads to one sink: deliveries go down it in order, one at a time, over all processes of a home.

Whoever holds the lane's lock reads what is next, sends it, and writes down what became of it before anybody else
reads. A process that is killed in between leaves the delivery waiting: it is sent again, never lost.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from arena.config.sinks import OutboxSettings, QuietHours
from arena.records.outbox import OutboxRow
from arena.sinks.sink import Answer, Later, Refused, Sent, Sink
from arena.sinks.waits import delay, quiet_until
from arena.store import Store


class Lane:
    """The way to one sink."""

    def __init__(
        self,
        home: Path,
        sink: Sink,
        settings: OutboxSettings,
        clock: Callable[[], datetime],
        *,
        quiet: QuietHours | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.sink = sink
        self._lock = FileLock(home / "senders" / f"{quote(sink.name, safe='')}.lock")
        self._settings = settings
        self._clock = clock
        self._quiet = quiet if sink.heeds_quiet else None
        self._chance = chance

    async def send_due(self, store: Store, *, at_once: bool = False) -> bool:
        """Send in order until nothing is due, or something has to wait; False where another process is at it.

        `at_once` sends what waits for its next try too, and disregards quiet hours.
        """
        with self._held() as held:
            while held and (rows := self._next(store, at_once=at_once)):
                if not await self._brought(rows, store):
                    break
        return held

    def is_due(self, store: Store) -> bool:
        """Whether anything may be sent now."""
        return bool(self._next(store, at_once=False))

    def _next(self, store: Store, *, at_once: bool) -> Sequence[OutboxRow]:
        """What is sent next: the first that waits, with those of its kind that follow it."""
        now = self._clock()
        if not at_once and quiet_until(self._quiet, now) is not None:
            return ()
        rows = store.next_deliveries(self.sink.name, self.sink.most)
        if not at_once and rows and rows[0].next_try is not None and rows[0].next_try > now:
            return ()
        return tuple(takewhile(lambda row: row.kind == rows[0].kind, rows))

    async def _brought(self, rows: Sequence[OutboxRow], store: Store) -> bool:
        """Whether the way is free after sending these."""
        answer = await self._sent(rows, store)
        if isinstance(answer, Refused) and not answer.whole and len(rows) > 1:
            # One among them is at fault: that one alone is to fail.
            for row in rows:
                if not await self._brought([row], store):
                    return False
            return True
        self._write_down(store, rows, answer)
        return not isinstance(answer, Later)

    async def _sent(self, rows: Sequence[OutboxRow], store: Store) -> Answer:
        try:
            async with asyncio.timeout(self._settings.send_seconds):
                return await self.sink.send(rows, store)
        except TimeoutError:
            return Later(f"no answer within {self._settings.send_seconds:g} s")

    def _write_down(self, store: Store, rows: Sequence[OutboxRow], answer: Answer) -> None:
        now, ids = self._clock(), [row.id for row in rows]
        match answer:
            case Sent():
                store.sent(ids[: answer.number], now)
            case Later():
                attempts = rows[0].attempts + 1
                wait = delay(attempts, self._settings.retry_delay, answer.seconds, self._chance)
                store.postpone(ids, answer.why, now + timedelta(seconds=wait))
            case Refused():
                store.refuse(ids, str(answer), now)
                if answer.whole:
                    store.refuse_all(self.sink.name, str(answer), now)

    @contextmanager
    def _held(self) -> Iterator[bool]:
        """Whether the lane is ours for the length of the block."""
        Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()
