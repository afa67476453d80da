"""The desk graph's state: plain JSON under the names TradingAgents users know.

Records are dumped when they enter the state and validated when they leave it, so that any
checkpointer can keep it and Studio can show it.
"""

from typing import Annotated, Any, Protocol

from pydantic import BaseModel
from typing_extensions import NotRequired, TypedDict  # noqa: UP035 -- LangGraph reads schemas from these

from arena.records.desk import AnalystName, Brief, ResearchBrief
from arena.same import once_for_each

RESEARCH_SPEAKERS = ("bull", "bear")
RISK_SPEAKERS = ("aggressive", "conservative", "neutral")


class Turn(TypedDict):
    """One speech of a debate."""

    round: int
    speaker: str
    text: str


class DebateState(TypedDict, total=False):
    """A debate: its turns in order, each side's own speeches as text, and what the judge made of it."""

    turns: list[Turn]
    bull_history: str
    bear_history: str
    aggressive_history: str
    conservative_history: str
    neutral_history: str
    judge_decision: str


def merge_debate(before: DebateState, after: DebateState) -> DebateState:
    """Both debates as one: each turn once, in order of round and speaker, whoever spoke first."""
    order = (*RESEARCH_SPEAKERS, *RISK_SPEAKERS)
    keyed = {(t["round"], order.index(t["speaker"])): t for t in [*before.get("turns", []), *after.get("turns", [])]}
    turns = [keyed[key] for key in sorted(keyed)]
    spoken = {speaker: "\n\n".join(t["text"] for t in turns if t["speaker"] == speaker) for speaker in order}
    histories = {f"{speaker}_history": text for speaker, text in spoken.items() if text}
    return DebateState(**{**before, **after, **histories, "turns": turns})  # type: ignore[typeddict-item]


class Reports(TypedDict, total=False):
    """What the analysts give to the desk: an AnalystStage each."""

    market_report: dict[str, Any]
    news_report: dict[str, Any]
    fundamentals_report: dict[str, Any]
    sentiment_report: dict[str, Any]


class Researched(Reports, total=False):
    """What the research half of a desk writes: the reports, the debate, and the manager's verdict as its plan."""

    investment_debate_state: Annotated[DebateState, merge_debate]
    investment_plan: dict[str, Any]


class DeskInput(TypedDict):
    """What a desk is started with: a Brief as JSON, or a ResearchBrief for its research alone."""

    brief: dict[str, Any]


class DeskStart(DeskInput, Researched):
    """What a desk may be started with: where its research was done before, it is handed in."""


class DeskUpdate(Researched, total=False):
    """What the roles write."""

    reflection: dict[str, Any]
    """A ReflectionStage; left out where the brief holds no past decision."""
    trader_investment_plan: dict[str, Any]
    risk_debate_state: Annotated[DebateState, merge_debate]
    final_trade_decision: dict[str, Any]


class DeskState(DeskInput, DeskUpdate):
    """All a desk knows."""


class SingleView(TypedDict, total=False):
    """What the agent of a desk of one was shown: a SingleStage."""

    single_agent_view: dict[str, Any]


class SingleDeskUpdate(SingleView, total=False):
    """What the agent of a desk of one writes."""

    reflection: dict[str, Any]
    """Its past decisions as it was shown them, a ReflectionStage; left out where the brief holds none."""
    final_trade_decision: dict[str, Any]


class SingleDeskState(DeskInput, SingleDeskUpdate):
    """All that a desk of one agent knows."""


class DeskRequest(TypedDict):
    """What a desk by itself is asked for with, in Studio."""

    ticker: NotRequired[str]
    """What to decide on; needed unless the context names it."""
    session: NotRequired[str]
    """The day to decide at the close of, YYYY-MM-DD; the configured or last completed one when left out."""


class LoneDeskState(DeskRequest, DeskState, SingleView):
    """A desk by itself, of whatever kind: the request, and all the desk knows."""


class Node(Protocol):
    """A step of the desk."""

    async def __call__(self, state: DeskState) -> DeskUpdate:
        """Read the state, return what changes."""


class SingleNode(Protocol):
    """The one step of a desk of one agent."""

    async def __call__(self, state: DeskInput) -> SingleDeskUpdate:
        """Read the brief, return the decision and what it rests on."""


REPORT_KEYS: dict[AnalystName, str] = {
    "market": "market_report",
    "news": "news_report",
    "fundamentals": "fundamentals_report",
    "social": "sentiment_report",
}
"""Where each analyst's stage is kept."""


def brief_of(state: DeskInput) -> Brief:
    """The brief the desk was started with. Every step reads it, and in one process it is one object all along."""
    return _brief(state["brief"])


@once_for_each(most=1024)
def _brief(written: dict[str, Any]) -> Brief:
    return Brief.model_validate(written)


def research_brief_of(state: DeskInput) -> ResearchBrief:
    """What research is shown of the brief the desk was started with: all but the book and its rules."""
    return _research_brief(state["brief"])


@once_for_each(most=1024)
def _research_brief(written: dict[str, Any]) -> ResearchBrief:
    return ResearchBrief.model_validate({name: written[name] for name in ResearchBrief.model_fields})


def dump(record: BaseModel) -> dict[str, Any]:
    """A record as the JSON it enters the state as."""
    return record.model_dump(mode="json")


def next_round(debate: DebateState, speaker: str) -> int:
    """The round a speaker's next turn belongs to, from 1."""
    return 1 + sum(turn["speaker"] == speaker for turn in debate.get("turns", []))
