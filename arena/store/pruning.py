"""What the store knows of the files beside it: which are still named."""

from datetime import datetime

from arena.store.database import Database


class PruningTables(Database):
    """What the store tells whoever prunes. Nothing of its own is ever pruned."""

    def played(self) -> dict[str, datetime]:
        """When each chat was finished, by its id, in the order they were stored."""
        rows = self._rows("SELECT id, finished FROM chats ORDER BY seq")
        return {row["id"]: datetime.fromisoformat(row["finished"]) for row in rows}

    def snapshots_named(self) -> frozenset[str]:
        """The hashes that chats, research, rounds or the index of snapshots name."""
        rows = self._rows(
            "SELECT json_extract(body, '$.snapshot_hash') AS hash FROM chats UNION SELECT hash FROM snapshots "
            "UNION SELECT snapshot_hash AS hash FROM research "
            "UNION SELECT named.value AS hash FROM rounds, json_each(rounds.body, '$.snapshots') AS named"
        )
        return frozenset(str(row["hash"]) for row in rows)
