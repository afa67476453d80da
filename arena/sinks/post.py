"""The post of one arena: its courier, with a lane to every sink that the configuration names."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from arena.config.model import ArenaConfig
from arena.sinks.building import open_lanes
from arena.sinks.courier import Courier
from arena.sinks.lane import Lane
from arena.sinks.leftovers import leftovers
from arena.sinks.names import configured


class Post:
    """Sends what waits in the outbox, once it is woken; does nothing where no sink is configured."""

    def __init__(self, config: ArenaConfig, environ: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._config = config
        self._environ = environ
        self._clock = clock
        self._missing: Mapping[str, str] = {}
        self._woken = False
        self._courier = Courier(config.home, config.outbox, self._lanes, clock)

    def wake(self) -> None:
        """Say that something may be waiting. Returns at once."""
        if configured(self._config):
            self._woken = True
            self._courier.wake()

    def end(self) -> None:
        """Let what can be sent now be sent, for a few seconds at most."""
        self._courier.end()

    def leftovers(self) -> tuple[str, ...]:
        """Sentences on what could not be sent; none where nobody tried."""
        return leftovers(self._config.home, self._missing) if self._woken else ()

    async def _lanes(self, stack: AsyncExitStack) -> Sequence[Lane]:
        lanes, self._missing = await open_lanes(self._config, self._environ, self._clock, stack)
        return lanes
