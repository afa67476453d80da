"""The single agent: one call over what all analysts may look at, as the ablation of the whole debate."""

from collections.abc import Sequence

from agents import wording
from agents.house import House
from agents.mandate import decision_form
from agents.prompting import prompt, section_lines
from agents.state import DeskInput, SingleDeskUpdate, SingleNode, brief_of, dump
from agents.tools import READS, tools_of, usual_looks
from arena.records.desk import AnalystName, SingleStage
from arena.records.memory import ReflectionStage


def single_agent(house: House, analysts: Sequence[AnalystName]) -> SingleNode:
    """The node that is shown the usual looks of these analysts, and decides."""
    tools = tools_of(analysts)
    sections = list(dict.fromkeys(section for analyst in analysts for section in READS[analyst]))

    async def decide(state: DeskInput) -> SingleDeskUpdate:
        brief = brief_of(state)
        snapshot = await house.snapshot(brief.snapshot_hash)
        looks = usual_looks(snapshot, tools)
        asked = prompt(
            "single_agent",
            brief,
            snapshot,
            data=section_lines(snapshot, sections),
            looks=wording.written_out(looks),
            memory=wording.past_decisions(brief.ticker, brief.lessons),
        )
        decision = await house.client(brief.contestant).answer("single_agent", asked, decision_form(brief.mandate))
        written: SingleDeskUpdate = {
            "single_agent_view": dump(SingleStage(tool_uses=tuple(looks))),
            "final_trade_decision": dump(decision),
        }
        if brief.lessons:
            # It writes no reflections: that would be a second call. What it was shown is on record as with any desk.
            written["reflection"] = dump(ReflectionStage(lessons=brief.lessons))
        return written

    return decide
