"""What a server would have to work out again when it is started anew, kept in files beside the store.

Each file serves for as long as nobody has written to the store since, and for the code that made it; any other one is
passed over and replaced. The folder may be deleted at any time, and where it cannot be written nothing is kept.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from arena.market.whole import write_whole
from arena.records.base import Record
from arena.store import Store
from arena.version import code_version

Kept = TypeVar("Kept", bound=Record)

FOLDER = Path("cache") / "pages"
_STORE = ("arena.sqlite", "arena.sqlite-wal")


def kept_beside(store: Store, name: str, kind: type[Kept], work: Callable[[], Kept]) -> Kept:
    """What `work` makes of a store, read from its file where that still serves.

    Within `at_one_moment` it is of that moment, whatever is written meanwhile.
    """
    file = store.home / FOLDER / f"{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"
    basis = _basis(store, name)
    if (found := _read(file, basis, kind)) is not None:
        return found
    made = work()
    # What was written while it was made may be in it or not.
    if _basis(store, name) == basis:
        _write(file, {"basis": basis, "content": made.model_dump(mode="json")})
    return made


def _basis(store: Store, name: str) -> list[object]:
    """Another one after every write to the store: SQLite's files have another time or size, or are others.

    And another one for each moment that a reader sees: what is written after that is not in what it makes.
    """
    return [name, code_version(), [_written(store.home / part) for part in _STORE], list(store.state())]


def _written(file: Path) -> list[int] | None:
    """None for a file that is empty or not there: readers leave an empty write-ahead log, writers take it away."""
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return [state.st_ino, state.st_size, state.st_mtime_ns] if state.st_size else None


def _read(file: Path, basis: list[object], kind: type[Kept]) -> Kept | None:
    try:
        told = json.loads(file.read_bytes())
        return kind.model_validate(told["content"]) if told["basis"] == basis else None
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None


def _write(file: Path, content: object) -> None:
    try:
        write_whole(file, json.dumps(content).encode())
    except OSError:
        return  # A home that cannot be written is served all the same.
