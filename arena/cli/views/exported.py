"""What was exported, and what the columns of the tables are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import clean
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.export import Exported, Table
from arena.records.chat import Label


def exported_view(done: Sequence[Exported], labels: Mapping[str, Sequence[Label]]) -> Iterator[RenderableType]:
    """A line a file; `labels` are by season."""
    yield from banner(labels)
    for one in done:
        yield Text(f"{figures.plural(one.rows, 'row')} of {one.table}: {clean(str(one.path))}")


def columns_view(shown: Sequence[Table[Any]]) -> Iterator[RenderableType]:
    """A table of columns for each table."""
    for one in shown:
        yield tables.heading(f"{one.name}: {one.meaning.lower()[0]}{one.meaning[1:]}")
        table = tables.table("Column", "Type", "Meaning", whole=("Column",))
        for column in one.columns:
            table.add_row(column.name, column.kind, column.meaning)
        yield table
