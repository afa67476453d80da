"""Where commands write: results to stdout, everything else to stderr.

No text is ever read as markup. Tables on stdout are as wide as the terminal, and 120 columns where
there is none.
"""

import json
import os
import sys
from typing import TYPE_CHECKING

from arena.cli.text import clean

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 120
"""Columns where no terminal says how many there are."""

NARROWEST = 40
"""Columns below which no table can be read."""


class ReaderGoneError(Exception):
    """Whoever read stdout has closed it, as `head` does: nothing is wrong, and nothing more is wanted."""


def results() -> "Console":
    """The console on stdout. Raises ReaderGoneError when its reader has gone."""
    from rich.console import Console  # noqa: PLC0415  not needed for --help

    class Results(Console):
        def on_broken_pipe(self) -> None:
            raise ReaderGoneError

    known = sys.stdout.isatty() or _columns() >= NARROWEST
    return Results(file=sys.stdout, width=None if known else WIDTH, markup=False, emoji=False, highlight=False)


def draws(characters: str) -> bool:
    """Whether stdout can show these characters."""
    try:
        characters.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def talk() -> "Console":
    """The console on stderr."""
    from rich.console import Console  # noqa: PLC0415  not needed for --help

    return Console(file=sys.stderr, markup=False, emoji=False, highlight=False)


def say(text: str, prefix: str = "") -> None:
    """Plain lines on stderr, each with the prefix."""
    sys.stderr.writelines(f"{prefix}{line}\n" for line in clean(text).splitlines())


def write_json(content: object) -> None:
    """One JSON document on stdout.

    In ASCII: so control characters and lone halves of characters in a model's text reach no terminal raw.
    """
    write_text(json.dumps(content, indent=2) + "\n")


def write_text(text: str) -> None:
    """Text on stdout as it is, lines unbroken. Raises ReaderGoneError when its reader has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None


def _columns() -> int:
    """The columns the environment asks for; 0 when it asks for none that make sense."""
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isascii() and asked.isdigit() else 0
