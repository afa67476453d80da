"""The prices of a competition, day by day, as its agents were charged and valued."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from arena.records.audit import Finding
from arena.records.market import Bar

BENCHMARK = "QQQ"

_NAMES = {
    "open": ("1. open", "1. buy price"),
    "high": ("2. high",),
    "low": ("3. low",),
    "close": ("4. close", "4. sell price"),
    "volume": ("5. volume",),
}
"""merged.jsonl calls the open the buy price and the close the sell price, and has only the former of its last day."""


class Day(NamedTuple):
    """One ticker's day; None for what the files do not tell."""

    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    close: Decimal | None
    volume: Decimal | None

    @property
    def whole(self) -> bool:
        """Whether all is told, and open and close lie inside low and high."""
        return None not in self and all(price is not None and self.holds(price) for price in (self.open, self.close))

    def holds(self, price: Decimal) -> bool:
        """Whether a price lies inside the day's low and high, as far as they are known."""
        return (self.low is None or self.low <= price) and (self.high is None or price <= self.high)


class Prices:
    """Every day of every ticker."""

    def __init__(self, folder: Path) -> None:
        self.findings: list[tuple[str, Finding]] = []
        """Contradictions with the ticker they are about, and, about none, files and lines that cannot be read."""
        self.days: defaultdict[str, dict[date, Day]] = defaultdict(dict)
        for path in sorted(folder.glob("*daily_prices_*.json")):
            self._take(path.name, path.read_text(encoding="utf-8", errors="replace"))
        merged = folder / "merged.jsonl"
        if merged.is_file():
            for number, line in enumerate(merged.read_text(encoding="utf-8", errors="replace").split("\n"), start=1):
                if line.strip():
                    self._take(f"merged.jsonl:{number}", line)

    def day(self, ticker: str, day: date) -> Day | None:
        """A ticker's day; None where no file has it."""
        return self.days.get(ticker, {}).get(day)

    def bars(self, ticker: str, start: date, end: date) -> Iterator[Bar]:
        """The whole days of a span in order whose low and high hold open and close."""
        for day, told in sorted(self.days.get(ticker, {}).items()):
            if start <= day <= end and told.whole:
                yield Bar.model_validate({"session": day, **told._asdict()})

    def _take(self, where: str, text: str) -> None:
        try:
            content = json.loads(text)
            ticker, series = content["Meta Data"]["2. Symbol"], content["Time Series (Daily)"]
            days = {date.fromisoformat(day): _day(row) for day, row in series.items()}
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, RecursionError) as error:
            why = f"it holds no daily prices as Alpha Vantage writes them ({type(error).__name__}: {error})"
            self.findings.append(("", Finding(kind="unreadable", where=where, what=why)))
            return
        for day, told in sorted(days.items()):
            self._keep(where, ticker, day, told)

    def _keep(self, where: str, ticker: str, day: date, told: Day) -> None:
        known = self.days[ticker].get(day)
        if known is None:
            known = told
            if told.open is not None and not told.holds(told.open):
                what = (
                    f"{ticker}'s open of {day}, {told.open}, lies outside its low and high, {told.low} to {told.high}"
                )
                self.findings.append((ticker, Finding(kind="price", where=where, what=what)))
        for name, one, other in zip(Day._fields, known, told, strict=True):
            if None not in (one, other) and one != other:
                what = f"{ticker}'s {name} of {day} is {other} here and {one} in another file"
                self.findings.append((ticker, Finding(kind="price", where=where, what=what)))
        self.days[ticker][day] = Day(
            *(one if one is not None else other for one, other in zip(known, told, strict=True))
        )


def _day(row: Mapping[str, Any]) -> Day:
    return Day(*(_number(row, names) for names in _NAMES.values()))


def _number(row: Mapping[str, Any], names: tuple[str, ...]) -> Decimal | None:
    told = next((row[name] for name in names if name in row), None)
    number = None if told is None else Decimal(str(told))
    if number is not None and not (number.is_finite() and (number > 0 or (not number and names == _NAMES["volume"]))):
        raise ValueError(f"{told!r} is no price and no volume")
    return number
