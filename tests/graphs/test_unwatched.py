"""A desk into whose steps nobody looks: it asks the same, writes the same, takes as long, and tells of less."""

import asyncio
from datetime import date

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langgraph.graph import START, StateGraph

from agents.analysts import ANALYST_ROLES
from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.errors import CapabilityError
from arena.unwatched import UNWATCHED, unwatched
from graphs.desk import build_desk
from tests.agents.surroundings import House, ScriptedClient, VirtualClockLoop, simulated, started
from tests.arenas import november, rehearsal_arena

WATCHED, NOBODY = {}, {"configurable": {UNWATCHED: True}}


def refused(conversation, tools):
    raise CapabilityError("no tools here")


def run(client, config):
    """A desk's state, and the seconds of its longest chain of one-second calls."""
    client.seconds = 1
    desk = build_desk(DeskSettings(), House(client, simulated()))
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        state = runner.run(desk.ainvoke(started(simulated()), config))
        return state, runner.get_loop().time()


class Tracer(AsyncCallbackHandler):
    """Somebody else's handler, that hears of steps."""

    def __init__(self):
        self.heard = set()

    async def on_chain_start(self, serialized, inputs, **kwargs):
        self.heard.add(kwargs["name"])


def steps(config):
    """Every step of a desk that a stream of it with its subgraphs tells of, with the graph it is in."""
    desk = build_desk(DeskSettings(), House(ScriptedClient(), simulated()))

    async def stream():
        told = desk.astream(started(simulated()), config, stream_mode="updates", subgraphs=True)
        return {(inside[0].split(":")[0] if inside else "", name) async for inside, update in told for name in update}

    return asyncio.run(stream())


@pytest.mark.parametrize("settings", [{}, {"has_tools": False}, {"consults": refused}])
def test_it_asks_and_writes_the_same_in_the_same_time(settings):
    watched, unwatched = ScriptedClient(**settings), ScriptedClient(**settings)
    assert run(watched, WATCHED) == run(unwatched, NOBODY)
    assert sorted(map(str, watched.asked)) == sorted(map(str, unwatched.asked))


def test_whoever_streams_a_desk_is_shown_every_step_of_its_analysts():
    told = steps(WATCHED)
    for role in ANALYST_ROLES.values():
        assert {step for inside, step in told if inside == role} == {"ask", "look"}


def test_where_nobody_looks_analysts_are_one_step_each():
    told = steps(NOBODY)
    assert {inside for inside, _ in told} == {""}
    assert {*ANALYST_ROLES.values(), "trader", "portfolio_manager"} <= {step for _, step in told}


def test_a_tracer_hears_of_every_step_whoever_starts_the_run():
    tracer = Tracer()
    run(ScriptedClient(), {**NOBODY, "callbacks": [tracer]})
    assert {"ask", "look", *ANALYST_ROLES.values()} <= tracer.heard


def test_a_round_inside_somebody_elses_graph_is_shown_to_whoever_streams_that(tmp_path):
    graph = StateGraph(dict)

    async def play(state):
        async with Arena(rehearsal_arena(tmp_path), environ={}, clock=november) as arena:
            await arena.arun(["ACME"], as_of=date(2025, 11, 3), contestants=["value"])
        return state

    graph.add_node("play", play)
    graph.add_edge(START, "play")

    async def stream():
        told = graph.compile().astream({"a": 1}, stream_mode="updates", subgraphs=True)
        return {name async for _, update in told for name in update}

    assert {"ask", "look", "market_analyst", "trader"} <= asyncio.run(stream())


def test_an_arena_that_plays_a_round_is_not_watched_and_its_graph_by_itself_is(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("graphs.desk.unwatched", lambda config: seen.append(unwatched(config)))
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=november) as arena:
        arena.run(["ACME"], as_of=date(2025, 11, 3))
        assert set(seen) == {True}
        seen.clear()
        asyncio.run(arena.graph.ainvoke({"tickers": ["ACME"], "session": "2025-11-04"}))
        assert set(seen) == {False}
