"""`arena serve`: where it binds, and what it says where it cannot."""

import re
import socket
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("fastapi", reason="the pages need the extra `web`")


def test_beyond_loopback_it_asks_for_a_token(arena, monkeypatch):
    monkeypatch.delenv("ARENA_TOKEN", raising=False)
    ran = arena("serve", "--config", "demo", "--host", "0.0.0.0")
    assert ran.code == 1
    assert ran.err == (
        "arena: 0.0.0.0 can be reached by others: put a token into an environment variable, say ARENA_TOKEN, and serve "
        "with --token-env ARENA_TOKEN; or leave --host out\n"
    )
    ran = arena("serve", "--config", "demo", "--host", "0.0.0.0", "--token-env", "ARENA_TOKEN")
    assert (ran.code, "ARENA_TOKEN holds no token" in ran.err) == (1, True)


def test_a_port_that_is_taken_is_named(arena):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = arena("serve", "--config", "demo", "--port", port)
    assert ran.code == 1
    assert f"127.0.0.1:{port} cannot be bound" in ran.err


@pytest.mark.slow
def test_it_serves_until_it_is_interrupted(played):
    program = "from arena.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--config", "demo", "--home", str(played), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    address = re.search(r"http://\S+", server.stderr.readline())[0]
    with urllib.request.urlopen(f"{address}api/seasons") as answer:
        assert b'"season": "demo"' in answer.read()
    with urllib.request.urlopen(f"{address}news") as news:  # a page that is open
        assert news.readline() == b"event: state\n"
        server.send_signal(2)
        assert server.wait(20) == 130
    assert server.stderr.read() == "arena: interrupted\n"
    server.stderr.close()
