"""What pruning a home takes away."""

from arena.records.base import Record


class PrunedPart(Record):
    """One part of a home, and what of it goes."""

    name: str
    things: int
    """Chats on the tape, snapshots, or answers of vendors."""
    freed: int
    """Bytes; of a tape that is only looked at an estimate, since its chats share what they can."""
    left: int
    """Bytes."""


class Pruning(Record):
    """What was pruned, or would be."""

    dry_run: bool
    parts: tuple[PrunedPart, ...]
