"""Whether anybody looks into the steps of a run: where nobody does, they need not be told of one by one.

Said by whoever starts a run and sees no more of it than what comes of it. It stands in the run's configuration, so
that it holds for all graphs inside. LangGraph Studio, a server and whoever streams a graph say nothing of it, and are
shown every step; so are tracers, which hear of steps whoever starts the run.
"""

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_config

from arena.calls import CallHandler

UNWATCHED = "arena_unwatched"
"""The key in `configurable`."""


def stands_alone() -> bool:
    """Whether what is begun here is inside no other run, through which somebody may look into it."""
    try:
        get_config()
    except RuntimeError:
        return True
    return False


def unwatched(config: RunnableConfig) -> bool:
    """Whether nobody looks into a run: whoever started it said so, and only our own handlers hear of it."""
    if not config.get("configurable", {}).get(UNWATCHED):
        return False
    callbacks = config.get("callbacks") or []
    handlers = callbacks if isinstance(callbacks, list) else callbacks.handlers
    return all(isinstance(handler, CallHandler) for handler in handlers)
