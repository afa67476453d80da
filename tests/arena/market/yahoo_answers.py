"""Yahoo on loopback: a session that asks a local server, and answers in Yahoo's own shapes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from arena.market.yahoo.session import YahooSession
from tests.loopback import Answer, Reply, Request

NOW = datetime(2025, 2, 25, 18, 0, tzinfo=UTC)
"""A Tuesday at 13:00 in New York, before the close."""


class RewritingSession(YahooSession):
    """The adapter's session, but every request goes to the loopback server, the real host first in the path."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        target = f"{self._url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, target, *args, **kwargs)


def is_cookie(request: Request) -> bool:
    return request.path.startswith(("/fc.yahoo.com", "/guce.yahoo.com")) or request.path.endswith("/getcrumb")


def with_cookies(answer: Answer) -> Answer:
    """Yahoo's cookie and crumb pages, and `answer` for everything else."""

    def answered(request: Request) -> Reply:
        if not is_cookie(request):
            return answer(request)
        return Reply(200, "crumb" if request.path.endswith("/getcrumb") else "<html></html>")

    return answered


def serve(content: Any, status: int = 200) -> Answer:
    return lambda request: Reply(status, content)


def by_place(places: dict[str, Any]) -> Answer:
    """Answers by a part of the path, the first that fits; a server error for every other."""

    def answer(request: Request) -> Reply:
        found = next((content for place, content in places.items() if place in request.path), None)
        if found is None:
            return Reply(500, f"nothing is served at {request.path}")
        return found if isinstance(found, Reply) else Reply(200, found)

    return answer


def body(recorded: Path, name: str) -> Any:
    return exchange(recorded, name).body


def exchange(recorded: Path, name: str) -> Reply:
    """A recorded answer with its status."""
    response = json.loads((recorded / "yahoo" / name).read_text())["response"]
    return Reply(response["status"], response["bodyJson"])


def new_york(day: date, hour: int = 9, minute: int = 30) -> int:
    """Seconds at a winter's hour in New York."""
    return int(datetime(day.year, day.month, day.day, hour + 5, minute, tzinfo=UTC).timestamp())


def chart(bars: dict[date, tuple[Any, ...]], meta: dict[str, Any] | None = None, **events: Any) -> dict[str, Any]:
    """A chart answer with rows of (open, high, low, close, volume), with null for None."""
    columns = list(zip(*bars.values(), strict=True))
    names = ("open", "high", "low", "close", "volume")
    quote = {name: list(column) for name, column in zip(names, columns, strict=True)}
    described = {
        "currency": "USD",
        "symbol": "NVDA",
        "instrumentType": "EQUITY",
        "exchangeTimezoneName": "America/New_York",
        "firstTradeDate": 917015400,
        "regularMarketTime": 1740171601,
        "validRanges": ["1d", "max"],
        **(meta or {}),
    }
    result = {
        "meta": described,
        "timestamp": [new_york(day) for day in bars],
        "events": events,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": list(quote["close"])}]},
    }
    return {"chart": {"result": [result], "error": None}}


def split(day: date, numerator: float, denominator: float) -> dict[str, Any]:
    return {"splits": {"1": {"date": new_york(day), "numerator": numerator, "denominator": denominator}}}


def summary(symbol: str, **modules: Any) -> dict[str, Any]:
    """A quoteSummary answer that knows the symbol."""
    price = {"symbol": symbol, "quoteType": "EQUITY", "longName": f"{symbol} Inc.", "currency": "USD"}
    return {"quoteSummary": {"result": [{"price": price, **modules}], "error": None}}


def earnings_page(symbol: str, *rows: tuple[str, str, str, str]) -> str:
    """The page of earnings dates with rows of (date, estimate, actual, surprise)."""
    head = "".join(
        f"<th>{name}</th>"
        for name in ("Symbol", "Company", "Earnings Date", "EPS Estimate", "Reported EPS", "Surprise (%)")
    )
    lines = "".join(
        f"<tr><td>{symbol}</td><td>A Company</td>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<html><body><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></body></html>"


NVDA_2023 = {
    date(2023, 12, 28): (49.643001556396484, 49.88399887084961, 49.41199874877930, 49.52199935913086, 246587000),
    date(2023, 12, 29): (49.81299972534180, 49.99700164794922, 48.75099945068359, 49.52199935913086, 389293000),
    date(2024, 6, 7): (119.76999664306640, 121.69200134277344, 118.02200317382812, 120.88800048828125, 412386000),
    date(2024, 6, 10): (120.37000274658203, 123.09999847412110, 117.01000213623047, 121.79000091552734, 314162700),
}
