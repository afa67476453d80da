"""The risk debate, and the portfolio manager whose decision is the outcome."""

from agents import wording
from agents.house import House
from agents.mandate import decision_form
from agents.prompting import prompt
from agents.state import DeskState, DeskUpdate, Node, brief_of, dump, next_round
from arena.records.desk import RiskSpeaker, Role

RISK_DEBATERS: dict[RiskSpeaker, Role] = {
    "aggressive": "aggressive_debater",
    "conservative": "conservative_debater",
    "neutral": "neutral_debater",
}


def risk_debater(house: House, side: RiskSpeaker) -> Node:
    """The node in which one side speaks once on the trader's proposal, having read everybody's last turn."""
    role = RISK_DEBATERS[side]

    async def speak(state: DeskState) -> DeskUpdate:
        brief = brief_of(state)
        debate = state.get("risk_debate_state", {})
        asked = prompt(
            role,
            brief,
            await house.snapshot(brief.snapshot_hash),
            reports=wording.report_summaries(state),
            plan=wording.plan(state),
            debate=wording.debate(wording.last_turns(debate)),
        )
        text = await house.client(brief.contestant).say(role, asked)
        return {"risk_debate_state": {"turns": [{"round": next_round(debate, side), "speaker": side, "text": text}]}}

    return speak


def portfolio_manager(house: House) -> Node:
    """The node that decides."""

    async def decide(state: DeskState) -> DeskUpdate:
        brief = brief_of(state)
        asked = prompt(
            "portfolio_manager",
            brief,
            await house.snapshot(brief.snapshot_hash),
            reports=wording.report_digests(state),
            verdict=wording.verdict(state),
            plan=wording.plan(state),
            debate=wording.debate(state.get("risk_debate_state", {}).get("turns", [])),
            memory=wording.memory(state),
        )
        decision = await house.client(brief.contestant).answer("portfolio_manager", asked, decision_form(brief.mandate))
        return {"final_trade_decision": dump(decision), "risk_debate_state": {"judge_decision": decision.reasoning}}

    return decide
