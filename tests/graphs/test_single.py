"""The desk of one agent as a graph: one step between the brief and the decision."""

import asyncio
import json

from agents.state import SingleDeskState
from arena.config.desks import DeskSettings
from graphs.desk import build_lone_desk
from graphs.kinds import build_kind
from graphs.single import build_single_desk
from tests.agents.surroundings import House, ScriptedClient, brief, simulated, started


def desk(client):
    return build_single_desk(DeskSettings(), House(client, simulated()))


def test_it_makes_one_call_and_its_state_is_plain_json():
    client = ScriptedClient()
    state = asyncio.run(desk(client).ainvoke(started(simulated())))
    assert len(client.asked) == 1
    assert set(state) == set(SingleDeskState.__annotations__) - {"reflection"}
    assert json.loads(json.dumps(state, allow_nan=False)) == state


def test_each_kind_of_desk_has_its_own_graph():
    house = House(ScriptedClient(), simulated())
    graphs = {kind: build_kind(kind, DeskSettings(), house).get_graph() for kind in ("full", "single")}
    assert set(graphs["single"].nodes) == {"__start__", "single_agent", "__end__"}
    assert "portfolio_manager" in graphs["full"].nodes
    assert "single_agent" not in graphs["full"].nodes


def test_a_desk_of_one_agent_by_itself_writes_its_own_brief():
    async def brief_for(ticker, session):
        return brief(simulated())

    async def rewired(settings):
        raise AssertionError("nobody wished for other debates")

    graph = build_lone_desk("claude", desk(ScriptedClient()), brief_for, DeskSettings(), rewired)
    state = asyncio.run(graph.ainvoke({"ticker": "NVDA"}))
    assert state["final_trade_decision"]["action"] == "BUY"
    assert state["single_agent_view"]["tool_uses"]
