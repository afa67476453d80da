"""The two halves of a desk, told apart by what it is started with.

Research, the analysts' reports, the debate and the manager's verdict, knows nothing of the contestant's book, so it
can be done before anybody knows what that holds. A brief without a book is researched and no more; where the
research is handed in with the brief, the desk begins with its trader; with a whole brief alone it does everything.
"""

from collections.abc import Awaitable, Callable, Sequence

from langgraph.graph import END

from agents.state import DeskState


def begin(analysts: Sequence[str]) -> Callable[[DeskState], Awaitable[list[str]]]:
    """Where a desk begins: with its analysts, or with its trader where their research is handed in."""

    async def route(state: DeskState) -> list[str]:
        return ["trader"] if "investment_plan" in state else list(analysts)

    return route


async def after_research(state: DeskState) -> str:
    """What follows the research manager: whoever has no book has nothing to trade."""
    return "trader" if "portfolio" in state["brief"] else END
