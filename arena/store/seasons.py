"""Seasons in the store: what was planned, and which rounds of it are over."""

import json
from datetime import date, datetime

from arena.records.season import KeptActions, SeasonPlan
from arena.store.archive import body_text
from arena.store.database import Database


class SeasonTables(Database):
    """What the store does with planned seasons."""

    def save_plan(self, plan: SeasonPlan) -> None:
        """Keep a season's plan in the place of an earlier one."""
        self._insert(
            "seasons", [{"season": plan.season, "body": body_text(plan.model_dump(mode="json"))}], replace=True
        )

    def plan(self, season: str) -> SeasonPlan | None:
        """What was planned of a season; None for one that was not planned."""
        rows = self._rows("SELECT body FROM seasons WHERE season = ?", season)
        return SeasonPlan.model_validate(json.loads(rows[0]["body"])) if rows else None

    def planned_seasons(self) -> tuple[str, ...]:
        """Every season with a plan, by name."""
        return tuple(row["season"] for row in self._rows("SELECT season FROM seasons ORDER BY season"))

    def seasons_by_newest_chat(self) -> tuple[str, ...]:
        """Every season with a chat, the one whose chat was stored last first."""
        sql = "SELECT season FROM chats GROUP BY season ORDER BY max(seq) DESC"
        return tuple(row["season"] for row in self._rows(sql))

    def keep_actions(self, season: str, told: KeptActions) -> None:
        """Keep a benchmark's dividends and splits; what is kept of an ex-date stays as it was first told."""
        with self.transaction():
            kept = self.kept_actions(season, told.ticker)
            body = body_text((kept.with_later(told) if kept else told).model_dump(mode="json"))
            self._insert("actions", [{"season": season, "ticker": told.ticker, "body": body}], replace=True)

    def kept_actions(self, season: str, ticker: str) -> KeptActions | None:
        """A benchmark's dividends and splits; None where they were not kept."""
        rows = self._rows("SELECT body FROM actions WHERE season = ? AND ticker = ?", season, ticker)
        return KeptActions.model_validate(json.loads(rows[0]["body"])) if rows else None

    def finish_round(self, season: str, session: date, at: datetime) -> None:
        """Remember that a season's round is over: voted, traded and ranked. The first word stays."""
        row = {"season": season, "session": session.isoformat(), "finished": at.isoformat()}
        self._insert("season_rounds", [row], ignore=True)

    def finished_rounds(self, season: str) -> tuple[date, ...]:
        """The sessions whose rounds are over, in order."""
        sql = "SELECT session FROM season_rounds WHERE season = ? ORDER BY session"
        return tuple(date.fromisoformat(row["session"]) for row in self._rows(sql, season))
