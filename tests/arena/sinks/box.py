"""A sink that keeps what it is sent and answers as it is told."""

import asyncio
from datetime import UTC, datetime

from arena.config.sinks import OutboxSettings
from arena.records.outbox import Delivery
from arena.sinks.lane import Lane
from arena.sinks.sink import Sent
from tests.arenas import Clock

NOON = "2025-11-20T12:00:00"
NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)
QUICK = OutboxSettings(send_seconds=5, wait_seconds=10, retry_delay=2)


class Box:
    """Takes everything, but for what `answers` says of the next sendings."""

    def __init__(self, *answers, name="telegram", most=1, heeds_quiet=True):
        self.name = name
        self.most = most
        self.heeds_quiet = heeds_quiet
        self.answers = list(answers)
        self.offered = []
        """The keys of each sending."""

    async def send(self, rows, store):
        self.offered.append([row.key for row in rows])
        answer = self.answers.pop(0) if self.answers else Sent()
        if callable(answer):
            answer = answer(rows)
        return await answer if asyncio.iscoroutine(answer) else answer

    async def look(self):
        return Sent()


def message(number, sink="telegram"):
    return Delivery(key=f"message/{number}/{sink}", sink=sink, kind="message", body={"lines": [str(number)]})


def copy(number, kind="chat"):
    return Delivery(key=f"{kind}/{number}/supabase", sink="supabase", kind=kind, body={"id": str(number)})


def lane(store, sink, clock=None, **options):
    settings = options.pop("settings", QUICK)
    return Lane(store.home, sink, settings, clock or Clock(NOON), chance=lambda: 0.5, **options)


def send(lane, store, **options):
    asyncio.run(lane.send_due(store, **options))


def states(store):
    return {row.key: row.state for row in store.outbox("waiting", "sent", "failed", "dropped")}
