"""How requests to the models travel: each over a connection of its own, which the next one may take over.

httpx2's pool looks through all its connections, twice a request, to share them out fairly below a limit. Here there
is no limit: a request takes the connection that was free last, or a new one. With hundreds of desks at once the
search would be most of what a call costs.
"""

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import httpx2

from arena.llm.network import Connection, Head, Patience, connected

KEPT_SECONDS = 5.0
"""How long a free connection is kept, as httpx2 keeps it: servers close theirs soon, too."""

_PORTS = {"http": 80, "https": 443}


class _Place(NamedTuple):
    """An origin."""

    scheme: str
    host: str
    port: int


class _Free(NamedTuple):
    """A connection nobody uses, and since when."""

    connection: Connection
    since: float

    @property
    def has_expired(self) -> bool:
        return asyncio.get_running_loop().time() - self.since > KEPT_SECONDS or not self.connection.can_be_asked


class Transport(httpx2.AsyncBaseTransport):
    """The connections of one event loop. HTTP/1.1 only, without proxies."""

    def __init__(self, tls: Callable[[], ssl.SSLContext]) -> None:
        """`tls` gives whom to trust; it is asked by encrypted connections alone, for it may read every certificate."""
        self._tls = tls
        self._free: defaultdict[_Place, deque[_Free]] = defaultdict(deque)
        """The one that was free last is at the right."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request over a free connection or a new one; the connection is free when the answer is closed."""
        head, body = await self.ask(request)
        return httpx2.Response(status_code=head.status, headers=head.headers, stream=body)

    async def ask(self, request: httpx2.Request) -> "tuple[Head, Body]":
        """The same, with the answer as it came."""
        place, patience = _place(request.url), _patience(request)
        sent = _on_the_wire(request)
        connection = await self._taken(place) or await self._new(place, patience)
        try:
            head = await connection.ask(sent, patience)
        except BaseException:
            await connection.close()
            raise
        return head, Body(connection, patience, lambda: self._freed(place, connection))

    async def aclose(self) -> None:
        """Close the free connections; those in use close with their answers."""
        for kept in self._free.values():
            while kept:
                await kept.pop().connection.close()

    async def _new(self, place: _Place, patience: Patience) -> Connection:
        return await connected(place.host, place.port, self._tls() if place.scheme == "https" else None, patience)

    async def _taken(self, place: _Place) -> Connection | None:
        free = self._free[place]
        # The oldest has waited longest: where any has expired, it has.
        while free and free[0].has_expired:
            await free.popleft().connection.close()
        while free:
            kept = free.pop()
            if not kept.has_expired:
                return kept.connection
            await kept.connection.close()
        return None

    def _freed(self, place: _Place, connection: Connection) -> None:
        self._free[place].append(_Free(connection, asyncio.get_running_loop().time()))


class Body(httpx2.AsyncByteStream):
    """An answer's body; its end frees the connection."""

    def __init__(self, connection: Connection, patience: Patience, freed: Callable[[], None]) -> None:
        self._connection = connection
        self._patience = patience
        self._freed = freed
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._connection.piece(self._patience):
            yield piece

    async def aclose(self) -> None:
        """Free the connection, or close it where the body was not read to its end."""
        if self._closed:
            return
        self._closed = True
        if self._connection.can_be_asked:
            self._freed()
        else:
            await self._connection.close()


def _place(url: httpx2.URL) -> _Place:
    if url.scheme not in _PORTS:
        raise httpx2.UnsupportedProtocol(f"an address begins with http:// or https://, not with {url.scheme!r}")
    return _Place(url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])


def _patience(request: httpx2.Request) -> Patience:
    told = request.extensions.get("timeout", {})
    return Patience(told.get("connect"), told.get("read"), told.get("write"))


def _on_the_wire(request: httpx2.Request) -> bytes:
    """The request's bytes. LocalProtocolError for a line break in a header, which would begin another one."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%b: %b" % header for header in request.headers.raw]
    head = b"\r\n".join([*lines, b"", b""])
    if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1 or b"\0" in head:
        raise httpx2.LocalProtocolError("a header holds a line break or a null character")
    return head + request.content
