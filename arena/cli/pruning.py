"""What `arena prune` does."""

import re
from datetime import UTC, datetime

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.errors import UsageError
from arena.figures import plural
from arena.pruning import prune
from arena.records.pruning import PrunedPart, Pruning

_UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9}
_THINGS = {"tape": "chat", "snapshots": "snapshot", "market cache": "answer"}


def prune_home(given: Given, keep_days: int | None, max_size: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Prune, and say what went. Raises UsageError and StoreError."""
    if keep_days is None and max_size is None:
        raise UsageError("say what is to go: --keep-days 90 drops what is older, --max-size 2GB the oldest above that")
    most = None if max_size is None else _bytes(max_size)
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    home = found.config.home
    pruned = prune(home, keep_days=keep_days, max_tape=most, now=datetime.now(UTC), dry_run=dry_run)
    if as_json:
        write_json(pruned.model_dump(mode="json"))
        return
    for part in pruned.parts:
        results().print(_line(part, pruned), soft_wrap=True)


def size(count: int) -> str:
    """Bytes in the largest unit that leaves a whole one: 9.4 GB, 120.0 kB, 12 bytes."""
    for unit, worth in reversed(_UNITS.items()):
        if count >= worth:
            return f"{count / worth:,.1f} {unit}"
    return plural(count, "byte")


def _line(part: PrunedPart, pruned: Pruning) -> str:
    verb = "would drop" if pruned.dry_run else "dropped"
    about = "about " if pruned.dry_run and part.name == "tape" else ""
    what = f"{verb} {plural(part.things, _THINGS[part.name])}, {about}{size(part.freed)}"
    return f"{part.name:13} {what}; {about}{size(part.left)} left"


def _bytes(text: str) -> int:
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,3})?) ?(kB|MB|GB)", text.strip())
    if found is None:
        raise UsageError(f"--max-size {text[:40]!r} is no size; write it as 500MB or 2GB")
    return round(float(found[1]) * _UNITS[found[2]])
