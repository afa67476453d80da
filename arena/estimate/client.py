"""A model client that asks nobody, and the typical answers it gives in their place."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from pydantic import BaseModel

from arena.llm.asking import form_tool, form_tool_name
from arena.llm.client import TIERS, Tier
from arena.records.desk import AnalystReport, Metric, ResearchVerdict, Role, TraderPlan
from arena.records.memory import LessonReflection, Reflection
from arena.records.outcome import Decision

Form = TypeVar("Form", bound=BaseModel)

CHARACTERS_A_TOKEN = 4

LOOK_TOKENS = 120
"""One turn in which an analyst asks its tools."""

REPORT_TOKENS, SPEECH_TOKENS, VERDICT_TOKENS, PLAN_TOKENS, DECISION_TOKENS = 900, 450, 600, 350, 500

REFLECTION_TOKENS = 120
"""On one past decision: in a season of daily rounds there is one to reflect on in each."""


class CountedCall(NamedTuple):
    """One call that would be made."""

    model: str
    prompt_tokens: int
    completion_tokens: int


class EstimatingClient:
    """Answers at once in typical lengths, and counts what it was asked."""

    has_tools = True

    def __init__(self, models: Mapping[Tier, str], looks: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """`models` are the ids by tier; `looks` the usual arguments of each tool an analyst may be offered."""
        self._models = models
        self._looks = looks
        self.calls: list[CountedCall] = []

    async def say(self, role: Role, prompt: Sequence[BaseMessage]) -> str:
        """A speech of typical length."""
        self._count(role, prompt, (), SPEECH_TOKENS)
        return _text(SPEECH_TOKENS)

    async def answer(self, role: Role, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        """A form of typical length."""
        written, tokens = _FORMS[form]
        self._count(role, prompt, (form_tool(form),), tokens)
        return cast("Form", written)  # the table holds an instance of each form under its own class

    async def consult(
        self, role: Role, conversation: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]
    ) -> AIMessage:
        """The usual looks first, then the report."""
        seen = any(isinstance(message, ToolMessage) for message in conversation)
        offered = [str(tool["function"]["name"]) for tool in tools]
        looks = [(name, dict(arguments)) for name in offered for arguments in self._looks.get(name, ())]
        if looks and not seen:
            self._count(role, conversation, tools, LOOK_TOKENS)
            return _calling(looks)
        report, tokens = _FORMS[AnalystReport]
        self._count(role, conversation, tools, tokens)
        return _calling([(form_tool_name(AnalystReport), report.model_dump(mode="json"))])

    def _count(
        self, role: Role, prompt: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]], completion: int
    ) -> None:
        characters = sum(map(_characters, prompt)) + sum(len(json.dumps(tool)) for tool in tools)
        self.calls.append(
            CountedCall(
                model=self._models[TIERS[role]],
                prompt_tokens=-(-characters // CHARACTERS_A_TOKEN),
                completion_tokens=completion,
            )
        )


def _characters(message: BaseMessage) -> int:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return len(message.text) + sum(len(json.dumps(call["args"])) + len(call["name"]) for call in calls)


def _calling(wanted: Sequence[tuple[str, dict[str, Any]]]) -> AIMessage:
    calls = [{"name": name, "args": args, "id": f"call_{number}"} for number, (name, args) in enumerate(wanted, 1)]
    return AIMessage(content="", tool_calls=calls)


def _text(tokens: int) -> str:
    """Prose of a length."""
    return ("word " * tokens)[: tokens * CHARACTERS_A_TOKEN - 1] + "."


_FORMS: Mapping[type[BaseModel], tuple[BaseModel, int]] = {
    AnalystReport: (
        AnalystReport(
            summary=_text(80),
            key_points=(_text(30),) * 4,
            metrics=(Metric(name="figure", value=1.5, unit="ratio"),) * 6,
            sentiment=0.0,
            text=_text(600),
        ),
        REPORT_TOKENS,
    ),
    ResearchVerdict: (
        ResearchVerdict(
            stance="balanced", strongest_bull_point=_text(80), strongest_bear_point=_text(80), plan=_text(400)
        ),
        VERDICT_TOKENS,
    ),
    TraderPlan: (
        TraderPlan(action="HOLD", fraction=0, entry=_text(40), stop_loss=None, take_profit=None, reasoning=_text(260)),
        PLAN_TOKENS,
    ),
    Decision: (
        Decision(action="HOLD", fraction=0, confidence=0.5, reasoning=_text(340), key_risks=(_text(30),) * 3),
        DECISION_TOKENS,
    ),
    Reflection: (Reflection(lessons=(LessonReflection(lesson=1, text=_text(100)),)), REFLECTION_TOKENS),
}
"""An answer of each form, and the tokens it stands for. Nobody ever reads these as a decision."""
