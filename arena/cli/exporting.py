"""What `arena export` does."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from rich.console import Group

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import ReaderGoneError, results, say
from arena.cli.views.exported import columns_view, exported_view
from arena.errors import UsageError
from arena.export import TABLES, Exported, Format, export_to_file, export_to_folder, export_to_stream
from arena.records.chat import Label
from arena.rounds.standing import cutoffs_of
from arena.store import Store

STDOUT = "-"


def export_tables(
    given: Given, form: Format | None, what: Sequence[str] | None, seasons: Sequence[str] | None, out: Path
) -> None:
    """Write the tables and say where they are. Raises UsageError for what cannot be written so, StoreError."""
    tables = _named(what)
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    cutoffs, chosen = cutoffs_of(found.config), _format(form, out)
    with Store.open_existing(found.config.home) as store:
        which = list(dict.fromkeys(seasons or store.seasons()))
        if str(out) == STDOUT:
            _to_stdout(store, which, _only(tables, "stdout"), chosen, cutoffs)
            return
        if out.suffix == f".{chosen}":
            done: tuple[Exported, ...] = (export_to_file(store, which, _only(tables, str(out)), chosen, out, cutoffs),)
        else:
            done = export_to_folder(store, which, tables, chosen, out, cutoffs)
        labels = {season: _labels(store, season) for season in which}
    results().print(Group(*exported_view(done, labels)), soft_wrap=True)


def show_columns(what: Sequence[str] | None) -> None:
    """Print what the columns of the tables are."""
    results().print(Group(*columns_view([TABLES[name] for name in _named(what)])))


def _named(what: Sequence[str] | None) -> list[str]:
    """The tables that are meant, each once; all where none is named."""
    for name in what or ():
        if name not in TABLES:
            raise UsageError(f"--what {name[:40]} is no table; those there are: {', '.join(TABLES)}")
    return list(dict.fromkeys(what or TABLES))


def _format(form: Format | None, out: Path) -> Format:
    by_suffix: dict[str, Format] = {f".{one}": one for one in get_args(Format)}
    told = by_suffix.get(out.suffix.lower())
    if form is not None and told is not None and told != form:
        raise UsageError(f"--out {out} is named like {told} and --format is {form}; leave one of them out")
    return form or told or "csv"


def _only(tables: Sequence[str], where: str) -> str:
    if len(tables) != 1:
        raise UsageError(f"{where} takes one table; name it with --what: {', '.join(TABLES)}")
    return tables[0]


def _to_stdout(store: Store, seasons: Sequence[str], table: str, form: Format, cutoffs: Mapping[str, date]) -> None:
    if form == "parquet" and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal; name a file with --out, or lead stdout elsewhere")
    sys.stdout.flush()
    try:
        export_to_stream(store, seasons, table, form, sys.stdout.buffer, cutoffs)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None


def _labels(store: Store, season: str) -> tuple[Label, ...]:
    """Every label that anybody's chats of a season bear."""
    borne = {label for tally in store.tallies(season) for label in tally.labels}
    return tuple(label for label in get_args(Label) if label in borne)
