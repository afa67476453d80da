"""The servers that tests talk to leave nothing behind that would fail another test."""

import gc
import socket
import warnings

import pytest

from bench.model_server import ModelServer
from tests.arena.llm.endpoint import said, scripted


def test_a_server_that_is_closed_while_somebody_comes_in_leaves_no_connection_open():
    for _ in range(20):
        server = ModelServer(scripted(said()))
        with socket.socket() as caller:
            caller.setblocking(False)
            with pytest.raises(BlockingIOError):
                caller.connect(("127.0.0.1", int(server.base_url.split(":")[2].split("/")[0])))
            server.close()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert told == []
