"""A Yahoo vendor that asks a loopback server."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from arena.market.yahoo import YahooVendor
from tests.arena.market.yahoo.answers import NOW, RewritingSession, with_cookies
from tests.loopback import Answer, Loopback, loopback

Connect = Callable[..., tuple[YahooVendor, Loopback]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A function that serves an answer and returns a vendor that asks it."""
    servers = []

    def connected(answer: Answer, now: datetime = NOW, timeout: float = 5.0) -> tuple[YahooVendor, Loopback]:
        running = loopback(with_cookies(answer))
        servers.append(running)
        server = running.__enter__()
        return YahooVendor(session=RewritingSession(server.url), clock=lambda: now, timeout=timeout), server

    yield connected
    for running in servers:
        running.__exit__(None, None, None)
