"""A real Chromium over a real server: what a test needs of both."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str:
    """The browser's path; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip(
            "no Chromium here: `apt-get install chromium` brings one, and these tests then walk the pages in it"
        )
    return found


ARENA = (sys.executable, "-c", "from arena.cli import main; main()")


def arena(home: Path, *words: str) -> None:
    """One command over a home, in a process of its own: the browser's driver has an event loop running in this one."""
    command = [*ARENA, *words, "--config", "demo", "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """`arena serve` over a home in a process of its own; its address without the last slash."""
    command = [*ARENA, "serve", "--config", "demo", "--home", str(home), "--port", "0"]
    server = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        for line in server.stderr:
            if found := re.search(r"(http://\S+)/ ", line):
                yield found[1]
                break
        else:
            pytest.fail("the server ended before it said where it is")
    finally:
        server.terminate()
        server.wait(20)
        server.stderr.close()


class Watch:
    """Follows a page: what it says on its console, and where it asks for anything."""

    def __init__(self, page: Any, address: str) -> None:
        self.trouble: list[str] = []
        self.hosts: set[str] = set()
        self._own = urlsplit(address).netloc
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.trouble.append(f"{message.type}: {message.text}")

    def _asked(self, request: Any) -> None:
        where = urlsplit(request.url)
        if where.scheme not in {"data", "blob"}:
            self.hosts.add(where.netloc)

    def quiet(self) -> bool:
        """Whether nothing went wrong, and nobody but our server was asked."""
        assert not self.trouble, self.trouble
        assert self.hosts <= {self._own}, self.hosts
        return True


def sideways(page: Any) -> str:
    """What sticks out of the page at its right; empty where nothing does."""
    return str(
        page.evaluate(
            """() => {
              const room = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= room) return "";
              return Array.from(document.querySelectorAll("body *"))
                .filter(one => one.getBoundingClientRect().right > room + 1).slice(0, 4)
                .map(one => one.tagName + "." + one.className).join(", ") || "something";
            }"""
        )
    )
