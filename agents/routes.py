"""Ways through a graph that are no steps of their own.

LangGraph tells callbacks of every function that chooses a way as of a step, in a task of its own, which takes longer
than the choice. A Runnable is asked as it is; the nodes between which it chooses are told of as ever.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig


class Route(Runnable[Any, Any]):
    """A function from a graph's state to what comes next. Async only."""

    def __init__(self, choose: Callable[[Any], Awaitable[Any]]) -> None:
        self._choose = choose
        self.name = choose.__name__

    async def ainvoke(
        self,
        input: Any,  # noqa: A002 -- LangChain's name
        config: RunnableConfig | None = None,  # noqa: ARG002 -- part of the interface
        **kwargs: Any,  # noqa: ARG002 -- likewise
    ) -> Any:
        """What comes next."""
        return await self._choose(input)

    def invoke(
        self,
        input: Any,  # noqa: A002 -- LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """Refused: a desk never blocks."""
        raise NotImplementedError("the arena's graphs are async; use ainvoke or astream")
