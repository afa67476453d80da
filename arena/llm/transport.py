"""How requests to the models travel: each over a connection of its own, which the next one may take over.

httpx2's pool looks through all its connections, twice a request, to share them out fairly below a limit. Here there
is no limit: a request takes the connection that was free last, or a new one. With hundreds of desks at once the
search would be most of what a call costs.
"""

import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import cast

import httpcore2
import httpx2

from arena.llm.network import AsyncioNetwork

KEPT_SECONDS = 5.0
"""How long a free connection is kept, as httpx2 keeps it: servers close theirs soon, too."""

_Place = tuple[bytes, bytes, int]
"""An origin: scheme, host and port."""


class Transport(httpx2.AsyncBaseTransport):
    """The connections of one event loop. HTTP/1.1 only, without proxies."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._network = AsyncioNetwork()
        self._free: defaultdict[_Place, deque[httpcore2.AsyncHTTPConnection]] = defaultdict(deque)
        """The one that was free last is at the right."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request over a free connection or a new one; the connection is free when the answer is closed."""
        sent = _as_httpcore(request)
        origin = sent.url.origin
        place = (origin.scheme, origin.host, origin.port)
        connection = await self._taken(place) or httpcore2.AsyncHTTPConnection(
            origin, self._tls, keepalive_expiry=KEPT_SECONDS, network_backend=self._network
        )
        try:
            with _in_httpx_terms():
                answer = await connection.handle_async_request(sent)
        except BaseException:
            # It has closed itself where it cannot be used again.
            self._freed(place, connection)
            raise
        stream = cast("AsyncIterable[bytes]", answer.stream)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(stream, lambda: self._freed(place, connection)),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the free connections; those in use close with their answers."""
        for connections in self._free.values():
            while connections:
                await connections.pop().aclose()

    async def _taken(self, place: _Place) -> httpcore2.AsyncHTTPConnection | None:
        free = self._free[place]
        # The oldest has waited longest: where any has expired, it has.
        while free and free[0].has_expired():
            await free.popleft().aclose()
        while free:
            connection = free.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _freed(self, place: _Place, connection: httpcore2.AsyncHTTPConnection) -> None:
        if connection.is_idle() and connection.is_available():
            self._free[place].append(connection)


class _Body(httpx2.AsyncByteStream):
    """An answer's body; its end frees the connection."""

    def __init__(self, stream: AsyncIterable[bytes], freed: Callable[[], None]) -> None:
        self._stream = stream
        self._freed = freed
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _in_httpx_terms():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._stream.aclose()  # type: ignore[attr-defined]  # httpcore2's streams have one
            self._freed()


def _as_httpcore(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=cast("AsyncIterable[bytes]", request.stream),
        extensions=request.extensions,
    )


@contextmanager
def _in_httpx_terms() -> Iterator[None]:
    """httpcore2's errors as httpx2's, which bear the same names."""
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        named: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__)
        raise named(str(error)) from error
    except httpcore2.UnsupportedProtocol as error:
        raise httpx2.UnsupportedProtocol(str(error)) from error
