"""What a desk stands in, made by hand: facts, a brief, a model client that follows a script, a seat, a clock."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agents.state import dump
from agents.tools import TOOLS
from arena.config.market import MarketSettings
from arena.llm.asking import form_tool_name
from arena.llm.forms import read_form
from arena.market.market import Market
from arena.market.vendors import build_vendors
from arena.records.desk import (
    AnalystReport,
    AnalystStage,
    Brief,
    Mandate,
    PortfolioView,
    PositionView,
    ResearchBrief,
    ResearchVerdict,
    TraderPlan,
)
from arena.records.market import MarketSnapshot
from arena.records.memory import Lesson, Reflection
from arena.records.outcome import Decision

SESSION = date(2025, 10, 14)
NOW = datetime(2025, 10, 15, 12, tzinfo=UTC)
SUBMIT = form_tool_name(AnalystReport)


@cache
def simulated(ticker: str = "NVDA") -> MarketSnapshot:
    """The simulated market's snapshot of a ticker."""
    settings = MarketSettings(vendors=("simulated",))
    market = Market(settings, build_vendors(settings, {}), lambda: NOW)
    return asyncio.run(market.snapshot(ticker, SESSION))


def altered(snapshot: MarketSnapshot, **changes: object) -> MarketSnapshot:
    """The snapshot with some of its fields replaced, validated and hashed anew."""
    fields = {name: getattr(snapshot, name) for name in MarketSnapshot.model_fields}
    return MarketSnapshot.model_validate({**fields, **changes})


def altered_section(snapshot: MarketSnapshot, name: str, /, **changes: object) -> MarketSnapshot:
    section = getattr(snapshot, name)
    return altered(snapshot, **{name: type(section).model_validate({**dict(section), **changes})})


def emptied(snapshot: MarketSnapshot, name: str, status: str, *notes: str) -> MarketSnapshot:
    """The snapshot with one section that holds no facts."""
    return altered(snapshot, **{name: type(getattr(snapshot, name))(status=status, notes=notes)})


def mandate(**changes: object) -> Mandate:
    rules = {"fill": "next_open", "position_limit": Decimal(1), "slippage_bps": Decimal(0), "commission_bps": 0}
    return Mandate.model_validate({**rules, **changes})


def portfolio(*positions: PositionView, cash: str = "10000") -> PortfolioView:
    equity = Decimal(cash) + sum((p.value for p in positions), Decimal(0))
    return PortfolioView(cash=Decimal(cash), available=Decimal(cash), equity=equity, positions=positions)


def lesson(**changes: object) -> Lesson:
    """A BUY of a week before, which turned out well and has not been reflected on."""
    known = {
        "session": date(2025, 10, 7),
        "action": "BUY",
        "fraction": 0.4,
        "confidence": 0.7,
        "reasoning": "Strength persists.",
        "horizon": 5,
        "until": SESSION,
        "close": "180.25",
        "close_after": "187.46",
        "split": 1,
        "return_pct": 4,
        "benchmark": "SPY",
        "benchmark_return_pct": "1.25",
    }
    return Lesson.model_validate({**known, **changes})


def brief(snapshot: MarketSnapshot, **changes: object) -> Brief:
    given = {
        "season": "trial",
        "as_of": snapshot.as_of,
        "session": snapshot.session,
        "ticker": snapshot.ticker,
        "contestant": "claude",
        "snapshot_hash": snapshot.hash,
        "portfolio": portfolio(),
        "mandate": mandate(),
    }
    return Brief.model_validate({**given, **changes})


def research_brief(snapshot: MarketSnapshot, **changes: object) -> ResearchBrief:
    """The part of a brief that research is shown."""
    whole = brief(snapshot, **changes)
    return ResearchBrief(**{name: getattr(whole, name) for name in ResearchBrief.model_fields})


def started(snapshot: MarketSnapshot, **changes: object) -> dict[str, Any]:
    """What a desk over the snapshot is started with."""
    return {"brief": brief(snapshot, **changes).model_dump(mode="json")}


REPORT: dict[str, Any] = {
    "summary": "It goes up.",
    "key_points": ["Up for a month.", "Volume agrees."],
    "metrics": [{"name": "rsi_14", "value": 56.47, "unit": "index"}],
    "sentiment": 0.5,
    "text": "The whole report.",
}
FORMS: dict[type, dict[str, Any]] = {
    AnalystReport: REPORT,
    ResearchVerdict: {
        "stance": "bullish",
        "strongest_bull_point": "Earnings grow.",
        "strongest_bear_point": "It is dear.",
        "plan": "Buy some.",
    },
    TraderPlan: {
        "action": "BUY",
        "fraction": 0.4,
        "entry": "At the open.",
        "stop_loss": 300.5,
        "take_profit": None,
        "reasoning": "The plan says so.",
    },
    Decision: {
        "action": "BUY",
        "fraction": 0.3,
        "confidence": 0.7,
        "reasoning": "Enough of it is sure.",
        "key_risks": ["A bad quarter."],
        "stop_loss": None,
        "take_profit": None,
    },
    Reflection: {"lessons": [{"lesson": 1, "text": "It did persist."}]},
}


def reported(**changes: object) -> dict[str, Any]:
    """What the market analyst adds to a desk's state, with some of its report replaced."""
    return {"market_report": dump(AnalystStage(report=AnalystReport.model_validate({**REPORT, **changes})))}


def calls(*wanted: tuple[str, Any], prose: str = "") -> AIMessage:
    """A reply that calls tools; arguments given as text are ones that could not be parsed."""
    good, broken = [], []
    for number, (name, arguments) in enumerate(wanted, 1):
        call = {"name": name, "args": arguments, "id": f"call_{number}"}
        if isinstance(arguments, str):
            broken.append({**call, "error": None, "type": "invalid_tool_call"})
        else:
            good.append(call)
    return AIMessage(prose, tool_calls=good, invalid_tool_calls=broken)


def submission(**changes: object) -> AIMessage:
    """A reply that hands in the report."""
    return calls((SUBMIT, {**REPORT, **changes}))


def usual_looks(tools: Sequence[Mapping[str, Any]]) -> AIMessage:
    """A reply that takes every offered look with its usual arguments."""
    offered = {tool["function"]["name"] for tool in tools} - {SUBMIT}
    shelf = next(looks for looks in TOOLS.values() if {tool.name for tool in looks} == offered)
    return calls(*((tool.name, dict(usual)) for tool in shelf for usual in tool.usual))


def looks_then_report(conversation: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]) -> AIMessage:
    """One turn of looks, then the report."""
    seen = any(isinstance(message, ToolMessage) for message in conversation)
    return submission() if seen else usual_looks(tools)


@dataclass(frozen=True)
class Asked:
    """One request a model client got."""

    role: str
    how: str
    messages: tuple[BaseMessage, ...]
    tools: tuple[str, ...] = ()
    """Names of the tools that were offered."""

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def size(self) -> int:
        return sum(len(message.text) for message in self.messages)


Consult = Callable[[Sequence[BaseMessage], Sequence[Mapping[str, Any]]], AIMessage]


@dataclass
class ScriptedClient:
    """A ModelClient by hand: remembers what it was asked, and answers each request after one second."""

    consults: Consult = looks_then_report
    speech: Callable[[str, int], str] = "{0} speaks, time {1}".format
    """What a role says, by the role and the number of times it was asked."""
    forms: Mapping[type, dict[str, Any]] = field(default_factory=lambda: FORMS)
    has_tools: bool = True
    seconds: float = 0
    asked: list[Asked] = field(default_factory=list)

    async def say(self, role, prompt):
        await self._take(Asked(role, "say", tuple(prompt)))
        return self.speech(role, len(self.of(role)))

    async def answer(self, role, prompt, form):
        await self._take(Asked(role, "answer", tuple(prompt)))
        return read_form(json.dumps(self.forms[form]), form)

    async def consult(self, role, conversation, tools):
        await self._take(Asked(role, "consult", tuple(conversation), tuple(t["function"]["name"] for t in tools)))
        return self.consults(conversation, tools)

    def of(self, role: str) -> list[Asked]:
        """What one role asked, in order."""
        return [asked for asked in self.asked if asked.role == role]

    async def _take(self, asked: Asked) -> None:
        self.asked.append(asked)
        await asyncio.sleep(self.seconds)


class House:
    """One client for every contestant, over given snapshots."""

    def __init__(self, client, *snapshots: MarketSnapshot) -> None:
        self._client = client
        self._snapshots = {snapshot.hash: snapshot for snapshot in snapshots}

    def client(self, contestant):
        return self._client

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return self._snapshots[snapshot_hash]


class VirtualClockLoop(asyncio.SelectorEventLoop):
    """An event loop on which waiting takes no time: with nothing to do, its clock jumps to the next timer."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        super().__init__()

    def time(self) -> float:
        return self._elapsed

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._elapsed = max(self._elapsed, self._scheduled[0].when())
        super()._run_once()
