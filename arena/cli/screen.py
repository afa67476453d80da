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


def results() -> "Console":
    """The console on stdout."""
    from rich.console import Console  # noqa: PLC0415  not needed for --help

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(file=sys.stdout, width=None if known else WIDTH, markup=False, emoji=False, highlight=False)


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
    sys.stdout.write(json.dumps(content, indent=2) + "\n")
