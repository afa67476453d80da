"""Pruning a home: what can be had again, or is of use to nobody, is given back to the disk.

The tape of chats that were played long ago, or the oldest beyond a size; snapshots that no chat, round or index
names; answers of vendors, which are asked for again. Chats, books and the archive are never touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from arena.errors import StoreError
from arena.records.pruning import PrunedPart, Pruning
from arena.store import Store
from arena.tape.pruning import PartsOf, compact, freed, parts_of_chats, sizes_alone, take_off
from arena.tape.tape import Tape

_SETTLED = timedelta(days=1)
"""A snapshot that nobody names may be one that a round is just being opened on, unless it is older."""

_EMPTY = 28_672
"""Bytes of a tape that holds nothing."""


def prune(home: Path, *, keep_days: int | None, max_tape: int | None, now: datetime, dry_run: bool = False) -> Pruning:
    """Drop what is older than so many days, and the oldest of the tape above so many bytes.

    A chat's age is that of its playing, not of its session. Snapshots that nobody names go in any case. Raises
    StoreError where there is no store, or where something cannot be read or written.
    """
    since = None if keep_days is None else now - timedelta(days=keep_days)
    with Store.open_existing(home) as store:
        played, named = store.played(), store.snapshots_named()
    unnamed = [file for file in _older(home / "snapshots", now - _SETTLED) if file.stem not in named]
    answers = [] if since is None else _older(home / "cache" / "market", since)
    return Pruning(
        dry_run=dry_run,
        parts=(
            _prune_tape(home, played, since, max_tape, now, dry_run=dry_run),
            _prune_files("snapshots", home / "snapshots", unnamed, dry_run=dry_run),
            _prune_files("market cache", home / "cache" / "market", answers, dry_run=dry_run),
        ),
    )


def _prune_tape(
    home: Path,
    played: Mapping[str, datetime],
    since: datetime | None,
    most: int | None,
    now: datetime,
    *,
    dry_run: bool,
) -> PrunedPart:
    if not Tape.exists(home) or (since is None and most is None):
        return PrunedPart(name="tape", things=0, freed=0, left=_tape_size(home))
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    with Tape.open(home) as tape:
        made_of = parts_of_chats(tape)
        if not dry_run:
            # What no chat is made of goes first, so that no chat has to go in its place.
            take_off(tape, made_of, [], at)
        compact(tape)
        before, gone = _tape_size(home), 0
        while True:
            going, frees = _going(tape, made_of, played, since=since, most=most)
            if dry_run:
                return PrunedPart(name="tape", things=len(going), freed=round(frees), left=before - round(frees))
            # What goes shares its words with what stays, so it frees less than its share: then some more has to go.
            if not going:
                break
            take_off(tape, made_of, going, at)
            compact(tape)
            gone += len(going)
            for chat_id in going:
                del made_of[chat_id]
    left = _tape_size(home)
    return PrunedPart(name="tape", things=gone, freed=before - left, left=left)


def _going(
    tape: Tape, made_of: PartsOf, played: Mapping[str, datetime], *, since: datetime | None, most: int | None
) -> tuple[list[str], float]:
    """The chats to take off, the oldest, and the bytes that should go with them."""
    going, frees, size = [], 0.0, _tape_size(tape.path.parent)
    # A tape whose chat is not stored has no age: it may be that of a desk that is ending just now.
    for chat_id, bytes_ in _estimates(tape, size, made_of, [one for one in played if one in made_of]):
        too_old = since is not None and played[chat_id] < since
        if not too_old and (most is None or size - frees <= most):
            break
        going.append(chat_id)
        frees += bytes_
    return going, frees


def _estimates(tape: Tape, size: int, made_of: PartsOf, oldest_first: Sequence[str]) -> Iterable[tuple[str, float]]:
    """Each chat with the bytes of the file that go with it. Rows and indexes come on top of the parts; prices stay."""
    sizes = sizes_alone(tape, made_of)
    ((prices,),) = tape.rows("SELECT coalesce(sum(length(body)), 0) FROM prices")
    scale = max(0, size - _EMPTY - prices) / (sum(sizes.values()) or 1)
    return zip(oldest_first, (scale * one for one in freed(made_of, sizes, oldest_first)), strict=True)


def _prune_files(name: str, folder: Path, going: Sequence[Path], *, dry_run: bool) -> PrunedPart:
    files = list(_files(folder))
    size, whole = _size(going), _size(files)
    if not dry_run:
        for file in going:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError(f"{file} cannot be removed: {error.strerror}") from error
    return PrunedPart(name=name, things=len(going), freed=size, left=whole - size)


def _older(folder: Path, than: datetime) -> list[Path]:
    return [file for file in _files(folder) if file.stat().st_mtime < than.timestamp()]


def _files(folder: Path) -> list[Path]:
    """What is kept there, in order; locks are no content, and others may wait at them."""
    return sorted(file for file in folder.rglob("*.json") if file.is_file())


def _tape_size(home: Path) -> int:
    return _size(file for name in ("tape.sqlite", "tape.sqlite-wal") if (file := home / name).exists())


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)
