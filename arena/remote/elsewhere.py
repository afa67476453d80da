"""All contestants' desks at the end of one way."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.contest import Desk
from arena.llm.toll import Toll
from arena.records.market import MarketSnapshot
from arena.remote.desk import RemoteDesk
from arena.remote.errand import Identity
from arena.remote.way import Way
from arena.version import code_version
from prompts.loader import prompts_hash

_WIRINGS = 32


class Elsewhere:
    """Sends desks away; the facts, the budget and the records stay here."""

    def __init__(
        self,
        way: Way,
        contestants: Sequence[Contestant],
        *,
        snapshot: Callable[[str], Awaitable[MarketSnapshot]],
        toll: Callable[[Contestant], Toll],
        held: Callable[[Contestant], bool],
    ) -> None:
        """`snapshot` finds facts by their hash; `held` says whose requests wait for leave from here."""
        self._way = way
        self._contestants = contestants
        self._snapshot = snapshot
        self._toll = toll
        self._held = held
        self._made = lru_cache(maxsize=_WIRINGS)(self._make)

    def desks(self, settings: DeskSettings) -> Mapping[str, Desk]:
        """Every contestant's desk by name, wired by these settings there. Not in an event loop: it reads files."""
        return self._made(settings)

    async def open(self) -> None:
        """See to it that desks can be sent. Raises UsageError where they never can."""
        await self._way.open()

    async def aclose(self) -> None:
        """Close the connections that the running event loop opened."""
        await self._way.aclose()

    def close(self) -> None:
        """Give up what was opened for good."""
        self._way.close()

    def _make(self, settings: DeskSettings) -> Mapping[str, Desk]:
        prompts, code = prompts_hash(), code_version()
        return {
            one.name: RemoteDesk(
                one.name,
                self._way,
                self._snapshot,
                settings=settings,
                identity=Identity.of(one, prompts, code),
                toll=self._toll(one),
                held=self._held(one),
            )
            for one in self._contestants
        }
