"""How requests to the models travel: by aiohttp, as httpx2 asks.

The openai client speaks httpx2, whose own pool looks through all its connections, twice a request, and which reads
answers in Python: together a third of what a whole call costs. aiohttp takes the connection that was free last, and
reads answers in C. Nothing is retried, redirected or decompressed here, and no header is added but Host and the
length.
"""

import io
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import NamedTuple

import aiohttp
import httpx2
import yarl
from langchain_core.runnables.config import var_child_runnable_config
from multidict import CIMultiDict

KEPT_SECONDS = 5.0
"""How long a free connection is kept, as httpx2 keeps it: servers close theirs soon, too."""

_LARGE = 1_000_000
"""Bytes of a request above which it is sent piece by piece, so that the event loop is not held up."""

_PROTOCOL = "the server disconnected, or its answer is not HTTP or is cut off"
_ERRORS: tuple[tuple[type[Exception], type[httpx2.TransportError], str], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout, ""),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout, ""),
    (aiohttp.ClientConnectorError, httpx2.ConnectError, ""),
    (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError, _PROTOCOL),
    (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError, _PROTOCOL),
    (aiohttp.ClientResponseError, httpx2.RemoteProtocolError, _PROTOCOL),
    (aiohttp.NonHttpUrlClientError, httpx2.UnsupportedProtocol, ""),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol, ""),
    (aiohttp.ClientError, httpx2.ReadError, ""),
    (ConnectionError, httpx2.ReadError, ""),
    # Of a header with a line break, which would begin another one.
    (ValueError, httpx2.LocalProtocolError, "a header holds a line break or a null character"),
)
"""aiohttp's errors, what they are in httpx2's terms, and the words for those that quote what was sent or answered: a
key may be in it. The first that fits counts.
"""


class Head(NamedTuple):
    """How an answer begins."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]


class Destination:
    """Where requests are posted to, and with what headers: worked out once for all of them."""

    def __init__(self, url: str, headers: httpx2.Headers) -> None:
        """Raises httpx2.InvalidURL."""
        self.url = httpx2.URL(url)
        self._headers = headers
        self.headers = CIMultiDict(headers)

    @cached_property
    def address(self) -> yarl.URL:
        """The URL in aiohttp's terms. Raises UnsupportedProtocol."""
        return _address(self.url)

    def request(self, content: bytes, cookies: httpx2.Cookies | None = None) -> httpx2.Request:
        """One of those requests, as httpx2 knows it."""
        return httpx2.Request("POST", self.url, content=content, headers=self._headers, cookies=cookies)


class Transport(httpx2.AsyncBaseTransport):
    """The connections of one event loop, as many as there are requests. HTTP/1.1 only, without proxies."""

    def __init__(self, tls: Callable[[], ssl.SSLContext]) -> None:
        """`tls` gives whom to trust; it is asked by encrypted connections alone, for it may read every certificate."""
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request over a free connection or a new one; the connection is free when the answer is read."""
        head, body = await self.ask(request)
        return httpx2.Response(status_code=head.status, headers=head.headers, stream=body)

    async def ask(self, request: httpx2.Request) -> "tuple[Head, Body]":
        """The same, with the answer as it came. Raises TransportError."""
        seconds = request.extensions.get("timeout", {})
        patience = _patience(seconds.get("connect"), seconds.get("read"))
        return await self._sent(request.method, _address(request.url), request.headers, request.content, patience)

    async def post(self, to: Destination, content: bytes) -> "tuple[Head, Body]":
        """Post what is to go there, without a time-out. Raises TransportError."""
        return await self._sent("POST", to.address, to.headers, content, _patience(None, None))

    async def _sent(
        self,
        method: str,
        address: yarl.URL,
        headers: Mapping[str, str],
        content: bytes,
        patience: aiohttp.ClientTimeout,
    ) -> "tuple[Head, Body]":
        with _in_httpx_terms(), _outside_its_run():
            answer = await self._opened().request(
                method,
                address,
                headers=headers,
                data=_body(content),
                allow_redirects=False,
                timeout=patience,
                ssl=self._tls() if address.scheme == "https" else True,
            )
        if answer.status < 200:
            answer.close()
            raise httpx2.RemoteProtocolError("the server switches to a protocol that nobody asked for")
        return Head(answer.status, answer.raw_headers), Body(answer)

    async def aclose(self) -> None:
        """Close the free connections; those in use close with their answers."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """The session, which belongs to the event loop that is running when it is made."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            )
        return self._session


class Body(httpx2.AsyncByteStream):
    """An answer's body. One that is closed before its end closes its connection."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _in_httpx_terms():
            async for piece in self._answer.content.iter_any():
                yield piece

    async def aclose(self) -> None:
        """Free the connection, or close it where the body was not read to its end."""
        # At its end it has given its connection back, and this does nothing.
        self._answer.close()


@contextmanager
def _in_httpx_terms() -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, ConnectionError, ValueError) as error:
        named, words = next((named, words) for theirs, named, words in _ERRORS if isinstance(error, theirs))
        raise named(words or str(error)) from error


@contextmanager
def _outside_its_run() -> Iterator[None]:
    """Make no connection inside a run of LangChain's: it would keep all that the run holds for as long as it lives."""
    token = var_child_runnable_config.set(None)
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def _address(url: httpx2.URL) -> yarl.URL:
    try:
        return yarl.URL(str(url), encoded=True)
    except ValueError as error:
        raise httpx2.UnsupportedProtocol(f"{url} is no address: {error}") from error


def _body(content: bytes) -> bytes | io.BytesIO | None:
    return io.BytesIO(content) if len(content) > _LARGE else content or None


@lru_cache(maxsize=64)
def _patience(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)
