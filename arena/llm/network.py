"""HTTP/1.1 straight on asyncio: one connection, over which one request goes at a time.

httpcore2 and h11 take a third of what a whole call costs; here llhttp (Node's parser, by way of httptools) reads what
comes, and a request leaves in one piece. All connections of an arena live in one event loop that is asyncio's, or
uvloop's, which has the same interface. Errors are httpx2's, and tell nothing of what was sent.
"""

import asyncio
import ssl
from collections import deque
from typing import Any, NamedTuple, cast

import httptools
import httpx2

_FULL = 262_144
"""Bytes that were received and not read, from which on no more are taken from the socket."""

_LONGEST_HEAD = 102_400
"""Bytes of an answer's status and headers; no server sends as many."""

_NEXT_ADDRESS = 0.25
"""Seconds after which a host's next address is tried beside the one before (RFC 8305)."""

Headers = list[tuple[bytes, bytes]]


class Head(NamedTuple):
    """How an answer begins."""

    status: int
    headers: Headers


class Patience(NamedTuple):
    """Seconds to wait for each; None is for ever."""

    connect: float | None = None
    read: float | None = None
    write: float | None = None


async def connected(host: str, port: int, tls: ssl.SSLContext | None, patience: Patience) -> "Connection":
    """A connection to a host by name or address. Raises ConnectError or ConnectTimeout."""
    loop = asyncio.get_running_loop()
    # LangGraph's server runs on uvloop, which tries a host's addresses one after the other and knows no delay.
    options: dict[str, Any] = {"happy_eyeballs_delay": _NEXT_ADDRESS} if isinstance(loop, asyncio.BaseEventLoop) else {}
    if tls is not None:
        options |= {"ssl": tls, "server_hostname": host}
    try:
        async with asyncio.timeout(patience.connect):
            _, connection = await loop.create_connection(Connection, host, port, **options)
    except TimeoutError as error:
        raise httpx2.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpx2.ConnectError(str(error)) from error
    return connection


class Connection(asyncio.Protocol):
    """One connection. Whoever asks reads the whole answer, or aborts."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._answer: _Answer | None = None
        self._ended = False
        self._fault: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    @property
    def can_be_asked(self) -> bool:
        """Whether the last answer is through and the server takes another request."""
        return not self._ended and (self._answer is None or self._answer.leaves_it_open)

    async def ask(self, request: bytes, patience: Patience) -> Head:
        """Send a whole request; how its answer begins. Raises one of httpx2's network, protocol or time-out errors."""
        self._answer = answer = _Answer()
        await self._send(request, patience.write)
        while answer.head is None:
            await self._news(patience.read)
        return answer.head

    async def piece(self, patience: Patience) -> bytes:
        """The next bytes of the answer's body; none at its end. Raises as `ask` does."""
        answer = cast("_Answer", self._answer)  # there has been a question
        while not answer.pieces:
            if answer.complete:
                return b""
            await self._news(patience.read)
        piece = b"".join(answer.pieces)
        answer.pieces.clear()
        answer.unread = 0
        if not self._ended:
            self.transport.resume_reading()
        return piece

    async def close(self) -> None:
        """Close it at once."""
        self.transport.abort()
        # The socket is closed in the loop's next turn, which may be its last.
        await asyncio.sleep(0)

    async def _send(self, request: bytes, seconds: float | None) -> None:
        if self.transport.is_closing():
            raise httpx2.WriteError("")
        self.transport.write(request)
        if self._writer is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._writer
        except TimeoutError as error:
            raise httpx2.WriteTimeout("") from error
        if self._fault is not None:
            raise httpx2.WriteError("") from self._fault

    async def _news(self, seconds: float | None) -> None:
        """Wait until more of the answer is there. What came before an error is read first."""
        answer = cast("_Answer", self._answer)  # as above
        if answer.fault is not None:
            raise answer.fault
        if self._ended:
            raise httpx2.ReadError("") from self._fault
        self._reader = asyncio.get_running_loop().create_future()
        if seconds is None:
            await self._reader
            return
        try:
            async with asyncio.timeout(seconds):
                await self._reader
        except TimeoutError as error:
            raise httpx2.ReadTimeout("") from error

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self.transport = cast("asyncio.Transport", transport)  # of a stream connection, which both TCP and TLS are

    def data_received(self, data: bytes) -> None:
        """Read it as part of the answer; what nobody asked for ends the connection."""
        if self._answer is None or self._answer.complete:
            self._ended = True
            self.transport.abort()
            return
        self._answer.feed(data)
        if self._answer.unread >= _FULL:
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        """Nothing more will come; the transport closes itself."""
        self._ended = True
        if self._answer is not None:
            self._answer.end()
        _wake(self._reader)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by either side, or broken."""
        if exc is None and not self._ended and self._answer is not None:
            self._answer.end()
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


class _Answer:
    """What has come of an answer. Its public methods but `feed` and `end` are those that httptools calls."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.pieces: deque[bytes] = deque()
        self.unread = 0
        self.complete = False
        self.fault: Exception | None = None
        self._headers: Headers = []
        self._head_size = 0
        self._kept = self._surplus = False
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    @property
    def leaves_it_open(self) -> bool:
        """Whether the connection may be used again after it."""
        return self.complete and self._kept and not self._surplus

    def feed(self, data: bytes) -> None:
        """Read the next bytes."""
        if self._parser is None:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._break("the server switches to a protocol that nobody asked for")
        except httptools.HttpParserError as error:
            # What follows a whole answer does not spoil it.
            if self.complete:
                self._surplus = True
            else:
                self._break(f"the server's answer is not HTTP ({type(error).__name__})")
        if self.head is None:
            self._head_size += len(data)
            if self._head_size > _LONGEST_HEAD:
                self._break("the server's headers do not end")
        if self.complete or self.fault is not None:
            # It holds this answer as the answer holds it.
            self._parser = None

    def end(self) -> None:
        """The server has sent all it will: an answer without a length ends so, any other is cut off."""
        if self.complete or self.fault is not None:
            return
        if self.head is None:
            self._break("Server disconnected without sending a response.")
        elif any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self.head.headers):
            self._break("peer closed connection without sending complete message body")
        else:
            self.complete = self._surplus = True

    def on_message_begin(self) -> None:
        """An answer begins; another one after the first was not asked for."""
        self._surplus = self._surplus or self.complete
        self._headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or one that follows the body."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """All headers are there; those of an interim answer (RFC 9110, 15.2) are of no interest."""
        status = self._parser.get_status_code() if self._parser is not None else 0
        if self.head is None and status >= 200:
            self.head = Head(status, self._headers)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self.complete:
            self.pieces.append(body)
            self.unread += len(body)

    def on_message_complete(self) -> None:
        """That was all, unless it was an interim answer."""
        self.complete = self.head is not None
        # The parser knows only now.
        self._kept = self.complete and self._parser is not None and bool(self._parser.should_keep_alive())

    def _break(self, why: str) -> None:
        self.fault = httpx2.RemoteProtocolError(why)


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
