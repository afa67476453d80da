"""What `arena config show` shows: every setting, its value, and where it was given."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from arena.config.loading import LoadedConfig
from arena.config.settings import settings


@dataclass(frozen=True)
class Row:
    """One setting."""

    path: str
    """Dotted, contestants by name: `contestants.claude.model`."""
    value: Any
    """As JSON holds it: money is decimal text."""
    text: str
    """As YAML holds it, on one line."""
    origin: str
    """`configs/arena.yaml:12`, `environment ARENA_HOME`, `option --as-of` or `default`."""


def describe(loaded: LoadedConfig) -> tuple[Row, ...]:
    """Every setting in the order of the model. No keys among them: a file that holds one is not loaded."""
    return tuple(
        Row(path, to_jsonable_python(value), yaml_text(value), loaded.origins[path])
        for _, path, value in settings(loaded.config)
    )


_PLAIN_TEXT = re.compile(
    r"(?!(?:true|false|null)$)(?:[A-Za-z/]|\.{1,2}/)(?:[A-Za-z0-9_./-]|:(?=[\w/])| (?=\w))*", re.IGNORECASE
)
"""Text that YAML reads as it stands, also inside brackets."""


def yaml_text(value: object) -> str:
    """A setting's value on one line of YAML, with quotes only where text would be read as something else."""
    match value:
        case Decimal() | date():
            return str(value)
        case Path():
            return yaml_text(str(value))
        case tuple() | list():
            return f"[{', '.join(map(yaml_text, value))}]"
        case dict() if value:
            return f"{{{', '.join(f'{yaml_text(key)}: {yaml_text(part)}' for key, part in value.items())}}}"
        case str() if _PLAIN_TEXT.fullmatch(value):
            return value
        case str():
            # Line separators and control characters, which YAML would fold or refuse, are escaped.
            return json.dumps(value, ensure_ascii=not value.isprintable())
    return json.dumps(value)
