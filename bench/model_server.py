"""A loopback server that speaks the OpenAI chat completions protocol and answers from a function.

It runs its own event loop in a thread of its own, keeps connections alive and never waits for one
client while another asks, so that a whole arena can be measured against it. What went over the wire
is kept in `requests`, in order of arrival.
"""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import responses
from typing import Any, Self

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
    """Seconds before the first byte, beside the server's own."""
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
            content = self.body if isinstance(self.body, bytes) else _text(self.body).encode()
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
        self._talks: set[asyncio.Task[None]] = set()
        self._faults: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1024))
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

    async def _hang_up(self) -> None:
        async with closing(self._server):
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            while await self._serve(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client has closed its end
        except asyncio.CancelledError:
            return  # the server closes; asyncio's streams would report a cancelled connection as an error
        except Exception as fault:  # noqa: BLE001 -- handed over to the thread that closes the server
            self._faults.append(fault)
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection was broken off on purpose."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.strip().split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = line.split(" ")
        if (method, path) == ("GET", MODELS_PATH) and self._models:
            return await self._send(writer, Reply(body={"data": self._models}))
        if (method, path) != ("POST", PATH):
            return await self._send(writer, Reply(404, body={"error": {"message": f"no {method} {path} here"}}))
        request = Request(json.loads(content), headers, time.monotonic())
        self._keep(request)
        reply = self._handler(request.body, headers)
        await asyncio.sleep(self.delay + reply.delay)
        return await self._send(writer, reply)

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> bool:
        head, pieces = reply.wire()
        if reply.cut_after is not None:
            writer.write(b"".join([head, *pieces])[: reply.cut_after])
            await writer.drain()
            return False
        if len(pieces) == 1:
            writer.write(head + pieces[0])
        else:
            writer.write(head)
            for piece in pieces:
                await asyncio.sleep(reply.drip)
                writer.write(piece)
                await writer.drain()
        await writer.drain()
        return True


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


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)
