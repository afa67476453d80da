"""Whether anybody looks into the steps of a run: where nobody does, they need not be told of one by one.

It stands in the run's configuration, so that it holds for all graphs inside. LangGraph Studio, a server and whoever
streams a graph say nothing of it, and are shown every step.
"""

from langchain_core.runnables import RunnableConfig

UNWATCHED = "arena_unwatched"
"""The key in `configurable`."""


def unwatched(config: RunnableConfig) -> bool:
    """Whether whoever started the run sees no more of it than what comes of it."""
    return bool(config.get("configurable", {}).get(UNWATCHED))
