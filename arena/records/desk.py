"""What a desk is handed and what its roles write."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from arena.records.base import FormRecord, Money, Price, Record
from arena.records.memory import Lesson
from arena.records.outcome import Action, UnitFloat
from arena.records.shares import Position
from arena.records.terms import PLAIN_TERMS, Terms
from arena.records.trading import FillRule

AnalystName = Literal["market", "news", "fundamentals", "social"]
ResearchSpeaker = Literal["bull", "bear"]
RiskSpeaker = Literal["aggressive", "conservative", "neutral"]

Role = Literal[
    "market_analyst",
    "news_analyst",
    "fundamentals_analyst",
    "social_analyst",
    "bull_researcher",
    "bear_researcher",
    "research_manager",
    "trader",
    "aggressive_debater",
    "conservative_debater",
    "neutral_debater",
    "portfolio_manager",
    "reflection",
    "single_agent",
]
"""Who speaks at a desk; also the names of the desk graph's nodes."""

OPTIONAL_ROLES: frozenset[Role] = frozenset({"reflection"})
"""Roles whose failure does not end the desk: it goes on without what they had to say, and the record says so."""

RESEARCH_ROLES: frozenset[Role] = frozenset(
    {
        "market_analyst",
        "news_analyst",
        "fundamentals_analyst",
        "social_analyst",
        "bull_researcher",
        "bear_researcher",
        "research_manager",
    }
)
"""Those whose work knows nothing of the contestant's book, and may be done before the round."""

NonEmpty = Annotated[str, Field(min_length=1)]


class PositionView(Record):
    """One holding, marked at the snapshot's close, or at its last one where it was halted or delisted since."""

    ticker: str
    shares: Position
    """Negative where they are short."""
    average_cost: Price
    """Dollars a share, fees included; of a short what a share brought, fees taken off."""
    mark: Price
    """The close it is valued at."""
    marked: date
    """The session of that close."""
    value: Money
    """Shares times mark, negative where they are short."""
    carried: bool = False
    """Whether that close is an earlier one than the rest is valued at: halted, delisted, or not told of yet."""


class PortfolioView(Record):
    """A contestant's own book as of the brief; nobody else's is ever shown."""

    cash: Money
    """Dollars not yet spent, pending orders included."""
    available: Money
    """Dollars that neither a pending order nor the margin of shorts takes; negative where margin wants more."""
    equity: Money
    """Cash plus positions at their marks."""
    positions: tuple[PositionView, ...] = ()
    margin: Money = Decimal(0)
    """Dollars of cash that the shorts keep from being spent."""
    margin_calls: tuple[str, ...] = ()
    """Tickers whose shorts are covered at their next open, because cash was below maintenance at a close."""


class Mandate(Record):
    """The rules a contestant trades under, so that it can weigh them."""

    fill: FillRule
    """The price that fills its order."""
    position_limit: Annotated[Decimal, Field(gt=0, le=1)]
    """The most of its equity it may hold in one ticker, 0 to 1."""
    slippage_bps: Annotated[Decimal, Field(ge=0)]
    """Hundredths of a percent lost on every fill."""
    commission_bps: Annotated[Decimal, Field(ge=0)]
    """Hundredths of a percent paid on every fill."""
    terms: Terms = PLAIN_TERMS
    """What its book was opened under."""


class ResearchBrief(Record):
    """All that the research of a desk gets; the snapshot by its hash. What the contestant owns is no part of it."""

    season: str
    as_of: AwareDatetime
    session: date
    ticker: str
    contestant: str
    snapshot_hash: str


class Brief(ResearchBrief):
    """All one desk gets: what its research gets, and what only those who trade are shown."""

    portfolio: PortfolioView
    mandate: Mandate
    lessons: Annotated[tuple[Lesson, ...], Field(exclude_if=lambda lessons: not lessons)] = ()
    """Its own past decisions on the ticker whose horizon has passed, the newest first; nobody else's is ever shown."""


class Metric(FormRecord):
    """One figure a report rests on."""

    name: NonEmpty
    value: Annotated[float, Field(allow_inf_nan=False)]
    unit: str
    """USD, percent, ratio, shares, index, or another plain unit."""


class AnalystReport(FormRecord):
    """One analyst's reading of its part of the snapshot."""

    summary: NonEmpty
    """Two or three sentences that stand alone."""
    key_points: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]
    """The findings that matter for the decision, the weightiest first."""
    metrics: tuple[Metric, ...]
    """The figures the findings rest on, exactly as the data gave them."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    """-1 bearish, 0 neutral, 1 bullish."""
    text: NonEmpty
    """The full report."""


class ToolUse(Record):
    """One look an analyst took at the snapshot."""

    name: str
    arguments: str
    """The arguments as the model sent them, as JSON text."""
    result: str
    """What it was answered, word for word."""
    failed: bool = False
    """Whether the answer was an explanation of what was wrong with the request."""


class AnalystStage(Record):
    """An analyst's report and the looks it took before."""

    report: AnalystReport
    tool_uses: tuple[ToolUse, ...] = ()
    degraded: bool = False
    """True when the report was asked for without tools: their cap was reached, or the model has none."""


class SingleStage(Record):
    """What a desk of one agent was shown of the snapshot, all at once; its decision is the outcome."""

    tool_uses: tuple[ToolUse, ...]
    """The looks that were written into its prompt."""


class ResearchTurn(Record):
    """One speech of the research debate."""

    round: Annotated[int, Field(ge=1)]
    speaker: ResearchSpeaker
    text: NonEmpty


class RiskTurn(Record):
    """One speech of the risk debate."""

    round: Annotated[int, Field(ge=1)]
    speaker: RiskSpeaker
    text: NonEmpty


class ResearchVerdict(FormRecord):
    """The research manager's judgement of the debate."""

    stance: Literal["bullish", "bearish", "balanced"]
    """The side that argued better, or balanced where neither did."""
    strongest_bull_point: NonEmpty
    strongest_bear_point: NonEmpty
    plan: NonEmpty
    """What the trader should do about it, and why."""


class TraderPlan(FormRecord):
    """The trader's proposal to the risk debaters."""

    action: Action
    fraction: UnitFloat
    """The part of available cash (BUY) or of the holding (SELL) to commit, 0 to 1."""
    entry: str
    """When and at what price the trader would act."""
    stop_loss: Annotated[Price, Field(gt=0)] | None
    """The price at which to give up, or null."""
    take_profit: Annotated[Price, Field(gt=0)] | None
    """The price to take the gain at, or null."""
    reasoning: NonEmpty


class MarginPlan(TraderPlan):
    """The trader's proposal in a book that may sell short."""

    fraction: UnitFloat
    """The part to commit, 0 to 1: of available cash (BUY), of the short to cover (BUY while short), of the holding
    (SELL), or of what margin allows to be sold short (SELL without shares)."""
