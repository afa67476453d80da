"""A desk that runs behind a LangGraph server: takes a brief and streams what its nodes write, as one here does."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, NoReturn
from uuid import uuid4

import httpx
from langgraph.pregel.remote import RemoteException
from langgraph_sdk.errors import LangGraphError

from arena.config.desks import DeskSettings
from arena.errors import ModelError
from arena.llm.toll import Toll
from arena.records.market import MarketSnapshot
from arena.remote.errand import Errand, Identity
from arena.remote.events import Ended, Event, Wrote, read
from arena.remote.hearing import Hearing
from arena.remote.server import GraphServer
from arena.remote.tolls import NAMESPACE, Answering, TollKeeper
from arena.tape.exchange import Trouble


class RemoteDesk:
    """One contestant's desk at a server. See `arena.contest.Desk` for the contract.

    A failure of the desk rises here as it rose there. What fails on the way is a ModelError of reason provider_error
    that names the server; nothing is tried again, for the desk may have spent money.
    """

    def __init__(
        self,
        contestant: str,
        server: GraphServer,
        snapshot: Callable[[str], Awaitable[MarketSnapshot]],
        *,
        settings: DeskSettings,
        identity: Identity,
        toll: Toll,
        capped: bool,
    ) -> None:
        """`snapshot` finds facts by their hash; `capped` says whether a budget holds the desk's requests."""
        self._contestant = contestant
        self._server = server
        self._snapshot = snapshot
        self._settings = settings
        self._identity = identity
        self._toll = toll
        self._capped = capped

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
        failure: Exception | None = None
        async with (
            TollKeeper(self._toll, self._answer_to(errand) if self._capped else None) as keeper,
            aclosing(self._events(errand)) as events,
        ):
            async for event in events:
                await hearing.hear(event)
                keeper.hear(event)
                if isinstance(event, Wrote):
                    yield event.update
                elif isinstance(event, Ended):
                    failure = hearing.failure(event)
        if failure is not None:
            raise failure

    async def _errand(self, start: Mapping[str, Any]) -> Errand:
        return Errand(
            id=uuid4().hex,
            contestant=self._contestant,
            start=dict(start),
            snapshot=await self._snapshot(start["brief"]["snapshot_hash"]),
            desk=self._settings,
            identity=self._identity,
            capped=self._capped,
        )

    async def _events(self, errand: Errand) -> AsyncGenerator[Event]:
        """Everything that is told of the desk, to its end."""
        told, through = 0, False
        try:
            async with aclosing(self._stream(errand)) as stream:
                async for content in stream:
                    number, event = read(content)
                    if number != told:
                        self._lost(f"left out {number - told} things that happened at the desk")
                    told += 1
                    through = isinstance(event, Ended)
                    yield event
        except (httpx.HTTPError, LangGraphError, RemoteException, ValueError) as error:
            if not through:
                self._lost(f"cannot be reached, or failed: {type(error).__name__}: {error}", error)
        if not through:
            self._lost("ended the desk before it was through")

    async def _stream(self, errand: Errand) -> AsyncGenerator[Any]:
        # On a configuration of its own: that of a graph around it has no meaning there.
        parts = self._server.graph().astream(
            {"errand": errand.packed()}, {}, stream_mode="custom", on_disconnect="cancel"
        )
        async for part in parts:
            yield part

    def _lost(self, what: str, cause: Exception | None = None) -> NoReturn:
        raise ModelError("provider_error", f"the LangGraph server at {self._server.url} {what}") from cause

    def _answer_to(self, errand: Errand) -> Answering:
        async def answer(passage: str, trouble: Trouble | None) -> None:
            told = None if trouble is None else trouble.model_dump(mode="json")
            try:
                store = self._server.client().store
                await store.put_item((*NAMESPACE, errand.id), passage, {"trouble": told}, index=False)
            except (httpx.HTTPError, LangGraphError) as error:
                self._lost(f"cannot be told what the budget says: {type(error).__name__}: {error}", error)

        return answer
