"""A LangGraph server on loopback: `arena studio` in a process of its own, on a free port, ended by its id."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120
"""Seconds until a server that does not answer counts as broken."""


@dataclass(frozen=True)
class GraphServer:
    """A running server."""

    url: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def blocking(self) -> list[str]:
        """The lines of its log that tell of a call which blocked its event loop."""
        return [line for line in self.log.read_text().splitlines() if "Blocking" in line or "blocking call" in line]


@contextmanager
def graph_server(folder: Path, *options: str) -> Iterator[GraphServer]:
    """`arena studio` with these options, started in `folder`, for the length of the block."""
    port = _free_port()
    command = [sys.executable, "-c", "from arena.cli import main; main()", "studio", "--port", str(port), *options]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    server = GraphServer(f"http://127.0.0.1:{port}", folder / "server.log", process)
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: GraphServer) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/ok", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-4000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
