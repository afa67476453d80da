"""A test message to each service, sent at once and past the outbox, so that a person sees what happens."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.messages import Page
from arena.messages.page import Line, heading, line
from arena.records.base import Record
from arena.sinks.building import messengers
from arena.sinks.names import message_sinks
from arena.sinks.sink import Later, Messenger, Refused, Sent
from arena.sinks.wire import connections


class Trial(Record):
    """What became of one test message."""

    sink: str
    status: Literal["sent", "failed", "refused", "not set up"]
    """failed: it did not work this time; refused: it will not, until somebody does something."""
    told: str
    """Why, and what to do about it; empty where it was sent."""


async def try_out(
    config: ArenaConfig, environ: Mapping[str, str], now: datetime, only: str | None = None
) -> tuple[Trial, ...]:
    """Send a test message to every service with messages, or to one. Raises UsageError where there is none."""
    names = message_sinks(config.notify)
    if not names:
        raise UsageError("no messages are configured: set notify.telegram, notify.slack or notify.apprise in a file")
    if only is not None and only not in names:
        raise UsageError(f"no {only} is configured under notify; there are {', '.join(names)}")
    async with connections() as client:
        found = messengers(config, environ, client)
        page = Page(lines=_lines(config.season, now))
        wanted = [name for name in names if only in (None, name)]
        sent = await asyncio.gather(
            *(_one(name, found.made[name], page, config.outbox.send_seconds) for name in wanted if name in found.made)
        )
    tried = {trial.sink: trial for trial in sent}
    missing = {name: Trial(sink=name, status="not set up", told=why) for name, why in found.missing.items()}
    return tuple((tried | missing)[name] for name in wanted)


async def _one(name: str, messenger: Messenger, page: Page, seconds: float) -> Trial:
    try:
        async with asyncio.timeout(seconds):
            answer = await messenger.say(page)
    except TimeoutError:
        return Trial(sink=name, status="failed", told=f"no answer within {seconds:g} s")
    match answer:
        case Sent():
            return Trial(sink=name, status="sent", told="")
        case Later():
            wait = "" if answer.seconds is None else f"; it asks to be left alone for {answer.seconds:g} s"
            return Trial(sink=name, status="failed", told=f"{answer.why}{wait}")
        case Refused():
            return Trial(sink=name, status="refused", told=str(answer))


def _lines(season: str, now: datetime) -> tuple[Line, ...]:
    return (
        heading("ModelChat Arena: a test"),
        line(f"Messages about the season {season} will come here. Sent {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC."),
    )
