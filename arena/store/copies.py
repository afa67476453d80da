"""Everything that a store holds, queued for the cloud copy."""

from collections.abc import Iterator

from arena.store.outbox import Copy, OutboxTables


class CopyTables(OutboxTables):
    """What the store does with copies of what it has had for long."""

    def queue_season(self, season: str, sink: str) -> int:
        """Queue every round, chat, fill and leaderboard of a season, sent before or not; how many were not waiting."""
        return self.queue((copy.to(sink) for copy in self._copies(season)), renew="always")

    def _copies(self, season: str) -> Iterator[Copy]:
        yield from (Copy("round", (season, session)) for session in self._column("session", "rounds", season))
        yield from (Copy("chat", (chat_id,)) for chat_id in self._column("id", "chats", season))
        yield from (Copy("fill", (season, key)) for key in self._column("key", "events", season, "kind = 'fill'"))
        yield from (Copy("standings", (season, session)) for session in self._column("session", "standings", season))

    def _column(self, column: str, table: str, season: str, where: str = "1") -> tuple[str, ...]:
        sql = f"SELECT {column} FROM {table} WHERE season = ? AND {where} ORDER BY rowid"  # noqa: S608  constant texts
        return tuple(row[column] for row in self._rows(sql, season))
