"""From a store to tables, all of one moment: a round that is played meanwhile is in all of them or in none."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal, NamedTuple

from arena.errors import UsageError
from arena.export import sources
from arena.export.columns import Table
from arena.export.files import WholeFiles
from arena.export.package import package_json
from arena.export.writing import CsvWriter, JsonLinesWriter, ParquetWriter, Writer
from arena.store import Store

Format = Literal["csv", "jsonl", "parquet"]

FORMATS: Mapping[Format, Callable[[Table[Any], IO[bytes]], Writer]] = MappingProxyType(
    {"csv": CsvWriter, "jsonl": JsonLinesWriter, "parquet": ParquetWriter}
)

TABLES: Mapping[str, Table[Any]] = MappingProxyType(
    {table.name: table for table, _ in (*sources.OF_CHATS, *sources.OF_SEASONS)}
)
"""By name."""

PACKAGE = "datapackage.json"
"""What the columns of a folder's files mean, for people and programs (the Data Package standard)."""


class Exported(NamedTuple):
    """One table that was written."""

    table: str
    path: Path
    rows: int


def export_to_folder(  # noqa: PLR0917 -- what, of what, how and where
    store: Store,
    seasons: Sequence[str],
    tables: Sequence[str],
    form: Format,
    folder: Path,
    cutoffs: Mapping[str, date] = MappingProxyType({}),
) -> tuple[Exported, ...]:
    """Write each table to a file of its name in the folder, with `datapackage.json` beside them: all or none.

    Earlier files of these names are replaced. UsageError for an unknown season, and where the folder cannot be
    written to.
    """
    paths = {name: folder / f"{name}.{form}" for name in tables}
    counts = _written(store, seasons, paths, form, cutoffs, {folder / PACKAGE: package_json(TABLES, tables, form)})
    return tuple(Exported(name, path, counts[name]) for name, path in paths.items())


def export_to_file(  # noqa: PLR0917 -- as above
    store: Store,
    seasons: Sequence[str],
    table: str,
    form: Format,
    path: Path,
    cutoffs: Mapping[str, date] = MappingProxyType({}),
) -> Exported:
    """Write one table to a file, whole or not at all, in the place of an earlier one."""
    return Exported(table, path, _written(store, seasons, {table: path}, form, cutoffs, {})[table])


def export_to_stream(  # noqa: PLR0917 -- as above
    store: Store,
    seasons: Sequence[str],
    table: str,
    form: Format,
    stream: IO[bytes],
    cutoffs: Mapping[str, date] = MappingProxyType({}),
) -> int:
    """Write one table to a stream, which stays open; returns how many rows there were."""
    writer = FORMATS[form](TABLES[table], stream)
    counts = _fill(store, seasons, {table: writer}, cutoffs)
    writer.close()
    return counts[table]


def _written(  # noqa: PLR0917 -- as above
    store: Store,
    seasons: Sequence[str],
    paths: Mapping[str, Path],
    form: Format,
    cutoffs: Mapping[str, date],
    beside: Mapping[Path, bytes],
) -> dict[str, int]:
    with WholeFiles() as files:
        writers = {name: FORMATS[form](TABLES[name], files.open(path)) for name, path in paths.items()}
        counts = _fill(store, seasons, writers, cutoffs)
        for writer in writers.values():
            writer.close()
        for path, content in beside.items():
            files.open(path).write(content)
    return counts


def _fill(
    store: Store, seasons: Sequence[str], writers: Mapping[str, Writer], cutoffs: Mapping[str, date]
) -> dict[str, int]:
    """Give the writers their rows, season by season; returns how many each got."""
    counts = dict.fromkeys(writers, 0)

    def write(table: Table[Any], rows: Iterable[Any]) -> None:
        writers[table.name].write(_counted(table, rows, counts))

    with store.at_one_moment():
        _check(store, seasons)
        for season in seasons:
            for table, rows_of_season in sources.OF_SEASONS:
                if table.name in writers:
                    write(table, rows_of_season(store, season, cutoffs))
            of_chats = [(table, rows_of) for table, rows_of in sources.OF_CHATS if table.name in writers]
            for chat in store.each_chat(season) if of_chats else ():
                for table, rows_of in of_chats:
                    write(table, rows_of(chat))
    return counts


def _check(store: Store, seasons: Sequence[str]) -> None:
    stored = store.seasons()
    for season in seasons:
        if season not in stored:
            raise UsageError(f"no season {season} is stored; those that are: {', '.join(stored) or 'none'}")


def _counted(table: Table[Any], rows: Iterable[Any], counts: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for values in table.values(rows):
        counts[table.name] += 1
        yield values
