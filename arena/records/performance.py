"""What a season amounted to: every figure beside its definition and source, and how far each can be trusted.

Floats are statistics; money is Decimal. A figure that cannot be known has no value and says why, and is never zero.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from arena.records.base import Money, Record
from arena.records.chat import Cost, Label
from arena.records.outcome import UnitFloat

FigureName = Literal[
    "total_return",
    "annualised_return",
    "volatility",
    "sharpe",
    "deflated_sharpe",
    "sortino",
    "calmar",
    "maximum_drawdown",
    "win_rate",
    "profit_factor",
    "turnover",
    "exposure",
    "beta",
    "alpha",
    "mean_confidence",
    "brier_score",
    "coverage",
    "agreement",
    "return_after_cost",
]

SplitName = Literal["variance_between", "variance_within", "intraclass_correlation", "f_ratio", "f_probability"]
"""The figures of replicas, which are of all contestants together."""

Unit = Literal["change", "part", "ratio", "probability", "variance"]
"""A change as a part of one (0.01 is one percent up), a part of one, a plain ratio, a probability, or the square of
a change."""


class Range(Record):
    """Where a figure lies with `level` confidence."""

    low: float
    high: float
    level: UnitFloat


class Figure(Record):
    """One number with what it means."""

    name: FigureName | SplitName
    unit: Unit
    value: Annotated[float, Field(allow_inf_nan=False)] | None
    """None where it cannot be known; `note` says why."""
    range: Range | None = None
    """By bootstrap, where there is one; that of the intraclass correlation is exact for normal results."""
    rests_on: int | None = None
    """Returns, closed trades or decisions it is made of, where that can be counted."""
    note: str = ""
    """Why there is no value, or what the value leaves out."""
    definition: str
    source: str


class Drawdown(Record):
    """The deepest fall below an earlier high."""

    depth: float
    """As a part of the high; negative."""
    high: date
    low: date
    recovered: date | None
    """The first session back at the high; None while there is none."""


class EquityPoint(Record):
    """A book at the close of one session."""

    session: date
    equity: Money
    """Cash plus positions, dollars; shorts count against it."""
    invested: Money
    """Positions alone, dollars: holdings and shorts, both counted as positive."""
    carried: Annotated[int, Field(ge=0)]
    """Holdings without a price of this session, valued at their last."""
    known: bool
    """Whether the session is not after the contestant's knowledge cutoff: its model may have read what happened."""


class EquityCurve(Record):
    """A book's way through a season."""

    contestant: str
    points: tuple[EquityPoint, ...]
    """In order of session; the first is the starting cash."""


class ReliabilityBin(Record):
    """Decisions of about the same confidence."""

    low: UnitFloat
    high: UnitFloat
    forecasts: int
    confidence: UnitFloat
    """Their mean confidence."""
    right: UnitFloat
    """The part whose price went the way they said."""


class Performance(Record):
    """One contestant's season."""

    contestant: str
    labels: tuple[Label, ...]
    """Every label its chats bear."""
    figures: tuple[Figure, ...]
    drawdown: Drawdown | None
    """None where equity never fell."""
    curve: tuple[EquityPoint, ...]
    """From the starting cash on, one point a session of the calendar."""
    reliability: tuple[ReliabilityBin, ...]
    """Confidence against what happened, by bins that hold any; empty below the least number of forecasts."""
    forecasts: int
    """Decisions to buy or sell whose horizon has passed."""
    unjudged: int
    """Those whose horizon has not, or has no price."""
    cost: Cost
    """What its model calls cost."""
    knowledge_cutoff: date | None
    known_sessions: int
    """Sessions that are not after the cutoff."""

    def figure(self, name: FigureName) -> Figure:
        """The figure of that name."""
        return next(figure for figure in self.figures if figure.name == name)


class Placing(Record):
    """A line of the standings over some sessions."""

    rank: Annotated[int, Field(ge=1)]
    """By total return; equal returns share a rank."""
    contestant: str
    sessions: int
    """Returns it rests on."""
    total_return: float
    range: Range | None


class Comparison(Record):
    """One contestant's mean return a session less another's, over the sessions both traded."""

    one: str
    other: str
    sessions: int
    mean: float
    range: Range
    p: UnitFloat
    """How often luck alone makes a difference as large, two-sided; for this pair alone, not for all of them."""


class Agreement(Record):
    """How often two contestants decided alike on the same ticker and session."""

    one: str
    other: str
    both: int
    """Tickers and sessions on which both decided."""
    alike: UnitFloat
    """The part on which they named the same action."""
    kappa: float | None
    """Cohen's kappa: 1 is always alike, 0 as often as chance; None where chance alone would always agree."""


class Chance(Record):
    """What contestants without a clue came to over the same sessions: a band that luck alone fills."""

    contestants: tuple[str, ...]
    """The random ones, in order of name."""
    middle: float
    """Their median total return, as a part of one."""
    band: Range
    """Between which quantiles of their total returns lie."""


class ModelLine(Record):
    """One contestant over its replicas: their total returns, as parts of one."""

    contestant: str
    """As it is configured."""
    replicas: Annotated[int, Field(ge=1)]
    mean: float
    spread: float | None
    """Sample standard deviation; None for a single one."""
    low: float
    high: float


class VarianceSplit(Record):
    """The variance of total returns, between models and within a model."""

    sessions: int
    """Those that all of them share, over which the returns are."""
    models: tuple[ModelLine, ...]
    """Every contestant that asks a model, the best mean first."""
    figures: tuple[Figure, ...]
    """Empty where there is not enough data."""
    note: str = ""
    """Why there are no figures."""


class MaskedPair(Record):
    """The same contestant with and without its mask: what its model knew of the names and dates, beside the facts."""

    masked: str
    """As it is configured, as is the other; of replicas the mean return of each session counts."""
    unmasked: str
    sessions: int
    """Those that both have, all their replicas included."""
    masked_return: float
    """Total, as a part of one."""
    unmasked_return: float
    difference: float
    """The mean return a session under the mask less that without; below zero where the real names and dates paid."""
    range: Range | None
    """None where there is not enough data, as is `p`."""
    p: UnitFloat | None
    definition: str
    source: str


class SeasonReport(Record):
    """A season in numbers that say how far they can be trusted."""

    season: str
    first: date | None
    last: date | None
    """The sessions it spans."""
    least_sessions: int
    """Below so many returns no estimate is shown."""
    horizon: int
    """Sessions after which a decision is judged by the price."""
    benchmark: str | None
    trials: int
    """Contestants that traded and have a Sharpe ratio: the more there are, the more the deflated one takes for luck."""
    performances: tuple[Performance, ...]
    """In order of name."""
    standings: tuple[Placing, ...]
    standings_after_cutoff: tuple[Placing, ...]
    """Over the sessions after the latest knowledge cutoff alone; empty where nobody states one, or none is left."""
    latest_cutoff: date | None
    chance: Chance | None
    """None where fewer than `least_sessions` random contestants competed: the band's ends need as many."""
    replicas: VarianceSplit | None = None
    """None where nobody has replicas."""
    masks: tuple[MaskedPair, ...] = ()
    """Masked contestants beside their unmasked twins, by name."""
    differences: tuple[Comparison, ...]
    groups: tuple[tuple[str, ...], ...]
    """Contestants that cannot be told apart, best group first; empty where there is not enough data."""
    agreements: tuple[Agreement, ...]
    benchmark_differences: tuple[Comparison, ...] = ()
    """Each contestant's mean return a session less the benchmark's, which is the `other`; empty without one."""
    notes: tuple[str, ...] = ()
