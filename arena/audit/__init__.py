"""The auditor: a season's ledger, chats and marks against the prices that are kept. It repairs nothing.

It reckons by itself, not with the ledger's own code, and goes on where that would stop, so that every violation is
named. It asks no vendor: prices are those on the tape and in the snapshots.
"""

from arena.audit.season import audit_season, audit_stored

__all__ = ["audit_season", "audit_stored"]
