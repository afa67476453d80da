"""The trader, who turns the research manager's plan into a proposal."""

from agents import wording
from agents.house import House
from agents.mandate import plan_form
from agents.prompting import prompt
from agents.state import DeskState, DeskUpdate, Node, brief_of, dump


def trader(house: House) -> Node:
    """The node that proposes action, size and levels."""

    async def propose(state: DeskState) -> DeskUpdate:
        brief = brief_of(state)
        asked = prompt(
            "trader",
            brief,
            await house.snapshot(brief.snapshot_hash),
            reports=wording.report_summaries(state),
            verdict=wording.verdict(state),
        )
        plan = await house.client(brief.contestant).answer("trader", asked, plan_form(brief.mandate))
        return {"trader_investment_plan": dump(plan)}

    return propose
