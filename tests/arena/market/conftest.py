"""Vendors over loopback servers."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from arena.market.yahoo import YahooVendor
from tests.arena.market.yahoo_answers import NOW, RewritingSession, with_cookies
from tests.loopback import Answer, Loopback, loopback

Connect = Callable[..., tuple[YahooVendor, Loopback]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A function that serves an answer, and Yahoo's cookies, and returns a YahooVendor that asks it."""
    servers = []

    def connected(
        answer: Answer, now: datetime = NOW, timeout: float = 5.0, *, cookies: bool = True
    ) -> tuple[YahooVendor, Loopback]:
        running = loopback(with_cookies(answer) if cookies else answer)
        servers.append(running)
        server = running.__enter__()
        return YahooVendor(session=RewritingSession(server.url), clock=lambda: now, timeout=timeout), server

    yield connected
    for running in servers:
        running.__exit__(None, None, None)
