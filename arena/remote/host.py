"""Holding the desks that others send: the other end of `arena.remote.desk`, in a LangGraph server or a worker."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.contest import RECURSION_LIMIT, Desk, failure_of
from arena.errors import ModelError, UsageError
from arena.llm.toll import paying
from arena.records.market import MarketSnapshot
from arena.remote.errand import Errand, Identity
from arena.remote.events import Event, Wrote
from arena.remote.teller import Teller
from arena.remote.tolls import Asking, DistantToll
from arena.unwatched import UNWATCHED


class Host:
    """Runs errands at the desks of one arena."""

    def __init__(
        self,
        contestants: Mapping[str, Contestant],
        *,
        desks: Callable[[DeskSettings], Awaitable[Mapping[str, Desk]]],
        ready: Callable[[Contestant], Awaitable[None]],
        keep: Callable[[MarketSnapshot], Awaitable[None]],
        prompts: str,
        code: str,
        unwatched: bool = False,
    ) -> None:
        """`desks` gives all desks as settings wire them, `keep` puts facts where desks find them.

        `ready` raises UsageError for a contestant that cannot be asked; `prompts` and `code` say what runs here;
        `unwatched` is for a place where nobody can look into a desk's steps.
        """
        self._contestants = contestants
        self._desks = desks
        self._ready = ready
        self._keep = keep
        self._unwatched = unwatched
        self.prompts = prompts
        self.code = code

    async def run(self, packed: str, tell: Callable[[Event], None], asking: Callable[[str], Asking] | None) -> None:
        """Run one errand and tell of it, its failure too. `asking` gives what waits for answers, by the errand's id."""
        teller = Teller(tell)
        teller.ended(await failure_of(self._run(packed, teller, asking)))

    async def _run(self, packed: str, teller: Teller, asking: Callable[[str], Asking] | None) -> None:
        errand = await asyncio.to_thread(Errand.unpacked, packed)
        try:
            await self._check(errand)
        except UsageError as error:
            raise ModelError("internal", f"the desk is not held: {error}") from error
        await self._keep(errand.snapshot)
        if errand.held and asking is None:
            raise ModelError("internal", "this server has no store, through which a budget could be asked")
        desk = (await self._desks(errand.desk))[errand.contestant]
        config = {
            "callbacks": [teller],
            "recursion_limit": RECURSION_LIMIT,
            "configurable": {UNWATCHED: self._unwatched},
        }
        with paying(DistantToll(teller.tell, asking(errand.id) if asking is not None and errand.held else None)):
            async for update in desk.astream(errand.start, config, stream_mode="updates"):
                teller.tell(Wrote(update=update))

    async def _check(self, errand: Errand) -> None:
        contestant = self._contestants.get(errand.contestant)
        if contestant is None:
            raise UsageError(
                f"the server has no contestant {errand.contestant}; it has {', '.join(sorted(self._contestants))}"
            )
        here = Identity.of(contestant, self.prompts, self.code)
        if different := here.differences(errand.identity):
            raise UsageError(
                f"the server has other {' and '.join(different)} than the arena that sent {errand.contestant}'s desk; "
                "start it with the same configuration and the same installation"
            )
        if errand.snapshot.hash != errand.start["brief"]["snapshot_hash"]:
            raise UsageError("the facts that were sent are not those of the brief")
        await self._ready(contestant)
