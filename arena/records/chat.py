"""The ModelChat: the whole record of one desk's run over one brief."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from arena.records.base import Record, plain
from arena.records.desk import (
    RESEARCH_ROLES,
    AnalystStage,
    NonEmpty,
    ResearchTurn,
    ResearchVerdict,
    RiskTurn,
    Role,
    SingleStage,
    TraderPlan,
)
from arena.records.masking import MaskedAs
from arena.records.memory import ReflectionStage
from arena.records.outcome import Outcome

Label = Literal["rehearsal", "simulated", "baseline", "imported", "single", "masked", "rescored"]
"""What must never be mistaken for our own real thing: a rehearsal model, a simulated market, a rule without a model,
another arena's record, a desk of one agent, one that was shown an invented ticker and dates, books that nobody decided
on."""

PORTFOLIO = "PORTFOLIO"
"""The ticker of a chat that is about everything its contestant holds, as those of AI-Trader are."""

CallStatus = Literal["ok", "failed", "cancelled"]
CostSource = Literal["endpoint", "config", "catalogue", "free"]
"""The endpoint's own word, or tokens times the prices of the configuration or of its catalogue; free by nature."""
Rung = Literal["json_schema", "tool_call", "json_mode", "prompt"]


class ToolCall(Record):
    """A tool call as the model sent it."""

    id: str
    name: str
    arguments: str
    """JSON text, or whatever the model sent in its place."""


class Message(Record):
    """One message of a prompt."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Tokens(Record):
    """Token counts as the endpoint told them; None is unknown, never zero."""

    prompt: int | None = None
    completion: int | None = None
    reasoning: int | None = None
    """Part of the completion."""
    cached: int | None = None
    """Part of the prompt."""


class Attempt(Record):
    """One request that failed and was tried again or given up."""

    error: str
    waited: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Seconds slept before the next attempt; 0 when there was none."""
    cost: Decimal | None = None
    """Dollars the endpoint told for it all the same, 0 where it was refused; None where nobody knows."""


class ModelCall(Record):
    """One call of a model: what was said, what came back, what it took."""

    id: str
    node: str
    """The desk's node that made it."""
    model: str
    """The model id that was asked for."""
    status: CallStatus
    started: AwareDatetime
    latency: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    """Seconds from first request to last byte, retries included; None for a call that was cut off."""
    prompt: tuple[Message, ...]
    reply: str = ""
    reasoning: str = ""
    """The model's thinking, where the endpoint shows it."""
    tool_calls: tuple[ToolCall, ...] = ()
    rung: Rung | None = None
    """How a structured answer was asked for; None for plain text."""
    tokens: Tokens = Tokens()
    cost: Decimal | None = None
    """Dollars, failed attempts included; None is unknown, never zero."""
    cost_at_least: bool = False
    """Whether a request was sent of which nobody told the cost: then the whole call cost `cost` or more."""
    cost_source: CostSource | None = None
    """Who said what it cost; None where nobody did."""
    request: str = ""
    """The content hash of what was asked, by which a tape finds the answer again."""
    provider: str | None = None
    """Who served it, where a router says."""
    finish_reason: str | None = None
    retries: tuple[Attempt, ...] = ()
    error: str | None = None


class ChatError(Record):
    """Something that went wrong on the way, whether or not it ended the run."""

    at: AwareDatetime
    node: str | None
    message: str


class UnsupportedFigure(Record):
    """A figure that was stated and that nothing the desk was shown bears out."""

    stage: str
    """The part of the chat that states it: market, news, fundamentals, social, reflection, research, trader, risk,
    decision."""
    text: str
    """As it was stated."""
    value: Annotated[float, Field(allow_inf_nan=False)]
    """Its size, a unit such as billion applied; a percentage in percent."""
    nearest: Annotated[float, Field(allow_inf_nan=False)] | None
    """The nearest figure that was shown, in the same terms; None where none was."""
    nearest_name: str
    """Where that one stands, such as `prices: close of 2025-10-14`."""


class ResearchStage(Record):
    """The research debate: every turn, and the manager's verdict when it came to one."""

    turns: tuple[ResearchTurn, ...]
    verdict: ResearchVerdict | None = None


class RiskStage(Record):
    """The risk debate: every turn. Its judge is the portfolio manager, whose decision is the outcome."""

    turns: tuple[RiskTurn, ...]


class Stages(Record):
    """What each stage of the desk wrote; None where the run did not get there or the role is switched off."""

    market: AnalystStage | None = None
    news: AnalystStage | None = None
    fundamentals: AnalystStage | None = None
    social: AnalystStage | None = None
    reflection: Annotated[ReflectionStage | None, Field(exclude_if=lambda stage: stage is None)] = None
    """None too where the desk was shown no past decision."""
    research: ResearchStage | None = None
    trader: TraderPlan | None = None
    risk: RiskStage | None = None
    single: Annotated[SingleStage | None, Field(exclude_if=lambda stage: stage is None)] = None
    """Of a desk of one agent alone; a chat of any other is written without it, as those of earlier versions were."""


class Imported(Record):
    """What an imported chat says of where it comes from, and what only a text holds of it."""

    project: Literal["AI-Trader", "TradingAgents"]
    source: str
    """The file it was read from, below the folder that was given, and the date in it where it has several."""
    texts: dict[Role, NonEmpty] = {}
    """What a role wrote whose stage is no more than a text there; the decision's own text is the outcome's."""
    notes: tuple[str, ...] = ()
    """What is odd about it or was not understood, one sentence each."""


class Cost(Record):
    """What calls cost together, with the part nobody knows kept apart."""

    known: Decimal = Decimal(0)
    """Dollars."""
    unknown_calls: int = 0
    """Calls whose cost nobody told, or told only a part of."""

    @classmethod
    def of(cls, calls: Sequence[ModelCall]) -> "Cost":
        """The sum over calls."""
        told = [call.cost for call in calls if call.cost is not None]
        unknown = sum(call.cost is None or call.cost_at_least for call in calls)
        return cls(known=plain(sum(told, Decimal(0))), unknown_calls=unknown)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(known=plain(self.known + other.known), unknown_calls=self.unknown_calls + other.unknown_calls)


class ModelChat(Record):
    """One desk's run: every stage, every call, the outcome, and what it all rested on."""

    id: str
    season: str
    session: date
    as_of: AwareDatetime
    ticker: str
    contestant: str
    model: str
    """The provider's model id (or rehearsal style) of the deep roles."""
    quick_model: str
    """The same for the quick roles."""
    labels: tuple[Label, ...]
    snapshot_hash: str
    prompts_hash: str
    config_hash: str
    code_version: str
    started: AwareDatetime
    finished: AwareDatetime
    stages: Stages
    calls: tuple[ModelCall, ...]
    errors: tuple[ChatError, ...]
    outcome: Outcome
    unsupported: tuple[UnsupportedFigure, ...] = ()
    """Figures its stages state and its facts do not bear out, by the rules of `arena.evidence`."""
    imported: Imported | None = None
    """None for a chat of our own."""
    masked: Annotated[MaskedAs | None, Field(exclude_if=lambda mask: mask is None)] = None
    """What stands for the real ticker and dates in all that was said; None, and not written, where nothing does."""

    @property
    def cost(self) -> Cost:
        """What the calls cost; an import that tells of none was made by calls all the same."""
        if self.imported is not None and not self.calls:
            return Cost(unknown_calls=1)
        return Cost.of(self.calls)

    @property
    def seconds(self) -> float:
        """How long its desk was at work; research that was run ahead of the round waited for it, which is no work."""
        whole = (self.finished - self.started).total_seconds()
        research = [call for call in self.calls if call.node in RESEARCH_ROLES]
        rest = [call.started for call in self.calls if call.node not in RESEARCH_ROLES]
        if not research or not rest:
            return whole
        through = max(call.started + timedelta(seconds=call.latency or 0.0) for call in research)
        return whole - max(0.0, (min(rest) - through).total_seconds())
