"""Seasons in the store that are another one's decisions, re-priced: their chats are that season's."""

import json

from arena.records.rescoring import Rescoring
from arena.store.archive import body_text
from arena.store.database import Database


class RescoringTables(Database):
    """What the store does with rescored seasons."""

    def save_rescoring(self, rescoring: Rescoring) -> None:
        """Keep what a season is a rescoring of; the first word stays."""
        body = body_text(rescoring.model_dump(mode="json"))
        row = {"season": rescoring.season, "origin": rescoring.origin, "body": body}
        self._insert("rescorings", [row], ignore=True)

    def rescoring(self, season: str) -> Rescoring | None:
        """What a season is a rescoring of; None for one that was played or imported."""
        rows = self._rows("SELECT body FROM rescorings WHERE season = ?", season)
        return Rescoring.model_validate(json.loads(rows[0]["body"])) if rows else None

    def season_of_chats(self, season: str) -> str:
        """The season under which the chats of a season's decisions are stored: its own, or that it re-prices."""
        rows = self._rows("SELECT origin FROM rescorings WHERE season = ?", season)
        return str(rows[0]["origin"]) if rows else season
