"""TCP and TLS for httpcore2, straight on asyncio.

Its own backend goes through a second layer of streams and scopes, which is most of what a read and a write cost.
All connections of an arena live in one event loop that is asyncio's, or uvloop's, which has the same interface.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore2

_FULL = 262_144
"""Bytes that were received and not read, from which on no more are taken from the socket."""

_NEXT_ADDRESS = 0.25
"""Seconds after which a host's next address is tried beside the one before (RFC 8305)."""


class AsyncioNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections in the running event loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to a host by name or address. Raises ConnectError or ConnectTimeout."""
        if local_address is not None or socket_options:
            raise NotImplementedError("local addresses and socket options are not used here")
        loop = asyncio.get_running_loop()
        # LangGraph's server runs on uvloop, which tries a host's addresses one after the other and knows no delay.
        side_by_side: dict[str, Any] = (
            {"happy_eyeballs_delay": _NEXT_ADDRESS} if isinstance(loop, asyncio.BaseEventLoop) else {}
        )
        try:
            async with asyncio.timeout(timeout):
                _, wire = await loop.create_connection(_Wire, host, port, **side_by_side)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        return _Stream(wire)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection as httpcore2 knows one. What it says of errors is their class alone."""

    def __init__(self, wire: "_Wire") -> None:
        self._wire = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore2's signature
        try:
            async with asyncio.timeout(timeout):
                return await self._wire.read(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout from error
        except OSError as error:
            raise httpcore2.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- httpcore2's signature
        try:
            async with asyncio.timeout(timeout):
                await self._wire.write(buffer)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout from error
        except OSError as error:
            raise httpcore2.WriteError from error

    async def aclose(self) -> None:
        self._wire.transport.abort()
        # The socket is closed in the loop's next turn, which may be its last.
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore2's signature
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                await self._wire.start_tls(ssl_context, server_hostname)
        except TimeoutError as error:
            self._wire.transport.abort()
            raise httpcore2.ConnectTimeout(str(error)) from error
        except OSError as error:
            self._wire.transport.abort()
            raise httpcore2.ConnectError(str(error)) from error
        except BaseException:
            self._wire.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._wire.has_news
        return self._wire.transport.get_extra_info(info)


class _Wire(asyncio.Protocol):
    """What has been received and not read yet, and who waits for more. One reader and one writer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = bytearray()
        self._ended = False
        self._fault: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    @property
    def has_news(self) -> bool:
        """Whether a read would return at once: with bytes, with the end, or with an error."""
        return bool(self._received) or self._ended

    async def read(self, most: int) -> bytes:
        """The next bytes; none at the end. OSError where the connection broke and all before has been read."""
        if not self.has_news:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if not self._received and self._fault is not None:
            raise ConnectionError from self._fault
        taken = bytes(self._received[:most])
        del self._received[:most]
        if len(self._received) < _FULL and not self._ended:
            self.transport.resume_reading()
        return taken

    async def write(self, content: bytes) -> None:
        """Send the bytes, and wait while more are under way than should be."""
        if self.transport.is_closing():
            raise ConnectionError
        self.transport.write(content)
        if self._writer is not None:
            await self._writer
            if self._fault is not None:
                raise ConnectionError from self._fault

    async def start_tls(self, context: ssl.SSLContext, server: str | None) -> None:
        """Go on encrypted."""
        loop = asyncio.get_running_loop()
        encrypted = await loop.start_tls(self.transport, self, context, server_hostname=server)
        if encrypted is None:
            raise ConnectionError("the connection was closed while TLS began")
        self.transport = encrypted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self.transport = cast("asyncio.Transport", transport)  # of a stream connection, which both TCP and TLS are

    def data_received(self, data: bytes) -> None:
        """Keep it for the reader."""
        self._received += data
        if len(self._received) >= _FULL:
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        """Nothing more will come; the transport closes itself."""
        self._ended = True
        _wake(self._reader)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by either side, or broken."""
        self._ended, self._fault = True, exc
        _wake(self._reader)
        self.resume_writing()

    def pause_writing(self) -> None:
        """More is under way than should be."""
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """There is room again, or there will never be."""
        writer, self._writer = self._writer, None
        _wake(writer)


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
