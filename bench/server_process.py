"""The loopback model in a process of its own, so that what is measured beside it is the arena alone.

The process ends when whoever started it closes its standard input, or ends.
"""

import argparse
import json
import subprocess
import sys
from typing import NamedTuple, Self

from bench.model_server import ModelServer, Request
from bench.wordy_model import wordy_model


class Counts(NamedTuple):
    """What went over the wire."""

    requests: int
    prompt_characters: int
    """Of all messages: their text, and the arguments of tool calls. Schemas of tools and forms are not counted."""


class ServerProcess:
    """A running model, from construction to `close`; also a context manager."""

    def __init__(self, characters: int) -> None:
        """`characters` is the length of every answer's prose."""
        command = [sys.executable, "-m", "bench.server_process", str(characters)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.base_url = self._line()

    def answer_after(self, delay: float) -> Counts:
        """Have every answer take so many seconds from now on; what was counted since the last time."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{delay}\n")
        self._process.stdin.flush()
        return Counts(*json.loads(self._line()))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def characters_of(request: Request) -> int:
    """The characters of a request's messages."""
    told = 0
    for message in request.body["messages"]:
        told += len(message.get("content") or "")
        told += sum(len(call["function"]["arguments"]) for call in message.get("tool_calls") or ())
    return told


def main() -> None:
    """Serve until standard input ends; every line of it is a delay, answered with what was counted since the last."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("characters", type=int)
    seen: list[int] = []
    wordy = wordy_model(options.parse_args().characters)
    with ModelServer(wordy, keep=lambda request: seen.append(characters_of(request))) as server:
        print(server.base_url, flush=True)
        for line in sys.stdin:
            server.delay = float(line)
            counted, seen[:] = Counts(len(seen), sum(seen)), []
            print(json.dumps(counted), flush=True)


if __name__ == "__main__":
    main()
