"""A desk that runs elsewhere: takes a brief and streams what its nodes write, as one here does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any
from uuid import uuid4

from arena.config.desks import DeskSettings
from arena.errors import ModelError
from arena.llm.toll import Toll
from arena.records.market import MarketSnapshot
from arena.remote.errand import Errand, Identity
from arena.remote.events import Ended, Wrote
from arena.remote.hearing import Hearing
from arena.remote.tolls import TollKeeper
from arena.remote.way import Way


class RemoteDesk:
    """One contestant's desk at the end of a way. See `arena.contest.Desk` for the contract.

    A failure of the desk rises here as it rose there. What fails on the way is a ModelError of reason provider_error
    that names the place; nothing is tried again here, for the desk may have spent money.
    """

    def __init__(
        self,
        contestant: str,
        way: Way,
        snapshot: Callable[[str], Awaitable[MarketSnapshot]],
        *,
        settings: DeskSettings,
        identity: Identity,
        toll: Toll,
        held: bool,
    ) -> None:
        """`snapshot` finds facts by their hash; `held` says whether its requests wait for leave from here."""
        self._contestant = contestant
        self._way = way
        self._snapshot = snapshot
        self._settings = settings
        self._identity = identity
        self._toll = toll
        self._held = held

    async def astream(
        self,
        input: Mapping[str, Any],  # noqa: A002 -- LangGraph's name
        config: Any = None,
        *,
        stream_mode: Any = None,
    ) -> AsyncIterator[Any]:
        """Stream the nodes' updates, and tell the callbacks of every call."""
        if stream_mode != "updates":
            raise TypeError(f"a desk elsewhere streams its updates, not {stream_mode!r}")
        errand = await self._errand(input)
        hearing = Hearing((config or {}).get("callbacks") or ())
        ended: Ended | None = None
        async with (
            TollKeeper(self._toll, partial(self._way.answer, errand) if self._held else None) as keeper,
            aclosing(self._way.events(errand)) as events,
        ):
            async for event in events:
                await hearing.hear(event)
                keeper.hear(event)
                if isinstance(event, Wrote):
                    yield event.update
                elif isinstance(event, Ended):
                    ended = event
        if ended is None:
            raise ModelError("provider_error", f"{self._way.place} ended the desk before it was through")
        if (failure := hearing.failure(ended)) is not None:
            raise failure

    async def _errand(self, start: Mapping[str, Any]) -> Errand:
        return Errand(
            id=uuid4().hex,
            contestant=self._contestant,
            start=dict(start),
            snapshot=await self._snapshot(start["brief"]["snapshot_hash"]),
            desk=self._settings,
            identity=self._identity,
            held=self._held,
        )
