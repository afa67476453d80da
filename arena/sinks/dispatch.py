"""Sending what is due on somebody's word, in the foreground."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime

from arena.config.model import ArenaConfig
from arena.records.base import Record
from arena.sinks.building import open_lanes
from arena.sinks.lane import Lane
from arena.sinks.names import configured
from arena.store import Store

_LOOK_AGAIN = 0.1
"""Seconds between two looks at a lane that another process sends down."""

_ELSEWHERE = "this configuration does not have it; name the one that does with --config"


class Dispatched(Record):
    """What sending came to, for one sink."""

    sink: str
    sent: int
    """By this process or another one meanwhile."""
    waiting: int
    failed: int
    why: str
    """What holds up the first that was refused or waits, and what to do about it; empty where nothing does."""


async def dispatch(
    config: ArenaConfig,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    *,
    at_once: bool = False,
    only: str | None = None,
) -> tuple[Dispatched, ...]:
    """Send what is due until it is sent or has to wait. Raises StoreError where there is no store.

    `at_once` sends what waits for its next try or for the end of quiet hours too; `only` names one sink.
    """
    with Store.open_existing(config.home) as store:
        before = store.outbox_counts()
        async with AsyncExitStack() as stack:
            lanes, missing = await open_lanes(config, environ, clock, stack)
            elsewhere = {sink for sink, _ in before} - set(configured(config))
            missing = {**missing, **dict.fromkeys(elsewhere, _ELSEWHERE)}
            chosen = [lane for lane in lanes if only in (None, lane.sink.name)]
            await asyncio.gather(*(_through(lane, store, at_once=at_once) for lane in chosen))
        after = store.outbox_counts()
        return tuple(
            Dispatched(
                sink=sink,
                sent=after.get((sink, "sent"), 0) - before.get((sink, "sent"), 0),
                waiting=after.get((sink, "waiting"), 0),
                failed=after.get((sink, "failed"), 0),
                why=_why(store, sink, missing),
            )
            for sink in sorted({sink for sink, _ in after if only in (None, sink)})
        )


async def _through(lane: Lane, store: Store, *, at_once: bool) -> None:
    while True:
        if await lane.send_due(store, at_once=at_once):
            return
        await asyncio.sleep(_LOOK_AGAIN)


def _why(store: Store, sink: str, missing: Mapping[str, str]) -> str:
    held_up = store.outbox(sink=sink, limit=1)
    if not held_up:
        return ""
    return missing.get(sink) or held_up[0].last_error
