import socket
import sys

import pytest


def test_without_the_extra_it_says_what_to_install(arena, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "langgraph_api", None)
    ran = arena("studio")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        'arena: LangGraph\'s server is not installed: pip install "modelchat-arena[studio]", or, in a clone, '
        'pip install -e ".[studio]"\n'
    )
    assert list(folder.iterdir()) == []


def test_a_port_that_is_taken_is_not_given_up_for_another(arena, folder):
    pytest.importorskip("langgraph_api", reason="the extra studio is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = arena("studio", "--port", port)
    assert ran.code == 1
    assert ran.err == (
        f"arena: port {port} of 127.0.0.1 cannot be listened on (Address already in use); name another with --port\n"
    )
    assert list(folder.iterdir()) == []
