"""What one event loop holds open: the model clients, the lines they share, and the connections under them."""

import logging
from collections.abc import Callable
from functools import cached_property
from ssl import SSLContext

import httpx2

from arena.llm.client import ModelClient
from arena.llm.lines import Access, Line


class LoopClients:
    """The model clients of one event loop, the lines they share, and the connections under them."""

    def __init__(self) -> None:
        self.by_contestant: dict[str, ModelClient] = {}
        self._lines: dict[str, Line] = {}
        self._accesses: dict[str, Access] = {}
        self._connections: list[httpx2.AsyncClient] = []

    @cached_property
    def _tls(self) -> SSLContext:
        """One for all connections: making it reads every certificate."""
        return httpx2.create_ssl_context()

    def line(self, endpoint: str, make: Callable[[str], Line]) -> Line:
        """The one line to an endpoint."""
        if endpoint not in self._lines:
            self._lines[endpoint] = make(endpoint)
        return self._lines[endpoint]

    def access(self, contestant: str, make: Callable[[], Access]) -> Access:
        """The one way of a contestant to its line, which its replicas share."""
        if contestant not in self._accesses:
            self._accesses[contestant] = make()
        return self._accesses[contestant]

    def connections(self) -> httpx2.AsyncClient:
        """A pool of connections for one contestant.

        Each has its own, since a pool looks through all its connections for every request. It has no limit,
        which would make desks wait for each other, and no time-out: the total deadline is the chat model's.
        """
        # At debug level the transport logs every header as it comes, and a server may echo the key in one.
        logging.getLogger("httpcore2").setLevel(logging.INFO)
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
        self._connections.append(httpx2.AsyncClient(timeout=None, limits=limits, verify=self._tls))
        return self._connections[-1]

    async def aclose(self) -> None:
        """Close the connections."""
        for pool in self._connections:
            await pool.aclose()
