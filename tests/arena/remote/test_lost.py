"""A server that is lost, or talks nonsense, is that desk's abstention and is named in it."""

import asyncio
import json
import socket

import pytest

from arena.config.desks import DeskSettings
from arena.config.executors import LangGraphExecutor
from arena.contest import run_desk
from arena.errors import MissingKeyError
from arena.llm.toll import FreeToll
from arena.records.outcome import Abstention
from arena.remote.desk import RemoteDesk
from arena.remote.errand import Errand, Identity
from arena.remote.events import Ended, Wrote, written
from arena.remote.graph_way import GraphWay
from arena.remote.server import GraphServer
from arena.tape.exchange import Trouble
from tests.arena.desks import Listeners, brief, clock, facts, stamp
from tests.loopback import Reply, loopback

IDENTITY = Identity(contestant="c", prompts="p", code="v")


def stream(*parts, ends=True):
    """A run's stream as LangGraph's server sends it."""
    events = [("metadata", {"run_id": "1"}), *[part if isinstance(part, tuple) else ("custom", part) for part in parts]]
    if ends:
        events.append(("end", None))
    body = "".join(f"event: {event}\r\ndata: {json.dumps(content)}\r\n\r\n" for event, content in events)
    return Reply(body=body, headers={"content-type": "text/event-stream", "location": "/runs/1/stream"})


def chat_from(url, **executor):
    """The chat of a desk that is held at `url`."""
    known = facts("ACME")
    server = GraphServer(LangGraphExecutor(kind="langgraph", url=url, **executor), {"GRAPH_KEY": "k-1"})

    async def snapshot(name):
        return known

    desk = RemoteDesk(
        "m", GraphWay(server), snapshot, settings=DeskSettings(), identity=IDENTITY, toll=FreeToll(), held=False
    )

    async def held():
        try:
            return await run_desk(desk, brief(), stamp(), seconds=20, clock=clock, audience=Listeners(), facts=known)
        finally:
            await server.aclose()

    return asyncio.run(held())


WROTE = written(0, Wrote(update={"market_analyst": None}))


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(status=404, body={"detail": "Graph 'remote_desk' not found"}), "NotFoundError"),
        (Reply(status=500, body="boom"), "InternalServerError"),
        (Reply(body={"not": "a stream"}), "TransportError"),
        (stream(), "ended the desk before it was through"),
        (stream(WROTE, ends=False), "ended the desk before it was through"),
        (stream(WROTE, written(2, Ended())), "left out 1 things that happened at the desk"),
        (stream({"number": 0, "event": "nonsense"}), "ValueError"),
        (stream(("error", {"error": "RuntimeError", "message": "out of memory"})), "out of memory"),
    ],
    ids=["no such graph", "broken", "no stream", "empty", "cut off", "a gap", "nonsense", "failed"],
)
def test_a_server_that_cannot_hold_the_desk_is_named_and_not_asked_again(reply, sentence):
    with loopback(lambda request: reply) as server:
        chat = chat_from(server.url)
    assert isinstance(chat.outcome, Abstention)
    assert chat.outcome.reason == "provider_error"
    assert chat.outcome.detail.startswith(f"the LangGraph server at {server.url} ")
    assert sentence in chat.outcome.detail
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    chat = chat_from(url)
    assert chat.outcome.reason == "provider_error"
    assert chat.outcome.detail.startswith(f"the LangGraph server at {url} cannot be reached, or failed: ConnectError")


def test_the_failure_that_is_told_is_the_desks_own():
    trouble = Trouble(kind="ModelError", message="the desk is not held: other prompts", reason="internal")
    with loopback(lambda request: stream(written(0, Ended(trouble=trouble)))) as server:
        chat = chat_from(server.url)
    assert (chat.outcome.reason, chat.outcome.detail) == ("internal", "the desk is not held: other prompts")


def test_what_is_sent_is_the_whole_errand_with_the_key_that_was_named():
    with loopback(lambda request: stream(written(0, Ended()))) as server:
        chat_from(server.url, api_key_env="GRAPH_KEY")
    (request,) = server.requests
    assert request.headers["x-api-key"] == "k-1"
    sent = request.json()
    assert (sent["assistant_id"], sent["on_disconnect"]) == ("remote_desk", "cancel")
    errand = Errand.unpacked(sent["input"]["errand"])
    assert errand.start["brief"] == brief().model_dump(mode="json")
    assert (errand.snapshot, errand.identity) == (facts("ACME"), IDENTITY)
    assert "k-1" not in errand.model_dump_json()


def test_a_key_that_is_not_set_is_told_by_its_variable():
    server = GraphServer(LangGraphExecutor(kind="langgraph", url="http://127.0.0.1:9", api_key_env="NOT_SET"), {})

    async def ask():
        server.client()

    with pytest.raises(MissingKeyError, match="needs the key in NOT_SET, which is not set"):
        asyncio.run(ask())
