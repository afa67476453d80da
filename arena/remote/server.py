"""A LangGraph server that holds desks, as it is reached from here: one set of connections for each event loop."""

import asyncio
from collections.abc import Mapping
from weakref import WeakKeyDictionary

import httpx
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk.client import LangGraphClient

from arena.config.executors import LangGraphExecutor
from arena.errors import MissingKeyError

GRAPH = "remote_desk"
"""The graph that runs errands, as every server of the arena offers it."""

_CONNECT_SECONDS, _SILENT_SECONDS = 10.0, 60.0
"""A server that works says something at least every few seconds."""


class GraphServer:
    """The server that the configuration names."""

    def __init__(self, settings: LangGraphExecutor, environ: Mapping[str, str]) -> None:
        self.url = settings.url
        self._variable = settings.api_key_env
        self._environ = environ
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, LangGraphClient] = WeakKeyDictionary()

    def client(self) -> LangGraphClient:
        """The running event loop's client. Raises MissingKeyError."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = LangGraphClient(self._connections())
        return self._clients[loop]

    def graph(self) -> RemoteGraph:
        """The graph that runs errands. Raises MissingKeyError."""
        return RemoteGraph(GRAPH, client=self.client())

    async def aclose(self) -> None:
        """Close the running loop's connections; the next use opens new ones."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _connections(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"x-api-key": self._key()} if self._variable else {},
            timeout=httpx.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS, pool=None),
            # Without a limit, which would make desks wait for each other.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
            event_hooks={"response": [_forget_the_way_back]},
        )

    def _key(self) -> str:
        key = self._environ.get(self._variable or "", "").strip()
        if not key:
            raise MissingKeyError(
                f"the LangGraph server at {self.url} needs the key in {self._variable}, which is not set: "
                f"export {self._variable}=... or put it in .env"
            )
        return key


async def _forget_the_way_back(response: httpx.Response) -> None:
    """Or LangGraph's client would go on with a broken stream where it is now, and miss what came in between."""
    response.headers.pop("location", None)
