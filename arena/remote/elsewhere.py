"""All contestants' desks at a LangGraph server."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.contest import Desk
from arena.llm.toll import Toll
from arena.records.market import MarketSnapshot
from arena.remote.desk import RemoteDesk
from arena.remote.errand import Identity
from arena.remote.server import GraphServer
from arena.version import code_version
from prompts.loader import prompts_hash

_WIRINGS = 32


class Elsewhere:
    """Sends desks to a server; the facts, the budget and the records stay here."""

    def __init__(
        self,
        server: GraphServer,
        contestants: Sequence[Contestant],
        *,
        snapshot: Callable[[str], Awaitable[MarketSnapshot]],
        toll: Callable[[Contestant], Toll],
        capped: bool,
    ) -> None:
        """`snapshot` finds facts by their hash; `capped` says whether a budget holds the requests of desks."""
        self._server = server
        self._contestants = contestants
        self._snapshot = snapshot
        self._toll = toll
        self._capped = capped
        self._made = lru_cache(maxsize=_WIRINGS)(self._make)

    def desks(self, settings: DeskSettings) -> Mapping[str, Desk]:
        """Every contestant's desk by name, wired by these settings there. Not in an event loop: it reads files."""
        return self._made(settings)

    async def aclose(self) -> None:
        """Close the connections that the running event loop opened."""
        await self._server.aclose()

    def _make(self, settings: DeskSettings) -> Mapping[str, Desk]:
        prompts, code = prompts_hash(), code_version()
        return {
            one.name: RemoteDesk(
                one.name,
                self._server,
                self._snapshot,
                settings=settings,
                identity=Identity.of(one, prompts, code),
                toll=self._toll(one),
                capped=self._capped,
            )
            for one in self._contestants
        }
