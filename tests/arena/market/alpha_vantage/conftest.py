"""The Alpha Vantage adapter over a loopback server."""

from collections.abc import Iterator
from typing import Any

import pytest

from arena.market.alpha_vantage import AlphaVantageVendor
from tests.arena.market.alpha_vantage.server import (
    vendor_of,
)
from tests.loopback import Answer, Loopback, loopback

Connect = Any


@pytest.fixture
def connect() -> Iterator[Connect]:
    servers = []

    def connected(answer: Answer, **changed: Any) -> tuple[AlphaVantageVendor, Loopback]:
        running = loopback(answer)
        servers.append(running)
        server = running.__enter__()
        return vendor_of(server, **changed), server

    yield connected
    for running in servers:
        running.__exit__(None, None, None)
