"""position.jsonl: a line an action, with the whole portfolio after it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from arena.records.audit import Finding

CASH = "CASH"

MOST = Decimal(10) ** 15
"""Shares or dollars, from which on a number is a fault of the file: a micro-dollar of it could not be reckoned with."""


@dataclass(frozen=True)
class Line:
    """One line: an action, or none where the portfolio begins."""

    where: str
    """The file with the line's number."""
    day: date
    id: int
    action: str
    """buy, sell, no_trade, or another word; empty where the line has no action."""
    symbol: str
    amount: Decimal
    price: Decimal | None
    """The fill's price, which only newer versions write."""
    shares: Mapping[str, Decimal]
    """What is held after it, without what is not."""
    cash: Decimal

    @property
    def trades(self) -> bool:
        """Whether it orders something, if only nothing of it."""
        return self.action in {"buy", "sell"}


def read_positions(folder: Path, model: str) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """The lines of a model's file that can be read, and a finding for each that cannot."""
    name = f"agent_data/{model}/position/position.jsonl"
    lines: list[Line] = []
    findings: list[Finding] = []
    text = (folder / name).read_text(encoding="utf-8-sig", errors="replace")
    for number, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        where = f"{name}:{number}"
        try:
            lines.append(_line(where, json.loads(written, parse_float=Decimal)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = f"it is no position line: {type(error).__name__}: {error}"
            findings.append(Finding(kind="unreadable", where=where, what=what))
    if not lines and not findings:
        findings.append(Finding(kind="unreadable", where=name, what="it holds no line"))
    return tuple(lines), tuple(findings)


def _line(where: str, content: Mapping[str, Any]) -> Line:
    action = content.get("this_action") or {}
    held = {symbol: _number(amount) for symbol, amount in content["positions"].items()}
    return Line(
        where=where,
        day=date.fromisoformat(content["date"]),
        id=_whole(content["id"]),
        action=str(action.get("action", "")),
        symbol=str(action.get("symbol", "")),
        amount=_number(action.get("amount", 0)),
        price=_number(action["price"]) if action.get("price") is not None else None,
        shares={symbol: amount for symbol, amount in held.items() if symbol != CASH and amount},
        cash=held[CASH],
    )


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is not a number")
    if abs(number := Decimal(value)) >= MOST:
        raise ValueError(f"a number of {number.adjusted() + 1} digits is none of shares or dollars")
    return number


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"the id {value!r} is not a whole number")
    return value
