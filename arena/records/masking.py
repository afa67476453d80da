"""What a masked desk was shown in place of the real thing."""

from arena.records.base import Record
from arena.records.desk import Brief


class MaskedAs(Record):
    """How to read what a masked desk wrote, and what it was shown."""

    ticker: str
    """The invented ticker that stands for the real one."""
    name: str
    """What its company is called."""
    weeks: int
    """By how many weeks every date is later than the real one."""
    original: str
    """The content hash of the snapshot that the shown one is the masked twin of."""
    notes: tuple[str, ...]
    """What the mask could not hide, one sentence each."""


class MaskedBrief(Record):
    """The brief a masked desk is handed, with what it stands for."""

    brief: Brief
    mask: MaskedAs
