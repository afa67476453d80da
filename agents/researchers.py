"""The research debate: bull and bear, and the manager who judges them."""

from agents import wording
from agents.house import House
from agents.prompting import prompt
from agents.state import DeskState, DeskUpdate, Node, dump, next_round, research_brief_of
from arena.records.desk import ResearchSpeaker, ResearchVerdict, Role

RESEARCHERS: dict[ResearchSpeaker, Role] = {"bull": "bull_researcher", "bear": "bear_researcher"}


def researcher(house: House, side: ResearchSpeaker) -> Node:
    """The node in which one side speaks once, having read everybody's last turn."""
    role = RESEARCHERS[side]

    async def speak(state: DeskState) -> DeskUpdate:
        brief = research_brief_of(state)
        debate = state.get("investment_debate_state", {})
        asked = prompt(
            role,
            brief,
            await house.snapshot(brief.snapshot_hash),
            reports=wording.report_digests(state),
            debate=wording.debate(wording.last_turns(debate)),
        )
        text = await house.client(brief.contestant).say(role, asked)
        return {
            "investment_debate_state": {"turns": [{"round": next_round(debate, side), "speaker": side, "text": text}]}
        }

    return speak


def research_manager(house: House) -> Node:
    """The node that judges the debate and writes the plan."""

    async def judge(state: DeskState) -> DeskUpdate:
        brief = research_brief_of(state)
        asked = prompt(
            "research_manager",
            brief,
            await house.snapshot(brief.snapshot_hash),
            reports=wording.full_reports(state),
            debate=wording.debate(state.get("investment_debate_state", {}).get("turns", [])),
        )
        verdict = await house.client(brief.contestant).answer("research_manager", asked, ResearchVerdict)
        return {"investment_plan": dump(verdict), "investment_debate_state": {"judge_decision": verdict.plan}}

    return judge
