"""All checks over one configuration, side by side."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from arena.config.contestants import EndpointContestant
from arena.config.executors import LocalExecutor
from arena.config.model import ArenaConfig
from arena.doctor import machine
from arena.doctor.contestants import contestants
from arena.doctor.endpoints import Visit, visit
from arena.doctor.executor import executor
from arena.doctor.finding import Finding
from arena.doctor.market import vendor
from arena.doctor.sinks import sinks

SECONDS = 20.0
"""How long an endpoint may take over one question."""


async def examine(
    config: ArenaConfig, environ: Mapping[str, str], clock: Callable[[], datetime], *, seconds: float = SECONDS
) -> tuple[Finding, ...]:
    """Look at everything, in a fixed order. Asks no model anything, and writes nothing."""
    kept = config.home / "cache" / "market"
    folder = kept if kept.is_dir() else None
    here = config.executor.keys_here
    used = sorted({c.endpoint for c in config.enabled if isinstance(c, EndpointContestant)}) if here else []
    elsewhere, visits, vendors, leaving, *rest = await asyncio.gather(
        _elsewhere(config, environ, seconds),
        _visits(config, used, environ, clock, seconds),
        asyncio.gather(*(vendor(name, config.market, environ, clock, folder) for name in config.market.named)),
        sinks(config, environ, seconds),
        asyncio.to_thread(machine.store, config.home),
        asyncio.to_thread(machine.disk, config.home),
    )
    listed = {name: seen.catalogue for name, seen in visits.items() if seen.catalogue is not None}
    # Keys and models are the business of whoever runs the desks.
    competing = await asyncio.to_thread(lambda: tuple(contestants(config, listed, environ))) if here else ()
    visited = (finding for seen in visits.values() for finding in seen.findings)
    return (*elsewhere, *visited, *competing, *vendors, *leaving, *rest)


async def _elsewhere(config: ArenaConfig, environ: Mapping[str, str], seconds: float) -> tuple[Finding, ...]:
    if isinstance(config.executor, LocalExecutor):
        return ()
    return (await executor(config.executor, environ, seconds=seconds),)


async def _visits(
    config: ArenaConfig, names: list[str], environ: Mapping[str, str], clock: Callable[[], datetime], seconds: float
) -> dict[str, Visit]:
    seen = await asyncio.gather(
        *(visit(name, config.endpoints[name], environ, clock(), seconds=seconds) for name in names)
    )
    return dict(zip(names, seen, strict=True))
