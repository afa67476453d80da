"""What LangGraph Studio loads: every graph langgraph.json names, the way its server does."""

import asyncio
import importlib.util
import json
import sys

import pytest
from langgraph.graph.state import CompiledStateGraph

from arena.app import Arena
from tests.conftest import PROJECT

MANIFEST = json.loads((PROJECT / "langgraph.json").read_text())


def loaded(where, name):
    """The variable of a `path:variable`, its file executed under a name of its own as the server does."""
    path, _, variable = where.partition(":")
    spec = importlib.util.spec_from_file_location(name, PROJECT / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, variable)


@pytest.fixture
def factories(tmp_path, monkeypatch):
    """Every graph's factory by name, with nothing cached, at home in a folder of its own, and without any key."""
    monkeypatch.setenv("ARENA_HOME", str(tmp_path / "home"))
    for key in ("OPENROUTER_API_KEY", "ALPHAVANTAGE_API_KEY"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.chdir(tmp_path)
    (where,) = {where.partition(":")[0] for where in MANIFEST["graphs"].values()}
    module = "studio_as_the_server_loads_it"
    loaded(f"{where}:arena", module)
    yield {name: getattr(sys.modules[module], at.partition(":")[2]) for name, at in MANIFEST["graphs"].items()}
    del sys.modules[module]


def test_the_manifest_offers_both_arenas_and_all_of_their_desks():
    with Arena.load("arena") as real, Arena.load("demo") as demo:
        players = {contestant.name for stage in (real, demo) for contestant in stage.config.contestants}
    assert set(MANIFEST["graphs"]) == {"arena", "demo"} | players
    assert {name: where.partition(":")[2] for name, where in MANIFEST["graphs"].items()} == {
        name: name for name in MANIFEST["graphs"]
    }


def test_every_graph_loads_without_a_key_and_makes_nothing(factories, tmp_path):
    async def load():
        return {name: await factory() for name, factory in factories.items()}

    graphs = asyncio.run(load())
    assert all(isinstance(graph, CompiledStateGraph) for graph in graphs.values())
    assert {name: graph.name for name, graph in graphs.items()} == {
        name: "arena" if name == "demo" else name for name in graphs
    }
    assert all(graph.checkpointer is None for graph in graphs.values())
    assert list(tmp_path.iterdir()) == []


def test_schemas_name_their_fields(factories):
    for name in ("arena", "demo", "claude", "value"):
        graph = asyncio.run(factories[name]())
        supervisor = name in ("arena", "demo")
        asked = graph.get_input_jsonschema()
        wanted = (
            {"tickers": "array", "session": "string", "contestants": "array", "keep_abstentions": "boolean"}
            if supervisor
            else {"ticker": "string", "session": "string"}
        )
        assert asked["type"] == "object"
        assert {field: schema["type"] for field, schema in asked["properties"].items()} == wanted
        assert asked["required"] == (["tickers"] if supervisor else ["ticker"])
        given = graph.get_output_jsonschema()["properties"]
        assert set(given) > ({"consensus", "standings"} if supervisor else {"market_report", "final_trade_decision"})


def test_a_factory_gives_the_same_graph_again(factories):
    async def twice():
        return await asyncio.gather(factories["value"](), factories["value"](), factories["cautious"]())

    first, second, other = asyncio.run(twice())
    assert first is second
    assert other is not first


def test_the_desk_of_value_runs_by_itself(factories, tmp_path):
    async def run():
        return await (await factories["value"]()).ainvoke({"ticker": "NVDA", "session": "2025-10-14"})

    state = asyncio.run(run())
    assert state["brief"]["ticker"] == "NVDA"
    assert state["brief"]["contestant"] == "value"
    assert state["final_trade_decision"]["action"] in ("BUY", "SELL", "HOLD")
    assert json.loads(json.dumps(state)) == state
    assert [path.suffix for path in (tmp_path / "home" / "snapshots").iterdir()] == [".json"]
    assert not list((tmp_path / "home").glob("*.db*"))


def test_the_demo_arena_runs(factories):
    async def run():
        return await (await factories["demo"]()).ainvoke({"tickers": ["NVDA"], "contestants": ["value"]})

    state = asyncio.run(run())
    assert set(state["outcomes"]) == {"NVDA/value"}
    assert state["round"]["session"] == "2025-10-14"
