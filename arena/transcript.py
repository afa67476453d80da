"""From what a desk's nodes wrote to the stages of a ModelChat.

The names are those of the desk's state, a contract between the graph and the record. What was
written before a failure is kept: a stage is there as soon as its node has finished. `research_state` is the way
back, for a desk that goes on from research done before.
"""

from collections.abc import Mapping
from typing import Any, get_args

from arena.records.base import Record
from arena.records.chat import ResearchStage, RiskStage, Stages
from arena.records.desk import (
    AnalystStage,
    ResearchSpeaker,
    ResearchTurn,
    ResearchVerdict,
    RiskSpeaker,
    RiskTurn,
    SingleStage,
    TraderPlan,
)
from arena.records.memory import ReflectionStage

_DEBATES: Mapping[str, type[ResearchTurn | RiskTurn]] = {
    "investment_debate_state": ResearchTurn,
    "risk_debate_state": RiskTurn,
}
_REPORTS = {
    "market": "market_report",
    "news": "news_report",
    "fundamentals": "fundamentals_report",
    "social": "sentiment_report",
}
_RECORDS: Mapping[str, type[Record]] = {
    **dict.fromkeys(_REPORTS.values(), AnalystStage),
    "reflection": ReflectionStage,
    "investment_plan": ResearchVerdict,
    "trader_investment_plan": TraderPlan,
    "single_agent_view": SingleStage,
}
_SPEAKERS = (*get_args(ResearchSpeaker), *get_args(RiskSpeaker))


class Transcript:
    """Collects the updates of a desk's nodes as they finish."""

    def __init__(self, research: Stages | None = None) -> None:
        """`research` is what was written before."""
        self._written: dict[str, Any] = {}
        self._turns: dict[str, list[ResearchTurn | RiskTurn]] = {name: [] for name in _DEBATES}
        self._stages: Stages | None = None
        if research is not None:
            self.take({"research": research_state(research)})

    def take(self, update: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Take one streamed update: what each of the nodes named in it wrote. Raises ValidationError."""
        self._stages = None
        for written in update.values():
            for name, value in (written or {}).items():
                if (turn := _DEBATES.get(name)) is not None:
                    self._turns[name] += (turn.model_validate(one) for one in value.get("turns", []))
                elif (record := _RECORDS.get(name)) is not None and value is not None:
                    self._written[name] = record.model_validate(value)
                else:
                    self._written[name] = value

    @property
    def decision(self) -> Any:
        """What the portfolio manager or the single agent decided, as JSON; KeyError when it did not."""
        return self._written["final_trade_decision"]

    @property
    def decided(self) -> bool:
        """Whether somebody has decided, well or badly."""
        return "final_trade_decision" in self._written

    @property
    def verdict(self) -> Any:
        """What the research manager came to; KeyError when it did not."""
        return self._written["investment_plan"]

    def stages(self) -> Stages:
        """The stages there are."""
        if self._stages is None:
            self._stages = self._put_together()
        return self._stages

    def _put_together(self) -> Stages:
        return Stages.model_validate(
            {
                **{name: self._written.get(key) for name, key in _REPORTS.items()},
                "reflection": self._written.get("reflection"),
                "research": self._research(),
                "trader": self._written.get("trader_investment_plan"),
                "risk": self._risk(),
                "single": self._written.get("single_agent_view"),
            }
        )

    def _research(self) -> ResearchStage | None:
        turns, verdict = self._ordered("investment_debate_state"), self._written.get("investment_plan")
        return ResearchStage.model_validate({"turns": turns, "verdict": verdict}) if turns or verdict else None

    def _risk(self) -> RiskStage | None:
        turns = self._ordered("risk_debate_state")
        return RiskStage.model_validate({"turns": turns}) if turns else None

    def _ordered(self, debate: str) -> list[ResearchTurn | RiskTurn]:
        """Turns by round, then in the speakers' order, whoever finished first."""
        return sorted(self._turns[debate], key=lambda turn: (turn.round, _SPEAKERS.index(turn.speaker)))


def research_state(stages: Stages) -> dict[str, Any]:
    """What the desk's state holds of these stages' research, as JSON."""
    reports = {key: getattr(stages, name) for name, key in _REPORTS.items()}
    state = {key: stage.model_dump(mode="json") for key, stage in reports.items() if stage is not None}
    if (research := stages.research) is None:
        return state
    debate: dict[str, Any] = {"turns": [turn.model_dump(mode="json") for turn in research.turns]}
    if research.verdict is None:
        return {**state, "investment_debate_state": debate}
    debate["judge_decision"] = research.verdict.plan
    plan = research.verdict.model_dump(mode="json")
    return {**state, "investment_debate_state": debate, "investment_plan": plan}
