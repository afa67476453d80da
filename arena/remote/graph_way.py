"""The way to a LangGraph server: an errand is a run of its graph, and what is told of it is on the custom stream."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NoReturn

import httpx
from langgraph.pregel.remote import RemoteException
from langgraph_sdk.errors import LangGraphError

from arena.errors import ModelError
from arena.remote.errand import Errand
from arena.remote.events import Ended, Event, read
from arena.remote.letters import NAMESPACE
from arena.remote.server import GraphServer
from arena.tape.exchange import Trouble


class GraphWay:
    """Errands to one server. See `arena.remote.way.Way` for the contract."""

    def __init__(self, server: GraphServer) -> None:
        self._server = server

    @property
    def place(self) -> str:
        """The server."""
        return f"the LangGraph server at {self._server.url}"

    async def open(self) -> None:
        """There is nothing to open: what fails is met by the desks."""

    async def events(self, errand: Errand) -> AsyncGenerator[Event]:
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

    async def answer(self, errand: Errand, passage: str, trouble: Trouble | None) -> None:
        """Leave the answer in the server's store."""
        told = None if trouble is None else trouble.model_dump(mode="json")
        try:
            store = self._server.client().store
            await store.put_item((*NAMESPACE, errand.id), passage, {"trouble": told}, index=False)
        except (httpx.HTTPError, LangGraphError) as error:
            self._lost(f"cannot be told what the budget says: {type(error).__name__}: {error}", error)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._server.aclose()

    def close(self) -> None:
        """The server is not ours."""

    async def _stream(self, errand: Errand) -> AsyncGenerator[Any]:
        # On a configuration of its own: that of a graph around it has no meaning there.
        parts = self._server.graph().astream(
            {"errand": errand.packed()}, {}, stream_mode="custom", on_disconnect="cancel"
        )
        async for part in parts:
            yield part

    def _lost(self, what: str, cause: Exception | None = None) -> NoReturn:
        raise ModelError("provider_error", f"{self.place} {what}") from cause
