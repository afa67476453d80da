"""The two halves of a desk, told apart by what it is started with.

Research, the analysts' reports, the debate and the manager's verdict, knows nothing of the contestant's book, so it
can be done before anybody knows what that holds. A brief without a book is researched and no more; where the
research is handed in with the brief, the desk goes on behind it; with a whole brief alone it does everything.

The reflection comes with the trader, in either case: what it looks back on is known when the round begins, not before.
"""

from collections.abc import Awaitable, Callable, Sequence

from langgraph.graph import END

from agents.state import DeskState
from arena.records.desk import Role

TRADING: tuple[Role, ...] = ("trader", "reflection")
"""Who begins the half that trades, side by side."""


def begin(analysts: Sequence[str]) -> Callable[[DeskState], Awaitable[list[str]]]:
    """Where a desk begins: with its analysts, or behind them where their research is handed in."""

    async def route(state: DeskState) -> list[str]:
        return list(TRADING if "investment_plan" in state else analysts)

    return route


async def after_research(state: DeskState) -> list[str]:
    """What follows the research manager: whoever has no book has nothing to trade."""
    return list(TRADING) if "portfolio" in state["brief"] else [END]
