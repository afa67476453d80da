"""LangGraph's server with the arena's graphs, as Studio sees them: over its API, by its own client."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.app import Arena
from arena.rounds.turn import SeasonTurn
from arena.tape.comparing import chat_differences, version_notes
from tests.arena.studio.server import GraphServer, graph_server

pytest.importorskip("langgraph_api", reason="the extra studio is not installed: pip install -e '.[studio]'")
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

pytestmark = pytest.mark.slow

PLAYERS = ("cautious", "contrarian", "momentum", "newsreader", "value")
Ask = Callable[[Callable[[LangGraphClient], Awaitable[Any]]], Any]
STEPS = ("open", "vote", "follow", "trade", "rank", "announce")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphServer]:
    with graph_server(tmp_path_factory.mktemp("studio")) as running:
        yield running
        assert running.blocking() == []


@pytest.fixture
def asked(server: GraphServer) -> Ask:
    """Runs what is to be asked on an event loop of its own, with a client that is closed again."""

    def ask(work: Callable[[LangGraphClient], Awaitable[Any]]) -> Any:
        async def asking() -> Any:
            async with get_client(url=server.url, api_key=None) as client:
                return await work(client)

        return asyncio.run(asking())

    return ask


def home_of(server: GraphServer) -> Path:
    return server.log.parent / "arena-data"


def test_a_fresh_folder_offers_both_arenas_and_every_desk(asked: Ask) -> None:
    async def graphs(client: LangGraphClient) -> set[str]:
        return {assistant["graph_id"] for assistant in await client.assistants.search(limit=100)}

    models = {"claude", "gpt", "gemini", "deepseek", "qwen"}
    assert asked(graphs) == {"arena", "demo", "remote_desk", *PLAYERS, *models}


def test_its_schemas_and_drawings_can_be_read(asked: Ask) -> None:
    async def read(client: LangGraphClient, graph: str) -> tuple[dict[str, Any], dict[str, Any]]:
        (assistant, *_) = await client.assistants.search(graph_id=graph)
        schemas = await client.assistants.get_schemas(assistant["assistant_id"])
        return dict(schemas), dict(await client.assistants.get_graph(assistant["assistant_id"], xray=True))

    async def all_of_them(client: LangGraphClient) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [await read(client, graph) for graph in ("demo", "value")]

    (arena, drawn), (desk, desk_drawn) = asked(all_of_them)
    assert {"tickers", "session", "contestants"} <= set(arena["input_schema"]["properties"])
    assert {"consensus", "standings"} <= set(arena["output_schema"]["properties"])
    assert set(arena["context_schema"]["properties"]) == {"tickers", "as_of", "contestants", "rounds", "style"}
    assert set(desk["context_schema"]["properties"]) == {"ticker", "as_of", "rounds", "style"}
    assert "final_trade_decision" in desk["output_schema"]["properties"]
    nodes = {node["id"] for node in drawn["nodes"]}
    for player in PLAYERS:
        for step in ("market_analyst:look", "bull_researcher", "trader", "neutral_debater", "portfolio_manager"):
            assert f"desk_{player}:{step}" in nodes
    assert "desk:market_analyst:ask" in {node["id"] for node in desk_drawn["nodes"]}


def test_a_form_that_is_saved_is_drawn_as_it_runs(asked: Ask) -> None:
    async def by_turns(client: LangGraphClient) -> list[Any]:
        assistant = await client.assistants.create("demo", context={"style": "turns"})
        return list((await client.assistants.get_graph(assistant["assistant_id"], xray=True))["edges"])

    drawn = {(edge["source"], edge["target"]) for edge in asked(by_turns)}
    assert ("desk_value:bull_researcher", "desk_value:bear_researcher") in drawn


def test_a_round_streams_node_by_node_and_is_the_round_of_the_command_line(
    asked: Ask, server: GraphServer, tmp_path: Path
) -> None:
    async def streamed(client: LangGraphClient) -> tuple[list[tuple[str, list[str]]], list[Any], dict[str, Any]]:
        thread = (await client.threads.create())["thread_id"]
        parts = [
            (part.event, list(part.data))
            async for part in client.runs.stream(
                thread, "demo", input={}, context={"tickers": ["NVDA"]}, stream_mode="updates", stream_subgraphs=True
            )
        ]
        history = await client.threads.get_history(thread, limit=50)
        return parts, list(history), dict(await client.threads.get_state(thread))

    parts, history, state = asked(streamed)
    outer = [node for event, nodes in parts if event == "updates" for node in nodes]
    assert [node for node in outer if node in STEPS] == list(STEPS)
    assert {node for node in outer if node not in STEPS} == {f"desk_{player}" for player in PLAYERS}
    inner = {(event.split("|")[1].split(":")[0], node) for event, nodes in parts if "|" in event for node in nodes}
    assert {(f"desk_{player}", "portfolio_manager") for player in PLAYERS} <= inner
    assert ["vote"] in [found["next"] for found in history]
    assert history[0]["next"] == []

    with Arena.load("demo", {"home": tmp_path}) as commanded, Arena.load("demo", {"home": home_of(server)}) as kept:
        theirs = commanded.run(["NVDA"])
        assert len(theirs.chats) == 5
        for chat in theirs.chats:
            mine = kept.chat(state["values"]["outcomes"][f"NVDA/{chat.contestant}"]["chat_id"])
            assert chat_differences(chat, mine) == ()
            assert version_notes(chat, mine) == ()
        assert [row.equity for row in kept.board().rows] == [row.equity for row in theirs.standings.rows]
        assert kept.replay(mine.id).equal


def test_a_thread_that_was_interrupted_goes_on_where_it_was(asked: Ask) -> None:
    async def in_two_runs(client: LangGraphClient) -> tuple[Any, list[str]]:
        thread = (await client.threads.create())["thread_id"]
        wanted = {"tickers": ["AAPL"], "contestants": ["value"]}
        await client.runs.wait(thread, "demo", input=wanted, interrupt_before=["vote"])
        stopped = await client.threads.get_state(thread)
        parts = [part async for part in client.runs.stream(thread, "demo", input=None, stream_mode="updates")]
        return stopped, [node for part in parts if part.event == "updates" for node in part.data]

    stopped, nodes = asked(in_two_runs)
    assert stopped["next"] == ["vote"]
    assert list(stopped["values"]["outcomes"]) == ["AAPL/value"]
    assert nodes == ["vote", "follow", "trade", "rank", "announce"]


def test_a_desk_runs_by_itself(asked: Ask) -> None:
    async def alone(client: LangGraphClient) -> Any:
        return await client.runs.wait(None, "newsreader", input={}, context={"ticker": "META", "rounds": 2})

    state = asked(alone)
    assert state["brief"]["ticker"] == "META"
    assert state["final_trade_decision"]["action"] in ("BUY", "SELL", "HOLD")
    assert len(state["investment_debate_state"]["turns"]) == 4


def test_a_run_waits_for_its_turn_in_the_season(asked: Ask, server: GraphServer) -> None:
    async def behind_another(client: LangGraphClient) -> tuple[list[str], list[str]]:
        other = SeasonTurn(home_of(server), "demo", 10)
        await other.begin()
        thread = (await client.threads.create())["thread_id"]
        run = await client.runs.create(thread, "demo", input={"tickers": ["MSFT"], "contestants": ["value"]})
        await asyncio.sleep(2)
        waiting = (await client.threads.get_state(thread))["next"]
        other.end()
        await client.runs.join(thread, run["run_id"])
        return list(waiting), list((await client.threads.get_state(thread))["next"])

    assert asked(behind_another) == (["open"], [])


def test_what_cannot_be_played_is_told_in_our_own_words(asked: Ask) -> None:
    async def refused(client: LangGraphClient) -> list[Any]:
        stream = client.runs.stream(None, "demo", input={}, context={"rounds": 99}, stream_mode="updates")
        return [part.data async for part in stream if part.event == "error"]

    (error,) = asked(refused)
    assert error["message"].startswith("the context does not fit: rounds: Input should be less than")
