"""Yahoo's answers, recorded or made by hand, and the session that asks a loopback server for them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from curl_cffi.requests import Session

from tests.loopback import Answer, Reply, Request

NOW = datetime(2025, 2, 25, 18, 0, tzinfo=UTC)


class RewritingSession(Session[Any]):
    """A curl_cffi session that sends every request to the loopback server, the real host first in the path."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        target = f"{self._url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, target, *args, **kwargs)


def with_cookies(answer: Answer) -> Answer:
    """Yahoo's cookie and crumb pages, and `answer` for everything else."""

    def answered(request: Request) -> Reply:
        if request.path.startswith(("/fc.yahoo.com", "/guce.yahoo.com")):
            return Reply(200, "<html></html>")
        if request.path.endswith("/getcrumb"):
            return Reply(200, "crumb")
        return answer(request)

    return answered


def body(recorded: Path, name: str) -> Any:
    return json.loads((recorded / "yahoo" / name).read_text())["response"]["bodyJson"]


def new_york(day: date, hour: int = 9, minute: int = 30) -> int:
    return int(datetime(day.year, day.month, day.day, hour + 5, minute, tzinfo=UTC).timestamp())


def chart(bars: dict[date, tuple[Any, ...]], **events: Any) -> dict[str, Any]:
    """A chart answer with rows of (open, high, low, close, volume), with null for None."""
    columns = list(zip(*bars.values(), strict=True))
    names = ("open", "high", "low", "close", "volume")
    quote = {name: list(column) for name, column in zip(names, columns, strict=True)}
    meta = {
        "currency": "USD",
        "symbol": "NVDA",
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": "America/New_York",
        "firstTradeDate": 917015400,
        "regularMarketTime": 1740171601,
        "validRanges": ["1d", "max"],
    }
    result = {
        "meta": meta,
        "timestamp": [new_york(day) for day in bars],
        "events": events,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": list(quote["close"])}]},
    }
    return {"chart": {"result": [result], "error": None}}


def split(day: date, numerator: float, denominator: float) -> dict[str, Any]:
    return {"splits": {"1": {"date": new_york(day), "numerator": numerator, "denominator": denominator}}}


def serve(content: Any, status: int = 200) -> Answer:
    return lambda request: Reply(status, content)


NVDA_2023 = {
    date(2023, 12, 28): (49.643001556396484, 49.88399887084961, 49.41199874877930, 49.52199935913086, 246587000),
    date(2023, 12, 29): (49.81299972534180, 49.99700164794922, 48.75099945068359, 49.52199935913086, 389293000),
    date(2024, 6, 7): (119.76999664306640, 121.69200134277344, 118.02200317382812, 120.88800048828125, 412386000),
    date(2024, 6, 10): (120.37000274658203, 123.09999847412110, 117.01000213623047, 121.79000091552734, 314162700),
}
