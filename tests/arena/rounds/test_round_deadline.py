import asyncio
import time

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from bench.model_server import ModelServer, Reply
from graphs.supervisor import _to_desks
from tests.arena.llm.endpoint import failure, said, scripted
from tests.arenas import november

pytestmark = pytest.mark.slow


def slow_round(home, base_url, **limits):
    names = ("a", "b", "c")
    return ArenaConfig.model_validate(
        {
            "season": "trial",
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": [{"name": name, "endpoint": "e", "model": f"maker/{name}"} for name in names],
            "market": {"vendors": ["simulated"]},
            "limits": limits,
        }
    )


def test_two_runs_of_one_session_have_each_their_own_end(tmp_path):
    async def twice(config):
        async with Arena(config, environ={}, clock=november) as arena:
            first = await arena.graph.ainvoke({"tickers": ["ACME"]})
            began = time.time()
            return first, began, await arena.graph.ainvoke({"tickers": ["ACME"]})

    with ModelServer(scripted(Reply(402, body=failure(402, "no credit")))) as server:
        config = slow_round(tmp_path, server.base_url, round_seconds=60)
        first, began, second = asyncio.run(twice(config))
    assert first["ends"] < began + 60 <= second["ends"]
    # What the desks are sent is their own round's end.
    (send, *_) = asyncio.run(_to_desks(first | {"briefs": {"ACME/a": {"contestant": "a"}}}))
    assert send.arg["ends"] == first["ends"]


@pytest.mark.parametrize("desks", [100, 1], ids=["all at once", "one after the other"])
def test_a_round_ends_when_its_time_is_up_and_every_desk_says_why(tmp_path, desks):
    with ModelServer(scripted(Reply(delay=60, body=said()))) as server:
        config = slow_round(tmp_path, server.base_url, round_seconds=4, desks=desks)
        with Arena(config, environ={}, clock=november) as arena:
            arena.snapshot("ACME")  # the first look at the calendar takes its time
            began = time.monotonic()
            result = arena.run(["ACME"])
            took = time.monotonic() - began
    assert [chat.outcome.reason for chat in result.chats] == ["timeout"] * 3
    assert took < 4 + 1.0  # half a second for the desks, and half for the store
    told = [chat.outcome.detail for chat in result.chats if not chat.calls]
    assert len(told) == (0 if desks == 100 else 2)
    assert set(told) <= {"the round's 4 s were over before this desk could start"}
