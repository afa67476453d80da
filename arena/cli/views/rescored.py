"""A season re-priced, beside what it came to when it was played."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.records.rescoring import RescoredRow, RescoredSeason

_NUMBERS = ("Rank", "Was", "Value", "Was", "Return", "Was", "Trades", "Was")


def rescored_view(found: RescoredSeason) -> Iterator[RenderableType]:
    """What was changed; rank, value and return after and before; what a reader must know."""
    yield from banner({row.contestant: row.labels for row in found.standings.rows})
    when = f" at the close of {found.session}" if found.session else ""
    yield tables.heading(f"The season {found.season}{when}, re-priced beside as it was played")
    changed = [f"{one.name} is {one.rescored}, was {one.recorded}" for one in found.changed]
    yield Text("; ".join(changed) or "Nothing is changed.")
    yield Text()
    yield _table(found)
    if found.into is not None:
        yield Text(f"\nKept as the season {found.into}.")
    yield from tables.notes((*found.notes, *found.standings.notes))


def _table(found: RescoredSeason) -> RenderableType:
    table = tables.table("Contestant", *_NUMBERS, right=_NUMBERS, whole=_NUMBERS)
    for row in found.rows:
        table.add_row(
            row.contestant,
            f"{row.rank}{_moved(row)}",
            str(row.recorded_rank),
            figures.dollars(row.equity),
            figures.dollars(row.recorded_equity),
            figures.change(row.return_pct),
            figures.change(row.recorded_return_pct),
            figures.count(row.trades),
            figures.count(row.recorded_trades),
        )
    return table


def _moved(row: RescoredRow) -> str:
    return f" ({row.moved:+d})" if row.moved else ""
