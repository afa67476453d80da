"""Sinks: are their keys there, do they take them, and is anything left in the outbox that they refused."""

import asyncio
from collections.abc import Mapping

from arena.config.model import ArenaConfig
from arena.doctor.finding import Finding, failed, ok, warning
from arena.errors import StoreError
from arena.figures import plural
from arena.sinks import building, names
from arena.sinks.sink import Later, Refused, Sent, Sink
from arena.sinks.wire import connections
from arena.store import Store


async def sinks(config: ArenaConfig, environ: Mapping[str, str], seconds: float) -> tuple[Finding, ...]:
    """One finding a configured sink, by name, and one for the outbox where something in it was refused."""
    looked = await _looked(config, environ, seconds) if names.configured(config) else []
    return (*sorted(looked, key=lambda one: one.name), *await asyncio.to_thread(_refused, config))


async def _looked(config: ArenaConfig, environ: Mapping[str, str], seconds: float) -> list[Finding]:
    async with connections() as client:
        found = building.sinks(config, environ, client)
        looked = await asyncio.gather(*(_look(sink, seconds) for sink in found.made))
    return [*looked, *(_missing(name, why) for name, why in found.missing.items())]


async def _look(sink: Sink, seconds: float) -> Finding:
    title = f"sink {sink.name}"
    try:
        async with asyncio.timeout(seconds):
            answer = await sink.look()
    except TimeoutError:
        answer = Later(f"no answer within {seconds:g} s")
    match answer:
        case Sent() if sink.name.startswith(names.PREFIX):
            return ok(title, "its URL is understood; whether it takes messages, `arena notify test` shows")
        case Sent():
            return ok(title, "answers, and accepts the key")
        case Later():
            return failed(title, answer.why, f"check the network and the address of {sink.name}, or wait")
        case Refused():
            return failed(title, answer.why, answer.remedy)


def _missing(name: str, why: str) -> Finding:
    told, _, remedy = why.partition("; ")
    return failed(f"sink {name}", told, remedy or f"take {name} from the configuration")


def _refused(config: ArenaConfig) -> tuple[Finding, ...]:
    if not Store.exists(config.home):
        return ()
    try:
        with Store.open_existing(config.home) as store:
            number = sum(n for (_, state), n in store.outbox_counts().items() if state == "failed")
    except StoreError:
        # What is wrong with the store is another finding.
        return ()
    told = f"{plural(number, 'delivery was', 'deliveries were')} refused"
    return (warning("outbox", told, "`arena outbox` shows why, `arena outbox retry` tries again"),) if number else ()
