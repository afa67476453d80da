"""The graph that runs desks for arenas elsewhere: an errand in, and all that happens on the custom stream."""

from functools import partial
from itertools import count
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import get_runtime

from arena.remote.errand import ErrandState
from arena.remote.events import Event, written
from arena.remote.host import Host
from arena.remote.letters import asking
from arena.remote.server import GRAPH

RemoteDeskGraph = CompiledStateGraph[ErrandState, Any, ErrandState, ErrandState]


def build_remote_desk(host: Host) -> RemoteDeskGraph:
    """Compile the graph over the desks of one arena."""
    graph = StateGraph(ErrandState)

    async def desk(state: ErrandState) -> dict[str, Any]:
        runtime, numbers = get_runtime(), count()

        def tell(event: Event) -> None:
            runtime.stream_writer(written(next(numbers), event))

        await host.run(state["errand"], tell, partial(asking, runtime.store) if runtime.store is not None else None)
        return {}

    graph.add_node("desk", desk)
    graph.add_edge(START, "desk")
    graph.add_edge("desk", END)
    return graph.compile(name=GRAPH)
