"""What LangGraph's server is offered: every graph langgraph.json names, asked for the way it asks."""

import asyncio
import importlib
import json
import sys
from dataclasses import dataclass

import pytest
from langgraph.graph.state import CompiledStateGraph

from arena.app import Arena
from arena.rounds.turn import SeasonTurn
from arena.store import Store
from tests.conftest import PROJECT

MANIFEST = json.loads((PROJECT / "langgraph.json").read_text())
MODULE = "arena.studio.packaged"


@dataclass
class Asking:
    """What the server hands a factory with: for a run, a runtime; for drawings and states, none."""

    execution_runtime: object = None


READING, RUNNING = Asking(), Asking("a run")


@pytest.fixture
def factories(tmp_path, monkeypatch):
    """Every graph's factory by name, with nothing cached, at home in a folder of its own, and without any key."""
    monkeypatch.setenv("ARENA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield {
        name: getattr(importlib.import_module(module), variable)
        for name, (module, variable) in {name: at.split(":") for name, at in MANIFEST["graphs"].items()}.items()
    }
    sys.modules.pop(MODULE, None)


async def given(factory, asking=READING, **context):
    async with factory({"configurable": context}, asking) as graph:
        return graph


def run(factory, asked, **context):
    async def running():
        async with factory({"configurable": context}, RUNNING) as graph:
            return await graph.ainvoke(asked, context=context)

    return asyncio.run(running())


def test_the_manifest_offers_both_arenas_and_all_of_their_desks():
    with Arena.load("arena") as real, Arena.load("demo") as demo:
        players = {contestant.name for stage in (real, demo) for contestant in stage.config.contestants}
    assert MANIFEST["graphs"] == {name: f"{MODULE}:{name}" for name in {"arena", "demo", "remote_desk"} | players}


def test_every_graph_loads_without_a_key_and_makes_nothing(factories, tmp_path):
    async def load():
        return {name: await given(factory) for name, factory in factories.items()}

    graphs = asyncio.run(load())
    assert all(isinstance(graph, CompiledStateGraph) for graph in graphs.values())
    assert {name: graph.name for name, graph in graphs.items()} == {
        name: "arena" if name == "demo" else name for name in graphs
    }
    assert all(graph.checkpointer is None for graph in graphs.values())
    assert list(tmp_path.iterdir()) == []


def test_schemas_name_their_fields_and_demand_none(factories):
    for name in ("arena", "demo", "claude", "value"):
        graph = asyncio.run(given(factories[name]))
        supervisor = name in ("arena", "demo")
        asked = graph.get_input_jsonschema()
        wanted = (
            {"tickers": "array", "session": "string", "contestants": "array", "keep_abstentions": "boolean"}
            if supervisor
            else {"ticker": "string", "session": "string"}
        )
        assert asked["type"] == "object"
        assert {field: schema["type"] for field, schema in asked["properties"].items()} == wanted
        assert "required" not in asked
        given_back = graph.get_output_jsonschema()["properties"]
        assert set(given_back) > (
            {"consensus", "standings"} if supervisor else {"market_report", "final_trade_decision"}
        )


def test_the_context_is_a_form_whose_every_field_is_explained_and_may_be_left_out(factories):
    forms = {name: asyncio.run(given(factories[name])).get_context_jsonschema() for name in ("demo", "value")}
    assert list(forms["demo"]["properties"]) == ["tickers", "as_of", "contestants", "rounds", "style"]
    assert list(forms["value"]["properties"]) == ["ticker", "as_of", "rounds", "style"]
    for form in forms.values():
        assert all(field["description"] and "default" in field for field in form["properties"].values())
        assert {"enum": ["parallel", "turns"], "type": "string"} in form["properties"]["style"]["anyOf"]


def test_a_factory_gives_the_same_graph_again(factories):
    async def twice():
        return await asyncio.gather(
            given(factories["value"]), given(factories["value"], RUNNING), given(factories["cautious"])
        )

    first, second, other = asyncio.run(twice())
    assert first is second
    assert other is not first


def edges(graph, *inside):
    """Who follows whom in the drawing, without what is around."""
    drawn = {(edge.source, edge.target) for edge in graph.get_graph(xray=True).edges}
    return {pair for pair in drawn if all(any(end.endswith(name) for name in inside) for end in pair)}


def test_a_drawing_shows_the_debates_the_context_wishes_for(factories):
    speakers = ("bull_researcher", "bear_researcher")
    for name, desk in (("demo", "desk_value:"), ("value", "desk:")):
        as_configured = asyncio.run(given(factories[name]))
        by_turns = asyncio.run(given(factories[name], style="turns"))
        without = asyncio.run(given(factories[name], rounds=0))
        assert edges(as_configured, *speakers) == set()
        assert (f"{desk}bull_researcher", f"{desk}bear_researcher") in edges(by_turns, *speakers)
        assert not [node for node in without.get_graph(xray=True).nodes if "bull" in node]


def test_the_desk_of_value_runs_by_itself(factories, tmp_path):
    state = run(factories["value"], {"ticker": "NVDA", "session": "2025-10-14"})
    assert state["brief"]["ticker"] == "NVDA"
    assert state["brief"]["contestant"] == "value"
    assert state["final_trade_decision"]["action"] in ("BUY", "SELL", "HOLD")
    assert json.loads(json.dumps(state)) == state
    assert [path.suffix for path in (tmp_path / "home" / "snapshots").iterdir()] == [".json"]
    assert not list((tmp_path / "home").glob("*.sqlite*"))


def test_a_desk_by_itself_takes_its_wishes_from_the_context(factories):
    state = run(factories["value"], {}, ticker="AAPL", as_of="2025-10-13", rounds=2, style="turns")
    assert (state["brief"]["ticker"], state["brief"]["session"]) == ("AAPL", "2025-10-13")
    assert len(state["investment_debate_state"]["turns"]) == 4
    assert len(state["risk_debate_state"]["turns"]) == 6


def test_the_demo_arena_runs_and_leaves_the_season_to_the_next(factories, tmp_path):
    state = run(factories["demo"], {"tickers": ["NVDA"], "contestants": ["value"]})
    assert set(state["outcomes"]) == {"NVDA/value"}
    assert state["round"]["session"] == "2025-10-14"
    turn = SeasonTurn(tmp_path / "home", "demo", 0)
    asyncio.run(turn.begin())
    turn.end()


def test_a_run_waits_while_another_plays_in_the_season(factories, tmp_path):
    async def both():
        other = SeasonTurn(tmp_path / "home", "demo", 0)
        await other.begin()
        async with factories["demo"]({}, RUNNING) as graph:
            playing = asyncio.create_task(graph.ainvoke({"tickers": ["NVDA"], "contestants": ["value"]}))
            await asyncio.wait([playing], timeout=0.5)
            waited = not playing.done() and not Store.exists(tmp_path / "home")
            other.end()
            await playing
        return waited

    assert asyncio.run(both())


@pytest.mark.parametrize(
    ("asked", "context", "sentence"),
    [
        ({}, {}, "name at least one ticker, such as NVDA"),
        ({}, {"tickers": ["NVDA"], "contestants": ["nobody"]}, "no contestant nobody; the configuration has"),
        ({}, {"tickers": ["NVDA"], "rounds": 99}, "the context does not fit: rounds: Input should be less than"),
        ({}, {"tickers": "NVDA"}, "the context does not fit: tickers: Input should be a valid"),
    ],
)
def test_what_cannot_be_played_is_said_in_a_class_that_the_server_does_not_mask(
    factories, tmp_path, asked, context, sentence
):
    with pytest.raises(ValueError, match=sentence):
        run(factories["demo"], asked, **context)
    assert list(tmp_path.iterdir()) == []
