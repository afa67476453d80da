"""A violation at an event."""

from arena.records.audit import Finding, FindingKind
from arena.records.trading import LedgerEvent


def found(kind: FindingKind, event: LedgerEvent, what: str) -> Finding:
    """The finding that is told under an event's key."""
    return Finding(kind=kind, where=event.key, what=what)
