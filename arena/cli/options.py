"""The options that commands share, and what was given by them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arena.errors import DateError

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="A YAML file, or arena, demo or local; arena.yaml here, or the packaged one, when left out.",
    ),
]
HomeOption = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help="Where the arena keeps its data; arena-data by default.")
]
SeasonOption = Annotated[str | None, typer.Option("--season", metavar="NAME", help="The season.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The session to decide at the close of, YYYY-MM-DD."),
]
CloseOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As it stood at that session's close, YYYY-MM-DD; now when left out."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else, on stdout.")]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Ask the vendors anew, whatever answers of theirs are kept.")
]


@dataclass(frozen=True)
class Given:
    """What a command line says about the configuration."""

    config: Path | None = None
    packaged: str | None = None
    """A configuration that comes with the arena, whatever files are in the folder; `config` is then not looked at."""
    season: str | None = None
    home: Path | None = None
    as_of: date | None = None
    stream: bool | None = None
    ahead: int | None = None
    trading: Mapping[str, object] = field(default_factory=dict)
    """Settings of trading by name, as they were typed."""


def day(text: str | None, option: str = "--as-of") -> date | None:
    """The date an option gives; None when it was left out. DateError for anything but YYYY-MM-DD."""
    return None if text is None else needed_day(text, option)


def needed_day(text: str, option: str) -> date:
    """The date an option gives. DateError for anything but YYYY-MM-DD."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise DateError(f"{option} {text[:40]} is not a date; write it as YYYY-MM-DD, such as 2025-10-14")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateError(f"{option} {text} is no day of the calendar") from None
