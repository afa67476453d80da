"""The analysts: look at the snapshot through tools, then hand in a typed report.

One conversation an analyst, private to it: `ask` the model, take the `look`s it wants, until it
hands in its report with the form's own tool. A model that writes prose instead, goes on asking
when its tool turns are used up, asks the very same for the third time, or has no tools at all, is
asked once more in `report` with what was seen written out: a request no endpoint can refuse for
holding tool messages.
"""

import json
import operator
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Literal, Protocol

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from agents.house import House
from agents.prompting import prompt, section_lines
from agents.state import REPORT_KEYS, DeskInput, Reports, dump, research_brief_of
from agents.tools import READS, TOOLS, use_tool, usual_looks
from agents.wording import written_out
from arena.errors import CapabilityError
from arena.llm.asking import form_in, form_tool, form_tool_name
from arena.llm.forms import UnreadableAnswerError, read_form
from arena.records.desk import AnalystName, AnalystReport, AnalystStage, Role, ToolUse
from arena.records.market import MarketSnapshot
from prompts.loader import render

ANALYST_ROLES: dict[AnalystName, Role] = {
    "market": "market_analyst",
    "news": "news_analyst",
    "fundamentals": "fundamentals_analyst",
    "social": "social_analyst",
}

SUBMIT = form_tool_name(AnalystReport)

ASKED_ALREADY = "You have asked that already; the answer is above."


class AnalystUpdate(Reports, total=False):
    """What one analyst's steps write: its conversation, private to it, and in the end its report."""

    # Not add_messages: it puts a message in the place of one with the same id, and some servers know only one id.
    messages: Annotated[list[AnyMessage], operator.add]
    tool_uses: list[dict[str, Any]]
    turns: int


class AnalystState(DeskInput, AnalystUpdate):
    """One analyst's conversation."""


class Step(Protocol):
    """A step of an analyst's conversation."""

    async def __call__(self, state: AnalystState) -> AnalystUpdate:
        """Read the conversation, return what changes."""


def ask(house: House, analyst: AnalystName, tool_turns: int) -> Step:
    """The node that lets the model speak: it asks for looks, or hands in its report. Without tools it asks nothing."""
    at_the_end = (form_tool(AnalystReport),)
    offered = (*(tool.schema() for tool in TOOLS[analyst]), *at_the_end)

    async def step(state: AnalystState) -> AnalystUpdate:
        client = house.client(research_brief_of(state).contestant)
        said = state.get("messages", [])
        # A conversation that has begun goes on: that another one was refused says nothing of it.
        if not said and (tool_turns == 0 or not client.has_tools):
            return {}
        opening: list[AnyMessage] = []
        if not said:
            snapshot = await house.snapshot(research_brief_of(state).snapshot_hash)
            opening = _opening(analyst, state, snapshot, render("with_tools", submit=SUBMIT))
        capped = state.get("turns", 0) >= tool_turns
        tools = at_the_end if capped else offered
        try:
            reply = await client.consult(ANALYST_ROLES[analyst], [*said, *opening], tools)
        except CapabilityError:
            return {"messages": opening}
        update: AnalystUpdate = {"messages": [*opening, reply]}
        try:
            handed_in = read_form(form_in(reply, AnalystReport), AnalystReport)
        except UnreadableAnswerError:
            return update
        return _with_stage(update, analyst, handed_in, state.get("tool_uses", []), degraded=capped)

    return step


def conversation(house: House, analyst: AnalystName, tool_turns: int) -> Step:
    """The whole conversation in one go: the same steps by the ways that `graphs.desk` draws between them.

    LangGraph's own run of them, which tells of each, takes a sixth of what a desk takes.
    """
    asking, looking, reporting = ask(house, analyst, tool_turns), look(house, analyst), report(house, analyst)
    route = after_ask(analyst, tool_turns)

    async def hold(state: AnalystState) -> AnalystUpdate:
        held = _gone_on(state, await asking(state))
        while (following := await route(held)) == "look":
            held = _gone_on(held, await looking(held))
            held = _gone_on(held, await asking(held))
        if following == "report":
            held = _gone_on(held, await reporting(held))
        return {REPORT_KEYS[analyst]: held[REPORT_KEYS[analyst]]}  # type: ignore[misc]  # as in `_with_stage`

    return hold


def look(house: House, analyst: AnalystName) -> Step:
    """The node that takes the looks the model asked for, and answers every call it made."""

    async def step(state: AnalystState) -> AnalystUpdate:
        snapshot = await house.snapshot(research_brief_of(state).snapshot_hash)
        reply = state["messages"][-1]
        uses: list[ToolUse] = []
        answers: list[AnyMessage] = []
        asked = {_same(call) for message in state["messages"][:-1] for call in _calls(message)}
        for call in _calls(reply):
            call_id, name, arguments = call
            if name == SUBMIT:
                answers.append(ToolMessage(_what_is_wrong(reply), tool_call_id=call_id, status="error"))
                continue
            if (same := _same(call)) in asked:
                answers.append(ToolMessage(ASKED_ALREADY, tool_call_id=call_id, status="error"))
                continue
            asked.add(same)
            use = use_tool(snapshot, TOOLS[analyst], name, arguments)
            uses.append(use)
            answers.append(ToolMessage(use.result, tool_call_id=call_id, status="error" if use.failed else "success"))
        taken = [*state.get("tool_uses", []), *(dump(use) for use in uses)]
        return {"messages": answers, "tool_uses": taken, "turns": state.get("turns", 0) + 1}

    return step


def report(house: House, analyst: AnalystName) -> Step:
    """The node that asks for the report without tools, from what was seen."""

    async def step(state: AnalystState) -> AnalystUpdate:
        snapshot = await house.snapshot(research_brief_of(state).snapshot_hash)
        seen = state.get("tool_uses", [])
        if all(use["failed"] for use in seen):
            seen = [*seen, *(dump(use) for use in usual_looks(snapshot, TOOLS[analyst]))]
        shown = written_out(ToolUse.model_validate(use) for use in seen)
        asked = _opening(analyst, state, snapshot, render("without_tools", looks=shown))
        written = await house.client(research_brief_of(state).contestant).answer(
            ANALYST_ROLES[analyst], asked, AnalystReport
        )
        return _with_stage({}, analyst, written, seen, degraded=True)

    return step


def after_ask(
    analyst: AnalystName, tool_turns: int
) -> Callable[[AnalystState], Awaitable[Literal["look", "report", "done"]]]:
    """What follows the model's words."""

    async def route(state: AnalystState) -> Literal["look", "report", "done"]:
        if REPORT_KEYS[analyst] in state:
            return "done"
        if not state.get("messages"):
            return "report"
        wants_more = bool(_calls(state["messages"][-1])) and state.get("turns", 0) < tool_turns
        return "look" if wants_more and not _is_stuck(state["messages"]) else "report"

    return route


def _opening(analyst: AnalystName, state: AnalystState, snapshot: MarketSnapshot, closing: str) -> list[AnyMessage]:
    data = section_lines(snapshot, READS[analyst])
    return prompt(ANALYST_ROLES[analyst], research_brief_of(state), snapshot, data=data, closing=closing)


def _gone_on(state: AnalystState, update: AnalystUpdate) -> AnalystState:
    """The conversation after a step, as the state's own rules put it together."""
    return {**state, **update, "messages": [*state.get("messages", ()), *update.get("messages", ())]}


def _calls(message: AnyMessage) -> list[tuple[str, str, object]]:
    """Every call of a reply as (id, tool, arguments); the arguments of a malformed one stay text."""
    if not isinstance(message, AIMessage):
        return []
    good: list[tuple[str, str, object]] = [(c["id"] or "", c["name"], c["args"]) for c in message.tool_calls]
    return good + [(c["id"] or "", c["name"] or "", c["args"] or "") for c in message.invalid_tool_calls]


def _same(call: tuple[str, str, object]) -> str:
    """What makes two calls the same one: all but the id."""
    return json.dumps(call[1:], sort_keys=True)


def _is_stuck(messages: Sequence[AnyMessage]) -> bool:
    """Whether the last reply asks something that two replies before it asked in the very same words."""
    replies = [message for message in messages if isinstance(message, AIMessage)]
    if len(replies) < 3:
        return False
    turns = [{_same(call) for call in _calls(reply)} for reply in replies]
    return any(sum(call in earlier for earlier in turns[:-1]) >= 2 for call in turns[-1])


def _what_is_wrong(reply: AnyMessage) -> str:
    """Why a report that was handed in could not be read."""
    try:
        if isinstance(reply, AIMessage):
            read_form(form_in(reply, AnalystReport), AnalystReport)
    except UnreadableAnswerError as fault:
        return f"The report cannot be used: {fault}. Hand it in again in full, with this put right."
    return "The report was not read."


def _with_stage(
    update: AnalystUpdate, analyst: AnalystName, written: AnalystReport, uses: list[dict[str, Any]], *, degraded: bool
) -> AnalystUpdate:
    stage = AnalystStage(
        report=written, tool_uses=tuple(ToolUse.model_validate(use) for use in uses), degraded=degraded
    )
    return {**update, REPORT_KEYS[analyst]: dump(stage)}  # type: ignore[misc]  # REPORT_KEYS holds keys of Reports
