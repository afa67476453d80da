"""An endpoint that sends exactly the bytes it is told to, pauses, cuts and resets included.

It runs in the test's own event loop. A client's scenario is chosen by the first part of its path, so
that many can be run side by side against one server.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bench.model_server import closing


@dataclass(frozen=True)
class Raw:
    """What is sent for one request."""

    pieces: Sequence[bytes | float]
    """Bytes to send, and seconds to pause."""
    end: str = "keep"
    """keep the connection, close it, or reset it."""


def reply(body: Any = b"", status: str = "200 OK", end: str = "keep", **headers: str) -> Raw:
    """A whole answer with its length; bytes and text go out as they are, anything else as JSON."""
    return Raw([head(len(content(body)), status, **headers), content(body)], end)


def head(length: int | None, status: str = "200 OK", **headers: str) -> bytes:
    named = {"content_type": "application/json", **headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in named.items())]
    lines += [] if length is None else [f"content-length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def content(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def chunk(data: bytes) -> bytes:
    """A piece of a chunked body."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def events(*data: Any, end: bool = True) -> bytes:
    """A stream of events; what is no text is sent as JSON."""
    told = [*(one if isinstance(one, str) else json.dumps(one) for one in data), *(["[DONE]"] if end else [])]
    return "".join(f"data: {one}\n\n" for one in told).encode()


class RawEndpoint:
    """Replies by scenario, and the requests each made."""

    def __init__(self, scenarios: Mapping[str, Sequence[Raw]], base_url: str) -> None:
        self.base_url = base_url
        self.requests: dict[str, list[dict[str, Any]]] = {name: [] for name in scenarios}
        self._scenarios = scenarios

    def next(self, name: str, request: dict[str, Any]) -> Raw:
        """The scenario's replies in order, the last of them for good."""
        self.requests[name].append(request)
        replies = self._scenarios[name]
        return replies[min(len(self.requests[name]), len(replies)) - 1]


@asynccontextmanager
async def raw_endpoint(scenarios: Mapping[str, Sequence[Raw]]):
    """A running endpoint; its scenario `x` is asked under `<base_url>/x`."""
    endpoint: RawEndpoint
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            while await serve(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            talks.discard(task)
            writer.transport.abort()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
        request = json.loads(await reader.readexactly(length))
        raw = endpoint.next(lines[0].split(" ")[1].split("/")[1], request)
        for piece in raw.pieces:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
            else:
                await asyncio.sleep(piece)
        if raw.end == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif raw.end == "close":
            writer.close()
            await writer.wait_closed()
        return raw.end == "keep"

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
    endpoint = RawEndpoint(scenarios, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield endpoint
    finally:
        async with closing(server):
            for one in list(talks):
                one.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
