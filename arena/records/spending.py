"""What a request to a model cost, as it is kept to hold the budget over many runs, and what it counts for."""

from datetime import UTC, date
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, Field

from arena.records.base import Record

Limit = Literal["contestant", "round", "season", "day"]
"""The sums of spending that a budget may bound, beside the single call."""


class Scope(NamedTuple):
    """Whom a sum of spending belongs to; fields that do not matter for its limit are empty."""

    limit: Limit
    season: str = ""
    session: date | None = None
    contestant: str = ""
    day: date | None = None


class Spending(Record):
    """One request that was paid for, or is being."""

    id: str
    at: AwareDatetime
    """When it was let pass."""
    season: str
    session: date | None
    """The round's session; None outside any round."""
    contestant: str
    dollars: Decimal = Field(ge=0)
    """What it cost; where that is not known, the most it could, and 0 where not even that was known."""
    known: bool
    """Whether somebody told what it cost. A request that a crash cut off stays unknown."""

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Every sum it counts in. A day is one of UTC."""
        return (
            Scope("contestant", season=self.season, session=self.session, contestant=self.contestant),
            Scope("round", season=self.season, session=self.session),
            Scope("season", season=self.season),
            Scope("day", day=self.at.astimezone(UTC).date()),
        )
