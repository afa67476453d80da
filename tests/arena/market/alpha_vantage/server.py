"""Alpha Vantage on loopback: bodies by function name, each a JSON value, a text, or a whole Reply."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.market.alpha_vantage import AlphaVantageVendor
from tests.loopback import Loopback, Reply, Request

KEY = "SECRETKEY123456"
NOW = datetime(2025, 10, 14, 21, 0, tzinfo=UTC)
"""An hour after the close of the session most tests are about."""


class Sleeps(list[float]):
    """A sleep that only notes how long it would have taken."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def vendor_of(server: Loopback, **changed: Any) -> AlphaVantageVendor:
    """A vendor with a premium key, which nothing slows, unless told otherwise."""
    settings = {"timeout": 5.0, "daily_limit": None, "clock": lambda: NOW, "sleep": Sleeps()} | changed
    return AlphaVantageVendor(KEY, f"{server.url}/query", **settings)


def by_function(bodies: Mapping[str, Any]) -> Callable[[Request], Reply]:
    """Answers each function with its body; `{}` for a function that is not named."""

    def answer(request: Request) -> Reply:
        body = bodies.get(request.query["function"], {})
        return body if isinstance(body, Reply) else Reply(200, body)

    return answer


def functions(server: Loopback) -> list[str]:
    return [request.query["function"] for request in server.requests]


def recorded_statements(folder: Path, ticker: str) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        path = folder / f"{ticker}_{request.query['function'].lower()}.json"
        return Reply(200, path.read_bytes() if path.exists() else {})

    return answer
