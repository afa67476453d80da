"""The one look all tables have, and what stands around them."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arena import figures
from arena.cli.text import clean

WIDE = 115
"""Columns from which on a wide table is not split in two."""


def table(*columns: str, right: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """A table of columns, those in `right` set flush right, those in `whole` never broken over two lines.

    What does not fit elsewhere is wrapped, never cut.
    """
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for name in columns:
        justify: JustifyMethod = "right" if name in right else "left"
        made.add_column(name, justify=justify, no_wrap=name in whole, overflow="fold")
    return made


def fits(made: Table, width: int) -> bool:
    """Whether a table can stand in so many columns without a word broken."""
    return Console(width=width + 1).measure(made).maximum <= width


def heading(text: str) -> Text:
    """A heading with an empty line before it."""
    return Text(f"\n{clean(text)}", style="bold underline")


def newest(noun: str, shown: int, held: int, several: str | None = None) -> str:
    """A heading over a list of which `shown` are shown at most: 8 articles, or The newest 10 of 12 articles."""
    count = figures.plural(held, noun, several)
    return f"The newest {shown} of {count}" if held > shown else count


def paragraph(text: str, indent: int = 2, style: str = "") -> RenderableType:
    """Untrusted prose, indented."""
    return Padding(Text(clean(text).strip(), style=style), (0, 0, 0, indent), expand=False)


def pairs(facts: Mapping[str, str]) -> RenderableType:
    """Untrusted names with their untrusted values, a line each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        grid.add_row(Text(clean(name), style="bold"), Text(clean(value)))
    return Padding(grid, (0, 0, 0, 2), expand=False)


def bullets(items: Sequence[str], indent: int = 2) -> tuple[RenderableType, ...]:
    """Untrusted points, a dash before each."""
    return tuple(_bullet(item, indent) for item in items)


def _bullet(item: str, indent: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row("-", Text(clean(item).strip()))
    return Padding(grid, (0, 0, 0, indent), expand=False)


def notes(sentences: Sequence[str]) -> tuple[RenderableType, ...]:
    """What a reader must know, a line each; nothing where there is nothing."""
    distinct = tuple(dict.fromkeys(sentences))
    return (heading("Notes"), *bullets(distinct, indent=0)) if distinct else ()
