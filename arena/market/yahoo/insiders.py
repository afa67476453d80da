"""Yahoo's list of insiders' trades read into records.

It holds about two years, each trade with its day and without the day of its filing. What kind of trade it was
stands in a sentence only: "Sale at price 226.52 per share.", "Purchase at price ...", "Stock Gift at price 0.00
per share.", or none for grants and exercises.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from arena.records.market import Insiders, InsiderTrade

Entry = Mapping[str, Any]

CENT = Decimal("0.01")
_STATED = re.compile(r"at price ([\d.,]+)(?: - ([\d.,]+))? per share")


def read_insiders(summary: Entry, start: date, end: date) -> Insiders:
    """The trades from `start` to `end` in quoteSummary's module insiderTransactions, newest first.

    A summary without the module says that there are none. A trade without a number of shares is left out and
    counted; so is one whose value is not its shares at the stated price, as one of the three was restated.
    """
    entries = (summary.get("insiderTransactions") or {"transactions": ()})["transactions"]
    within = [entry for entry in entries if start <= _day(entry) <= end]
    trades = [trade for entry in within if (trade := _trade(entry)) is not None]
    trades.sort(key=lambda one: (one.traded, one.insider, one.side, one.shares), reverse=True)
    odd = len(within) - len(trades)
    notes = (
        (f"{odd} trades are left out: their shares are not stated, or not those of the stated price",) if odd else ()
    )
    return Insiders(trades=tuple(trades), notes=notes)


def _trade(entry: Entry) -> InsiderTrade | None:
    text = entry.get("transactionText") or ""
    shares, value = _number(entry, "shares"), _number(entry, "value")
    price = value / shares if value and shares else None
    if shares is None or not _agrees(price, text):
        return None
    return InsiderTrade(
        traded=_day(entry),
        filed=None,
        insider=entry["filerName"],
        role=entry.get("filerRelation") or "",
        side=_side(text),
        shares=shares,
        price=None if price is None else price.quantize(CENT),
    )


def _side(text: str) -> Literal["buy", "sell", "other"]:
    if text.startswith("Sale"):
        return "sell"
    return "buy" if text.startswith("Purchase") else "other"


def _agrees(price: Decimal | None, text: str) -> bool:
    """Whether the price lies in the stated range, to one percent; True where either is not stated."""
    stated = _STATED.search(text)
    if stated is None or price is None:
        return True
    low = Decimal(stated[1].replace(",", ""))
    high = Decimal((stated[2] or stated[1]).replace(",", ""))
    return low * Decimal("0.99") <= price <= high * Decimal("1.01")


def _day(entry: Entry) -> date:
    """A day is its first second in UTC."""
    seconds = _number(entry, "startDate")
    if seconds is None:
        raise ValueError("a trade has no date")
    return datetime.fromtimestamp(int(seconds), UTC).date()


def _number(entry: Entry, name: str) -> Decimal | None:
    """The number, which Yahoo wraps as {"raw": ..., "fmt": ...} or not, or leaves out."""
    value = entry.get(name)
    if isinstance(value, Mapping):
        value = value.get("raw")
    return None if value is None else Decimal(str(value))
