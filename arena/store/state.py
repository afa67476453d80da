"""What a reader keeps in memory of the store is good for as long as the store's state is the same."""

from typing import NamedTuple

from arena.store.database import Database

_STATE = """
SELECT
    (SELECT coalesce(max(seq), 0) FROM chats) AS chats,
    (SELECT coalesce(max(seq), 0) FROM events) AS events,
    (SELECT coalesce(max(rowid), 0) FROM marks) AS marks,
    (SELECT count(*) || ':' || coalesce(sum(length(body)), 0) FROM rounds) AS rounds,
    (SELECT count(*) || ':' || coalesce(sum(length(body)), 0) || ':' || coalesce(max(rowid), 0) FROM consensus)
        AS consensus,
    (SELECT count(*) || ':' || coalesce(sum(length(body)), 0) FROM seasons) AS seasons,
    (SELECT count(*) FROM season_rounds) AS finished
"""


class StoreState(NamedTuple):
    """Equal as long as no chat, event, mark, round, vote or plan was added or replaced; spending does not count."""

    chats: int
    events: int
    marks: int
    rounds: str
    consensus: str
    seasons: str
    finished: int


class StateTables(Database):
    """What the store tells of its own state."""

    _seen: tuple[int, StoreState] | None = None

    def state(self) -> StoreState:
        """The state now. It costs next to nothing while nobody has written since this connection looked last."""
        # This connection's own writes do not move it; so it is for readers.
        version = int(self._rows("PRAGMA data_version")[0][0])
        if self._seen is None or self._seen[0] != version:
            self._seen = version, StoreState(*self._rows(_STATE)[0])
        return self._seen[1]
