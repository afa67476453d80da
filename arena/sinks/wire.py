"""One request to a service, and its answer as far as it can be read. What never came is a `Later`.

A service's address may hold its key, as Telegram's does. So the transport's own log of addresses is switched off, and
every secret is cut from what is told of a failure.
"""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx2

from arena.config.secrets import Secrets
from arena.sinks.sink import Later

LARGEST = 1_000_000
"""Bytes of an answer that are read; none that we ask for is longer."""
_TOLD = 200
"""Characters of an unexpected answer that are told."""


class Reply(NamedTuple):
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object in it; empty for anything else."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def told(self) -> str:
        """Status and first words, for what nobody expected."""
        words = " ".join(self.text.split())[:_TOLD]
        return f"HTTP {self.status}{f': {words}' if words else ' with nothing in it'}"


@asynccontextmanager
async def connections() -> AsyncIterator[httpx2.AsyncClient]:
    """Connections for the running event loop. The deadline of each request is whoever's that makes it."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    async with httpx2.AsyncClient(timeout=None) as client:
        yield client


async def request(
    client: httpx2.AsyncClient,
    address: str,
    secrets: Secrets,
    *,
    headers: Mapping[str, str] | None = None,
    content: object = None,
    method: str = "POST",
) -> Reply | Later:
    """Ask once. `content` is sent as JSON. No redirect is followed: the key is for this server."""
    body = None if content is None else json.dumps(content).encode()
    sent = {"Accept": "application/json", **({} if body is None else {"Content-Type": "application/json"})}
    try:
        async with client.stream(method, address, headers={**sent, **(headers or {})}, content=body) as answer:
            read = bytearray()
            async for piece in answer.aiter_bytes():
                read += piece
                if len(read) > LARGEST:
                    return Later(f"it answered HTTP {answer.status_code} with more than {LARGEST:,} bytes")
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status_code, told, secrets.cut(read.decode("utf-8", "replace")))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Later(f"it cannot be reached: {secrets.cut(str(error)) or type(error).__name__}")
