"""What changed between two recordings of a ticker's facts."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from arena.cli.text import one_line
from arena.figures import plural
from arena.market.comparing import Change, SnapshotDiff

_SHOWN = 20
"""Changes of one section that are listed."""

_LONGEST = 300
"""Characters of a value that are shown."""


def diff_view(found: SnapshotDiff) -> Iterator[str]:
    """The differences in lines: `+` for what only the second has, `-` for what only the first has."""
    if found.equal:
        yield f"Equal: both are the snapshot {found.before[:12]}."
        return
    yield f"Not equal: {plural(len(found.changes), 'difference')} from {found.before[:12]} to {found.after[:12]}."
    for section, changes in groupby(found.changes, key=lambda change: change.section):
        yield f"\n{section}"
        yield from _section(list(changes))


def _section(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes[:_SHOWN]:
        yield f"  {_line(change)}"
    if len(changes) > _SHOWN:
        yield f"  and {len(changes) - _SHOWN} more; --json has all"


def _line(change: Change) -> str:
    what = one_line(change.what, _LONGEST)
    if change.before is None:
        return f"+ {what}: {_short(change.after)}"
    if change.after is None:
        return f"- {what}: {_short(change.before)}"
    return f"~ {what}: {_short(change.before)} -> {_short(change.after)}"


def _short(value: str | None) -> str:
    return "none" if value is None else one_line(value, _LONGEST)
