import json

import pytest

from bench.competent_model import competent_model
from bench.model_server import ModelServer
from bench.streaming import streaming
from tests.arena.cli.configurations import written

ENDPOINTS = "endpoints:\n  loopback: {{base_url: {}}}\nlimits: {{stream: {}}}\n"


def played(arena, folder, stream, *options):
    """What the requests of a round asked for, and the round."""
    with ModelServer(streaming(competent_model)) as server:
        more = ENDPOINTS.format(server.base_url, stream)
        file = written(folder, "{name: one, endpoint: loopback, model: maker/one}", more=more)
        ran = arena("run", "NVDA", "--config", file, "--home", "home", "--json", *options)
        return {request.body.get("stream", False) for request in server.requests}, json.loads(ran.out), ran.err


@pytest.mark.parametrize(
    ("stream", "options", "asked"),
    [("false", (), False), ("false", ("--stream",), True), ("true", (), True), ("true", ("--no-stream",), False)],
)
def test_the_option_decides_whether_answers_are_streamed_and_else_the_configuration(
    arena, folder, stream, options, asked
):
    assert played(arena, folder, stream, *options)[0] == {asked}


def test_a_streamed_round_says_no_more_where_there_is_no_terminal_and_is_replayed_equal(arena, folder):
    asked, result, err = played(arena, folder, "false", "--stream")
    (chat,) = result["chats"]
    assert asked == {True}
    assert len(err.splitlines()) == 2
    ran = arena("run", "NVDA", "--config", folder / "trial.yaml", "--home", "home", "--replay")
    assert ran.code == 0, ran.out
    assert arena("replay", chat["id"], "--home", "home").out.startswith(f"Equal: {chat['id']}, ")
