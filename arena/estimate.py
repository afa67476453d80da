"""What a round would cost, before anything is asked.

The real desk graph runs over the real facts, with a model client that answers at once in typical
lengths and counts: so every prompt has the size it would have, whatever the desk's settings are.
What no prompt can tell is assumed, and the assumptions are said with the result.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from pydantic import BaseModel

from arena.contest import RECURSION_LIMIT, Desk
from arena.llm.client import TIERS, Tier, form_tool, form_tool_name
from arena.llm.prices import PriceList
from arena.records.base import Record, plain
from arena.records.desk import AnalystReport, Brief, Metric, ResearchVerdict, Role, TraderPlan
from arena.records.market import MarketSnapshot
from arena.records.outcome import Decision

Form = TypeVar("Form", bound=BaseModel)

CHARACTERS_A_TOKEN = 4

LOOK_TOKENS = 120
"""One turn in which an analyst asks its tools."""

REPORT_TOKENS, SPEECH_TOKENS, VERDICT_TOKENS, PLAN_TOKENS, DECISION_TOKENS = 900, 450, 600, 350, 500

ASSUMPTIONS = (
    f"{CHARACTERS_A_TOKEN} characters of a prompt are one token",
    f"answers have {REPORT_TOKENS} tokens for a report, {SPEECH_TOKENS} for a speech, {VERDICT_TOKENS} for the "
    f"research verdict, {PLAN_TOKENS} for the trader's plan, {DECISION_TOKENS} for the decision, and {LOOK_TOKENS} for "
    "an analyst's look at the data, of which each takes one; thinking comes on top",
    "at most: the same calls, each of whose answers uses up max_tokens, thinking included",
    "retries and repairs are not counted, nor what a provider's prompt cache saves",
)


class Expected(Record):
    """What one contestant is expected to take."""

    contestant: str
    models: tuple[str, ...]
    """The model ids it speaks through."""
    desks: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    most_completion_tokens: int
    """With every answer as long as max_tokens lets it be."""
    dollars: Decimal | None
    """None where a model's price is unknown."""
    most_dollars: Decimal | None


class Estimate(Record):
    """What a round is expected to take."""

    contestants: tuple[Expected, ...]
    """In order of name; those whose desks have all decided already are left out."""
    assumptions: tuple[str, ...] = ASSUMPTIONS
    notes: tuple[str, ...] = ()
    dollars: Decimal
    """Of the contestants whose models' prices are known."""
    most_dollars: Decimal
    unknown: tuple[str, ...]
    """The contestants whose cost is unknown."""


def estimate_of(contestants: Sequence[Expected], notes: Sequence[str] = ()) -> Estimate:
    """The sum over contestants."""
    return Estimate(
        contestants=tuple(contestants),
        notes=tuple(notes),
        dollars=plain(sum((c.dollars for c in contestants if c.dollars is not None), Decimal(0))),
        most_dollars=plain(sum((c.most_dollars for c in contestants if c.most_dollars is not None), Decimal(0))),
        unknown=tuple(c.contestant for c in contestants if c.dollars is None),
    )


def gaps(snapshots: Iterable[MarketSnapshot]) -> tuple[str, ...]:
    """A sentence for each snapshot of which the vendors failed to tell a part: its prompts come out too short."""
    failed = {
        s.ticker: [name for name, section in s.sections().items() if section.status == "error"] for s in snapshots
    }
    return tuple(
        f"the {', '.join(names)} of {ticker} could not be fetched (`arena data {ticker}` says why): its prompts are "
        "counted without them"
        for ticker, names in failed.items()
        if names
    )


class _Call(Record):
    """One call that would be made."""

    model: str
    prompt_tokens: int
    completion_tokens: int


class EstimatingClient:
    """A model client that asks nobody: it answers in typical lengths and counts what it was asked."""

    has_tools = True

    def __init__(
        self, models: Mapping[Tier, str], max_tokens: int, looks: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """`models` are the ids by tier; `looks` the usual arguments of each tool an analyst may be offered."""
        self._models = models
        self._max_tokens = max_tokens
        self._looks = looks
        self._calls: list[_Call] = []

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

    def expected(self, contestant: str, desks: int, prices: PriceList | None) -> Expected:
        """All that was counted; `prices` None is for models that cost nothing by nature."""
        prompt = sum(call.prompt_tokens for call in self._calls)
        return Expected(
            contestant=contestant,
            models=tuple(dict.fromkeys(self._models.values())),
            desks=desks,
            calls=len(self._calls),
            prompt_tokens=prompt,
            completion_tokens=sum(call.completion_tokens for call in self._calls),
            most_completion_tokens=self._max_tokens * len(self._calls),
            dollars=self._cost(prices, None),
            most_dollars=self._cost(prices, self._max_tokens),
        )

    def _cost(self, prices: PriceList | None, completion: int | None) -> Decimal | None:
        """Dollars for all calls, each with so many tokens of answer, or with those expected."""
        total = Decimal(0)
        if prices is None:
            return total
        for call in self._calls:
            told = completion if completion is not None else call.completion_tokens
            cost = prices.cost(call.model, {"prompt_tokens": call.prompt_tokens, "completion_tokens": told})
            if cost is None:
                return None
            total += cost[0]
        return plain(total)

    def _count(
        self, role: Role, prompt: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]], completion: int
    ) -> None:
        characters = sum(map(_characters, prompt)) + sum(len(json.dumps(tool)) for tool in tools)
        self._calls.append(
            _Call(
                model=self._models[TIERS[role]],
                prompt_tokens=-(-characters // CHARACTERS_A_TOKEN),
                completion_tokens=completion,
            )
        )


async def walk(desk: Desk, brief: Brief) -> None:
    """Run a desk over one brief, for what its client counts."""
    start = {"brief": brief.model_dump(mode="json")}
    async for _ in desk.astream(start, {"recursion_limit": RECURSION_LIMIT}, stream_mode="updates"):
        pass


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
}
"""An answer of each form, and the tokens it stands for. Nobody ever reads these as a decision."""
