"""What one event loop holds open: the model clients, the lines they share, and the connections under them."""

import logging
from collections.abc import Callable
from ssl import SSLContext
from urllib.request import getproxies

import httpx2

from arena.llm.asked import AskingClient
from arena.llm.client import ModelClient
from arena.llm.lines import Access, Line


class LoopClients:
    """The model clients of one event loop, the lines they share, and the connections under them."""

    def __init__(self, tls: Callable[[], SSLContext]) -> None:
        """`tls` gives whom to trust, for all connections of all loops."""
        self.by_contestant: dict[str, ModelClient] = {}
        self._tls = tls
        self._lines: dict[str, Line] = {}
        self._accesses: dict[str, Access] = {}
        self._connections: list[httpx2.AsyncClient] = []

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
        """Connections for one contestant, without a time-out: the total deadline is the chat model's.

        Through a proxy that the environment names they go by httpx2's own pool, which knows how.
        """
        # At debug level the transport logs every header as it comes, and a server may echo the key in one.
        logging.getLogger("httpcore2").setLevel(logging.INFO)
        if not getproxies().keys().isdisjoint(("http", "https", "all")):
            limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
            client = httpx2.AsyncClient(timeout=None, limits=limits, verify=self._tls())
        else:
            client = AskingClient(self._tls)
        self._connections.append(client)
        return client

    async def aclose(self) -> None:
        """Close the connections."""
        for pool in self._connections:
            await pool.aclose()
