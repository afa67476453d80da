"""Who speaks next in a debate."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from agents.state import DeskState, DeskUpdate

DebateJudge = Literal["research_manager", "portfolio_manager"]


def next_speakers(
    judge: DebateJudge, speakers: Sequence[str], rounds: int
) -> Callable[[DeskState], Awaitable[list[str]]]:
    """A route back to the speakers until every round has been held, then on to the judge."""

    async def route(state: DeskState) -> list[str]:
        if judge == "research_manager":
            debate = state.get("investment_debate_state", {})
        else:
            debate = state.get("risk_debate_state", {})
        held = max((turn["round"] for turn in debate.get("turns", [])), default=0)
        return list(speakers) if held < rounds else [judge]

    return route


async def open_floor(state: DeskState) -> DeskUpdate:  # noqa: ARG001 -- the graph's signature
    """A step that changes nothing: where speakers of one round wait for each other."""
    return {}
