"""Values as the formats hold them. What models wrote reaches a spreadsheet as text, never as a formula.

| kind              | CSV                            | JSON Lines           | Parquet           |
| ----------------- | ------------------------------ | -------------------- | ----------------- |
| text              | cleaned, formulas disarmed     | as it is             | string            |
| texts             | a JSON array, likewise         | array                | list of strings   |
| date, instant     | ISO 8601                       | ISO 8601             | date32, timestamp |
| integer, number   | digits                         | number               | int64, double     |
| decimal, dollars  | decimal digits, no exponent    | the same, a string   | decimal128        |
| boolean           | true or false                  | true or false        | bool              |
| unknown           | empty                          | null                 | null              |

Cleaned means without control characters, terminal sequences and marks that turn the order of the text; new lines are
one line feed and tabs are spaces. A text that a spreadsheet would take for a formula gets an apostrophe before it.
Half of a surrogate pair, which no file can hold, is a replacement character in every format.
"""

import json
import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from arena.errors import UsageError
from arena.export.columns import Kind
from arena.records.base import plain
from arena.untrusted import clean

SCALES: dict[Kind, int] = {"dollars": 6, "decimal": 18}
"""Decimal places in Parquet, of 38 digits; what has more is rounded half to even there, and there alone."""

_EXACT = Context(prec=38, rounding=ROUND_HALF_EVEN)
_HALVES = re.compile(r"[\ud800-\udfff]")
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
"""What begins a formula, in full width too."""


def csv_cell(kind: Kind, value: Any) -> str:
    """The value in a CSV file."""
    if value is None:
        return ""
    match kind:
        case "text":
            return disarmed(clean(str(value)))
        case "texts":
            return disarmed(json.dumps([clean(str(one)) for one in value], ensure_ascii=False))
        case "boolean":
            return "true" if value else "false"
        case "number":
            return repr(float(value))
        case _:
            return str(_plain(kind, value))


def json_cell(kind: Kind, value: Any) -> Any:
    """The value in a JSON document."""
    if value is None:
        return None
    match kind:
        case "text":
            return whole(str(value))
        case "texts":
            return [whole(str(one)) for one in value]
        case "integer" | "boolean":
            return value
        case "number":
            return float(value)
        case _:
            return str(_plain(kind, value))


def arrow_cell(kind: Kind, value: Any) -> Any:
    """The value in an Arrow array of its kind."""
    if value is None or kind in {"integer", "boolean", "date"}:
        return value
    match kind:
        case "dollars" | "decimal":
            return _fixed(Decimal(value), SCALES[kind])
        case "instant":
            return value.astimezone(UTC)
        case _:
            return json_cell(kind, value)


def disarmed(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    begins = text.lstrip()[:1]
    return f"'{text}" if begins in _FORMULA and begins else text


def whole(text: str) -> str:
    """The text without halves of surrogate pairs."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def _fixed(value: Decimal, scale: int) -> Decimal:
    try:
        return value.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    except InvalidOperation:
        raise UsageError(f"{value:.6e} is more than a Parquet file can hold; export it as csv or jsonl") from None


def _plain(kind: Kind, value: Any) -> str | int:
    """Digits, days and instants."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return f"{plain(Decimal(value)):f}" if kind in SCALES else int(value)
