"""A loopback server that speaks the OpenAI chat completions protocol and answers from a function.

It runs its own event loop in a thread of its own, keeps connections alive and never waits for one
client while another asks, so that a whole arena can be measured against it. What went over the wire
is kept in `requests`, in order of arrival.
"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http.client import responses
from typing import Any, Self

from pydantic_core import from_json, to_json

PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    """Names in lower case."""
    at: float
    """Seconds on the monotonic clock."""


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str | dict[str, Any] | list[Any] | tuple[bytes, ...] | None = None
    """Bytes and text as they are, a tuple of bytes as the chunks of a chunked body; anything else as JSON."""
    delay: float = 0.0
    """Seconds from the request's arrival to the first byte, beside the server's own."""
    drip: float = 0.0
    """Seconds between single bytes of the body, or between its chunks; 0 sends it in one piece."""
    cut_after: int | None = None
    """Bytes, the head's included, after which the connection is broken off; 0 answers nothing."""

    def wire(self) -> tuple[bytes, list[bytes]]:
        """The head, and the body in the pieces it is sent in."""
        if isinstance(self.body, tuple):
            length = "transfer-encoding: chunked"
            pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*self.body, b"")]
        else:
            content = _bytes(self.body)
            length = f"content-length: {len(content)}"
            pieces = [bytes([byte]) for byte in content] if self.drip else [content]
        fields = {"content-type": "application/json", **self.headers}
        lines = [
            f"HTTP/1.1 {self.status} {responses.get(self.status, 'Unknown')}",
            *(f"{k}: {v}" for k, v in fields.items()),
            length,
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode(), pieces


Handler = Callable[[dict[str, Any], Mapping[str, str]], Reply]
"""From a request's JSON and its headers (names in lower case) to the reply. Called on the server's event loop."""


_TURNS = 5
"""Turns of an event loop from a connection that is accepted to the first line of whoever serves it."""

_PATIENCE = 10.0
"""Seconds until a connection that is to be ended must have been closed."""


class ModelServer:
    """A running server, from construction to `close`; also a context manager.

    An exception out of the handler breaks off that connection and is raised again by `close`.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        delay: float = 0.0,
        models: Sequence[Mapping[str, Any]] = (),
        keep: Callable[[Request], None] | None = None,
    ) -> None:
        """`delay` is the seconds every answer takes, from now on whenever it is changed.

        `models` is what a request for the models lists; `keep` is handed each request, in the place of `requests`.
        """
        self.requests: list[Request] = []
        self.delay = delay
        self._handler = handler
        self._keep = keep or self.requests.append
        self._models = [dict(model) for model in models]
        self._talks: set[_Talk] = set()
        self._faults: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self._loop.create_server(self._talk, "127.0.0.1", 0, backlog=1024))
        self._thread = threading.Thread(target=self._loop.run_forever, name="model-server", daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """What an endpoint's `base_url` is set to."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def close(self) -> None:
        """Break off all connections and end the thread. Raises what a handler raised."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._faults:
            raise self._faults[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _talk(self) -> "_Talk":
        return _Talk(self._answer, self._talks, self._faults)

    async def _hang_up(self) -> None:
        async with closing(self._server):
            for talk in self._talks:
                talk.end()

    def _answer(self, method: str, path: str, headers: Mapping[str, str], content: bytes, arrived: float) -> Reply:
        """The reply to one request, its delay the whole of it."""
        if (method, path) == ("GET", MODELS_PATH) and self._models:
            return Reply(body={"data": self._models})
        if (method, path) != ("POST", PATH):
            return Reply(404, body={"error": {"message": f"no {method} {path} here"}})
        request = Request(_json(content), headers, arrived)
        self._keep(request)
        reply = self._handler(request.body, headers)
        return replace(reply, delay=self.delay + reply.delay)


class _Talk(asyncio.Protocol):
    """One connection, served request by request until either side ends it.

    A protocol rather than asyncio's streams: their task and futures cost the server as much as all else it does, and
    slow down what is measured beside it on the same processor.
    """

    def __init__(self, answer: Callable[..., Reply], talks: "set[_Talk]", faults: list[BaseException]) -> None:
        """`talks` holds it while it is open; what `answer` raises breaks it off and goes to `faults`."""
        self._answer = answer
        self._talks = talks
        self._faults = faults
        self._unread = b""
        self._writing: asyncio.Handle | None = None
        """What comes next of an answer that is not yet sent as a whole."""
        self._asked_all = False
        """Whether the client has closed its end, and only listens."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._talks.add(self)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if self._writing is None:
            self._read()

    def eof_received(self) -> bool:
        self._asked_all = True
        return self._writing is not None

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- as asyncio calls it
        self._talks.discard(self)
        if self._writing is not None:
            self._writing.cancel()

    def end(self) -> None:
        """Break off."""
        self._transport.abort()

    def _read(self) -> None:
        """Take up the next request, if all of it is there."""
        head, ended, rest = self._unread.partition(b"\r\n\r\n")
        if not ended:
            return
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
        arrived = self._loop.time()
        try:
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self._unread = rest[length:]
            method, path, _ = line.split(" ")
            reply = self._answer(method, path, headers, rest[:length], arrived)
            head, pieces = reply.wire()
        except Exception as fault:  # noqa: BLE001 -- handed over to the thread that closes the server
            self._faults.append(fault)
            self.end()
            return
        # Counted from the arrival: finding an answer is a part of the time that it takes, not something beside it.
        send = self._loop.call_at
        if reply.cut_after is not None:
            self._writing = send(arrived + reply.delay, self._cut, b"".join([head, *pieces])[: reply.cut_after])
        elif len(pieces) == 1:
            self._writing = send(arrived + reply.delay, self._write, deque([head + pieces[0]]), 0.0)
        else:
            self._writing = send(arrived + reply.delay, self._write, deque([head, *pieces]), reply.drip)

    def _write(self, pieces: deque[bytes], drip: float) -> None:
        self._transport.write(pieces.popleft())
        if pieces:
            self._writing = self._loop.call_later(drip, self._write, pieces, drip)
            return
        self._writing = None
        self._read()
        if self._asked_all and self._writing is None:
            self._transport.close()

    def _cut(self, last: bytes) -> None:
        self._transport.write(last)
        self._transport.close()


@asynccontextmanager
async def closing(server: asyncio.Server) -> AsyncIterator[None]:
    """Close a server; its connections are to be ended inside, and when it is left they are closed.

    TimeoutError where one stays open: before Python 3.12 nobody else waits for them.
    """
    loop = asyncio.get_running_loop()
    # First nobody comes in any more. Whom asyncio has accepted and not yet begun to serve when its server is closed, it
    # forgets (CPython's Server._attach raises), and the socket stays open.
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    server.close()
    yield
    async with asyncio.timeout(_PATIENCE):
        while server._active_count:  # type: ignore[attr-defined]  # noqa: ASYNC110, SLF001 -- as above
            await asyncio.sleep(0.001)


def _json(content: bytes) -> Any:
    try:
        return from_json(content)
    except ValueError:
        # Half of a surrogate pair, which the faster parser refuses.
        return json.loads(content)


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    try:
        return to_json(body)
    except ValueError:
        # As above.
        return json.dumps(body).encode()
