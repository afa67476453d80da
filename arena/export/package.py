"""What the columns of exported files mean, as a Data Package (Frictionless Data, 2.0): people and programs read it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from arena.export.columns import Column, Kind, Table

_TYPES: Mapping[Kind, str] = {
    "text": "string",
    "texts": "array",
    "date": "date",
    "instant": "datetime",
    "integer": "integer",
    "number": "number",
    "decimal": "number",
    "dollars": "number",
    "boolean": "boolean",
}


def package_json(tables: Mapping[str, Table[Any]], names: Sequence[str], form: str) -> bytes:
    """The description of the files of a format, one a table."""
    resources = [
        {
            "name": name,
            "path": f"{name}.{form}",
            "format": form,
            "encoding": "utf-8",
            "title": tables[name].meaning,
            "schema": {"fields": [_field(column, form) for column in tables[name].columns]},
        }
        for name in names
    ]
    content = {"name": "modelchat-arena", "profile": "tabular-data-package", "resources": resources}
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _field(column: Column[Any], form: str) -> dict[str, str]:
    # JSON has no exact decimals, so they are digits in a string there.
    exact = column.kind in {"decimal", "dollars"} and form == "jsonl"
    kind = "string" if exact else _TYPES[column.kind]
    return {"name": column.name, "type": kind, "description": column.meaning}
