"""A desk of one agent, which decides in one call: the ablation of all that `graphs.desk` wires.

brief ── single_agent
"""

from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents.house import House
from agents.single import single_agent
from agents.state import DeskInput, SingleDeskState
from arena.config.desks import DeskSettings

SingleDesk = CompiledStateGraph[SingleDeskState, Any, DeskInput, SingleDeskState]


def build_single_desk(settings: DeskSettings, house: House) -> SingleDesk:
    """Compile the desk over what the configured analysts would look at."""
    graph = StateGraph(SingleDeskState, input_schema=DeskInput)
    graph.add_node("single_agent", single_agent(house, settings.analysts))
    graph.add_edge(START, "single_agent")
    graph.add_edge("single_agent", END)
    return graph.compile(name="desk")
