"""A season: what was planned of it, what of that has been played, and what a run of it came to."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, Field

from arena.records.base import Record
from arena.records.market import Dividend, Split
from arena.records.outcome import Action
from arena.records.rescoring import Rescoring
from arena.records.standing import Standings
from arena.records.trading import LedgerEvent, Order

Every = Literal["DAY", "WEEK"]
"""A round at each session, or at the last session of each calendar week (Monday to Sunday)."""

Count = Annotated[int, Field(ge=0)]


class SeasonPlan(Record):
    """What a season is to be; stored before its first round, so that whoever resumes it knows what remains."""

    season: str
    tickers: tuple[str, ...]
    """In order; all trade on one calendar."""
    contestants: tuple[str, ...]
    every: Every
    start: date
    end: date | None
    """None for a season that is played as days pass."""
    sessions: tuple[date, ...]
    """The sessions to decide at the close of, in order; none for a season that is played as days pass."""
    benchmark: str | None
    """The ticker whose closes are kept beside those of what is held; None for none."""
    config_hash: str
    """The settings it was planned under."""
    made: AwareDatetime

    def same_as(self, other: "SeasonPlan") -> bool:
        """Whether both ask for the same rounds; settings may have changed in between."""
        return self.model_copy(update={"made": other.made, "config_hash": other.config_hash}) == other


class KeptActions(Record):
    """What happened to a benchmark's shares, as it was told when its closes were kept."""

    ticker: str
    through: date
    """The last session of which something would be known."""
    dividends: tuple[Dividend, ...] = ()
    splits: tuple[Split, ...] = ()
    """Both in order of ex-date."""

    def with_later(self, told: "KeptActions") -> "KeptActions":
        """These and what is told of besides; the first word on an ex-date stays."""
        return KeptActions(
            ticker=self.ticker,
            through=max(self.through, told.through),
            dividends=_by_day((*told.dividends, *self.dividends)),
            splits=_by_day((*told.splits, *self.splits)),
        )


class PlayedRound(Record):
    """One round of a season in a line."""

    session: date
    number: Annotated[int, Field(ge=1)]
    """Its place in the season, from 1."""
    of: int | None
    """How many rounds the season has; None where nobody knows."""
    desks: Count
    earlier: Count
    """Desks that had finished before this run, and were not asked again."""
    researched: Count = 0
    """Desks whose research had been run ahead of the round."""
    decisions: dict[Action, int]
    """How many decided BUY, SELL and HOLD."""
    abstentions: Count
    orders: Count
    fills: Count
    """Of this round's orders."""
    seconds: Annotated[float, Field(ge=0)]


class SeasonReport(Record):
    """What a run, a resumption or a tick came to."""

    plan: SeasonPlan
    picked_up: tuple[str, ...]
    """Sentences on what earlier runs had left; none for a new season."""
    rounds: tuple[PlayedRound, ...]
    """The rounds of this run, in order."""
    remaining: tuple[date, ...]
    """Planned sessions that are still to be played."""
    standings: Standings | None
    """After the last round; None where none has been played."""
    notes: tuple[str, ...] = ()


class SettledSeason(Record):
    """What settling a season's books came to."""

    season: str
    through: date
    """The session up to which they were settled."""
    events: tuple[LedgerEvent, ...]
    """The events that came of it."""
    standings: Standings
    notes: tuple[str, ...] = ()


class SeasonSummary(Record):
    """A season in a line of the list."""

    season: str
    plan: SeasonPlan | None
    """None for one whose rounds were played one by one, or that was imported."""
    finished: Count
    """Rounds that are over."""
    broken_off: date | None
    """The session whose round was begun and did not end; only known of a planned season."""
    remaining: tuple[date, ...]
    """Planned sessions that are not over, the one broken off included."""
    researched: Count = 0
    """Desks of rounds that are not over whose research is ready."""
    first: date | None
    last: date | None
    """The sessions of the first and the last round; None before any."""
    rescoring: Rescoring | None = None
    """What it re-prices, and how; None for a season that was played or imported."""


class SeasonView(Record):
    """A season as it stands."""

    summary: SeasonSummary
    played: tuple[date, ...]
    """The sessions of all rounds, in order."""
    open_orders: tuple[Order, ...]
    """Orders whose price has not come yet, by contestant and ticker."""
    standings: Standings


Happened = TypeVar("Happened", Dividend, Split)


def _by_day(actions: Sequence[Happened]) -> tuple[Happened, ...]:
    """In order, of several on a day the last."""
    last = {action.ex_date: action for action in actions}
    return tuple(last[day] for day in sorted(last))
