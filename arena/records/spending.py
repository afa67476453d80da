"""What a request to a model cost, as it is kept to hold the budget over many runs."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime, Field

from arena.records.base import Record


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
