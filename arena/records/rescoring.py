"""A season re-priced: its recorded decisions on fresh books under other settings, beside what they came to."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from arena.records.base import Money, Record
from arena.records.standing import Standings


class Changed(Record):
    """A trading setting that is not what the season was played under."""

    name: str
    recorded: str
    rescored: str


class Rescoring(Record):
    """What a stored season re-prices, and how."""

    season: str
    """The season that holds the new books."""
    origin: str
    """The season whose decisions they trade; its chats are theirs."""
    settings: dict[str, str]
    """The trading settings in force, by name."""
    changed: tuple[Changed, ...]


class RescoredRow(Record):
    """One contestant before and after."""

    contestant: str
    recorded_rank: Annotated[int, Field(ge=1)]
    rank: Annotated[int, Field(ge=1)]
    moved: int
    """Places gained (positive) or lost (negative)."""
    recorded_equity: Money
    equity: Money
    recorded_return_pct: Decimal
    return_pct: Decimal
    recorded_trades: int
    trades: int


class RescoredSeason(Record):
    """What re-pricing a season came to."""

    season: str
    """The season whose decisions were re-priced."""
    into: str | None
    """The season it was stored as; None where it was only shown."""
    session: date | None
    """The session both are valued at."""
    settings: dict[str, str]
    """The trading settings in force, by name."""
    changed: tuple[Changed, ...]
    """Those that are not what the season was played under."""
    rows: tuple[RescoredRow, ...]
    """In order of the new rank, then name."""
    recorded: Standings
    standings: Standings
    notes: tuple[str, ...] = ()
