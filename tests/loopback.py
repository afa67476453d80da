"""A loopback HTTP server that answers from a function and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The last value of each query parameter."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int = 200
    body: bytes | str | Any = b""
    """Bytes and text as they are; anything else as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the first byte; cut short when the server closes."""
    drip: float = 0.0
    """Seconds between single bytes of the body; 0 sends it in one piece."""
    drop: bool = False
    """Closes the connection without a word."""

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Answer = Callable[[Request], Reply]


class Loopback:
    """A running server: its `url`, and the `requests` it got, in order of arrival."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[Request] = []
        self._answer = answer
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else headers and body wait 40 ms for each other

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                loopback.requests.append(request)
                reply = loopback._answer(request)
                # A client that gave up has closed its end; that is what such a test is about.
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.send(reply)

            def send(self, reply: Reply) -> None:
                content = reply.content()
                if reply.drop:
                    self.close_connection = True
                    return
                if reply.delay and loopback._closing.wait(reply.delay):
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                for piece in [bytes([byte]) for byte in content] if reply.drip else [content]:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    if reply.drip:
                        time.sleep(reply.drip)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Say nothing."""

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the base class looks these up

        return Handler


@contextmanager
def loopback(answer: Answer) -> Iterator[Loopback]:
    """A server for the length of the block."""
    server = Loopback(answer)
    try:
        yield server
    finally:
        server.close()
