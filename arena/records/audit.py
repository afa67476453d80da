"""What an audit found: one record a violation, and what was looked at."""

from typing import Literal

from arena.records.base import Record

FindingKind = Literal[
    "cash",
    "fill_price",
    "position",
    "id",
    "date",
    "no_session",
    "beyond_cash",
    "no_chat",
    "look_ahead",
    "mark",
    "price",
    "margin",
    "carry",
    "ledger",
    "archive",
    "unreadable",
]
"""What is broken: cash that does not follow, a fill off its bar, shares from nowhere or gone, a duplicate or backward
id, a backward date, a trade without a session, a purchase beyond the cash, a decision without its chat, a chat that
saw too far, a mark that is not the price, prices that contradict each other, margin that is not there or was called
without need, interest or borrow fees that are not due, an event the ledger itself refuses, an archive that differs from
the store, and what cannot be read."""


class Finding(Record):
    """One violation."""

    kind: FindingKind
    where: str
    """A file with its line, an event's key, or a chat's id."""
    what: str
    """One sentence: what it says, and what it would have to say."""


class AuditReport(Record):
    """All that is wrong with a season or a folder; nothing is repaired."""

    subject: str
    """The season, or the folder."""
    findings: tuple[Finding, ...]
    """In order of contestant or file, then of time."""
    notes: tuple[str, ...] = ()
    """What is odd without being wrong, and what could not be checked."""
    checked: dict[str, int] = {}
    """How many of what were looked at."""
