"""What `arena config` does."""

import os
from pathlib import Path

from rich.table import Table

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.text import clean, one_line
from arena.config.explain import describe
from arena.config.finding import find_config
from arena.config.loading import load
from arena.config.starter import starter_text
from arena.errors import UsageError
from arena.records.replica import listed


def show_settings(given: Given, *, as_json: bool) -> None:
    """Print every setting with its value and origin, in the order of the model."""
    found = loaded(given)
    rows = describe(found)
    if as_json:
        write_json([{"path": row.path, "value": row.value, "origin": row.origin} for row in rows])
    else:
        table = Table("Setting", "Value", "Origin", box=None, pad_edge=False, header_style="bold")
        table.columns[0].no_wrap = True
        table.columns[1].overflow = table.columns[2].overflow = "fold"
        for row in rows:
            table.add_row(*(one_line(text) for text in (row.path, row.text, row.origin)))
        results().print(table)
    for note in found.notes:
        say(note, "note: ")


def check_file(file: Path) -> None:
    """Say that the file is valid and who competes; ConfigError says what is wrong with it."""
    found = load(find_config(file, Path()), os.environ)
    names = listed(player.name for player in found.config.enabled)
    number = len(found.config.enabled)
    vendors = ", ".join(found.config.market.vendors)
    summary = f"{file} is valid: {number} contestant{'s' * (number != 1)} ({names}), market from {vendors}"
    results().print(clean(summary), soft_wrap=True)
    for note in found.notes:
        say(note, "note: ")


def write_starter(path: Path, *, force: bool) -> None:
    """Write the commented configuration; UsageError where a file is there already or the folder is not."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(starter_text())
    except FileExistsError:
        raise UsageError(f"{path} is already there; --force replaces it") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    say(f"{path} written; every setting is explained in it. `arena config check {path}` checks your changes")
