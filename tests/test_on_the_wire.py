"""Limits, money, keys and the tape of whole arenas, over real sockets on loopback."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.standing import RoundResult
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from bench.streaming import streaming
from bench.tape import sizes
from tests.arena.llm.endpoint import completion, failure
from tests.arenas import Clock
from tests.conftest import PROJECT

AFTER = Clock("2025-11-20T12:00:00")
DAY = date(2025, 10, 14)
TICKERS = ("AAPL", "AMD", "AMZN", "AVGO", "GOOGL", "META", "MSFT", "NFLX", "NVDA", "TSLA")
NAMES = ("claude", "deepseek", "gemini", "gpt", "qwen")
CANARY = "sk-canary-a81f0c55d2e94b7f"
RETRY_AFTER = 0.05


def arena_config(home: Path, base_url: str, names: tuple[str, ...] = NAMES, **settings: Any) -> ArenaConfig:
    return ArenaConfig.model_validate(
        {
            "season": "wire",
            "home": home,
            "endpoints": {"loopback": {"base_url": base_url, "api_key_env": "TEST_MODEL_KEY"}},
            "contestants": [{"name": n, "endpoint": "loopback", "model": f"maker/{n}"} for n in names],
            "market": {"vendors": ["simulated"]},
            "limits": {"retry_delay": 0.02, "retries": 20, "call_seconds": 60},
            **settings,
        }
    )


def run(config: ArenaConfig, tickers: tuple[str, ...] = TICKERS) -> tuple[RoundResult, float]:
    with Arena(config, environ={"TEST_MODEL_KEY": CANARY}, clock=AFTER) as arena:
        began = time.perf_counter()
        return arena.run(tickers, as_of=DAY), time.perf_counter() - began


class Billing:
    """A handler that counts what its answers cost, as the one who sends the bill."""

    def __init__(self) -> None:
        self.billed = Decimal(0)

    def bill(self, reply: Reply) -> Reply:
        """Every answer that tells a cost is billed when it is sent."""
        body = reply.body
        cost = body.get("usage", {}).get("cost") if isinstance(body, dict) else None
        self.billed += Decimal(str(cost)) if cost is not None else 0
        return reply


class ThreeInTen:
    """Refuses three calls in ten with a Retry-After, by a count and not by chance."""

    def __init__(self) -> None:
        self.asked = 0
        self.refused = 0

    def __call__(self, request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        self.asked += 1
        if self.asked % 10 in (1, 4, 7):
            self.refused += 1
            return Reply(429, {"retry-after": str(RETRY_AFTER)}, failure(429, "Rate limit exceeded"))
        return competent_model(request, headers)


@pytest.mark.slow
def test_all_fifty_decide_though_three_calls_in_ten_are_told_to_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ModelServer(competent_model, delay=0.05) as server:
        run(arena_config(tmp_path / "warm-up", server.base_url, NAMES[:1]), TICKERS[:1])
        _, ideal = run(arena_config(tmp_path / "ideal", server.base_url))
    throttling = ThreeInTen()
    with ModelServer(throttling, delay=0.05) as server:
        result, took = run(arena_config(tmp_path / "throttled", server.base_url))
    with capsys.disabled():
        print(f"\nfifty desks: {took:.2f} s with 3 calls in 10 refused, {ideal:.2f} s with none")  # noqa: T201
    assert [chat.outcome.kind for chat in result.chats] == ["decision"] * 50
    waits = [retry.waited for chat in result.chats for call in chat.calls for retry in call.retries]
    assert len(waits) == throttling.refused >= 0.29 * throttling.asked
    assert all(wait >= RETRY_AFTER for wait in waits)
    assert took < 3 * ideal + 5


class Troubled(Billing):
    """Bills answers that are retried, repaired, garbled and cut off, and tells what it billed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def __call__(self, request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        key = json.dumps(request, sort_keys=True)
        turn = int(hashlib.sha256(key.encode()).hexdigest(), 16) % 5
        first = key not in self.seen
        self.seen.add(key)
        if first and turn == 0:
            return Reply(502, body=failure(502, "Bad gateway"))
        if first and turn == 1:  # a blank answer that is billed all the same
            return self.bill(Reply(body=completion({"content": ""}, usage=_usage("0.000123"))))
        if first and turn == 3:  # an answer that breaks off in the middle, and is billed
            return self.bill(Reply(body=completion({"content": "Half an"}, "error", usage=_usage("0.000031"))))
        # A second garbled answer would end the desk, and cut off its siblings' calls on their way back.
        if (
            first and turn == 2 and "cannot be used" not in key
        ):  # an answer that is no form, repaired in the next turn; prose passes as it is
            return self.bill(Reply(body=completion({"content": "Let me think."}, usage=_usage("0.000017"))))
        reply = competent_model(request, headers)
        return self.bill(reply)


def _usage(cost: str) -> dict[str, Any]:
    return {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13, "cost": float(cost)}


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_recorded_cost_is_the_servers_own_count_to_the_micro_dollar(tmp_path: Path, stream: bool) -> None:
    troubled = Troubled()
    limits = {"retry_delay": 0.01, "retries": 20, "call_seconds": 60, "stream": stream}
    with ModelServer(streaming(troubled) if stream else troubled) as server:
        result, _ = run(arena_config(tmp_path, server.base_url, limits=limits), TICKERS[:4])
    recorded = sum((chat.cost.known for chat in result.chats), Decimal(0))
    assert any(call.retries for chat in result.chats for call in chat.calls)
    assert all(request.body.get("stream", False) is stream for request in server.requests)
    assert {chat.outcome.kind for chat in result.chats} == {"decision"}
    assert recorded == troubled.billed > 0
    assert sum((row.cost.known for row in result.standings.rows), Decimal(0)) == troubled.billed


@pytest.mark.slow
def test_what_a_cancelled_call_cost_is_on_the_record_as_unknown(tmp_path: Path) -> None:
    """A call that was cut off may be billed: nobody knows, and the record says so instead of nothing."""
    billing = Billing()

    def handler(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        reply = competent_model(request, headers)
        if "Your role: trader" in json.dumps(request):
            return Reply(body=reply.body, delay=30)
        return billing.bill(reply)

    limits = {"retry_delay": 0.01, "desk_seconds": 4}
    with ModelServer(handler) as server:
        result, _ = run(arena_config(tmp_path, server.base_url, NAMES[:2], limits=limits), TICKERS[:2])
    assert {chat.outcome.kind for chat in result.chats} == {"abstention"}
    assert sum((chat.cost.known for chat in result.chats), Decimal(0)) == billing.billed > 0
    assert [chat.cost.unknown_calls for chat in result.chats] == [1, 1, 1, 1]


@pytest.mark.slow
def test_a_cap_of_ten_cents_is_not_passed_by_one_call(tmp_path: Path) -> None:
    billing = Billing()

    def dear(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        reply = competent_model(request, headers)
        assert isinstance(reply.body, dict)
        reply.body["usage"]["cost"] = 0.0042
        return billing.bill(reply)

    prices = {f"maker/{name}": {"prompt": "0.05", "completion": "0.5"} for name in NAMES}
    with ModelServer(dear) as server:
        config = arena_config(tmp_path, server.base_url, budget={"round": "0.10"}, prices=prices)
        result, _ = run(config, TICKERS[:4])
    recorded = sum((chat.cost.known for chat in result.chats), Decimal(0))
    assert recorded == billing.billed
    assert Decimal(0) < billing.billed <= Decimal("0.10")
    assert "budget" in {chat.outcome.reason for chat in result.chats if chat.outcome.kind == "abstention"}


# The canary.


def echoing(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    """A server that repeats the key wherever it can in an answer's body, to one model early and to another late."""
    key = headers.get("authorization", "")
    role = json.dumps(request)
    if "Your role: trader" in role:
        return Reply(401, body=failure(401, f"Incorrect API key provided: {key}; check {key[7:]}"))
    if "Your role: bear" in role and "deepseek" in str(request["model"]):
        return Reply(400, body={"error": {"message": "bad", "metadata": {"raw": f"Authorization: {key}"}}})
    return competent_model(request, headers)


def yaml_file(folder: Path, base_url: str) -> Path:
    config = arena_config(folder / "home", base_url, NAMES[:2], as_of="2025-10-14")
    dumped = config.model_dump(mode="json", exclude_unset=True)
    file = folder / "arena.yaml"
    file.write_text(yaml.safe_dump(dumped))
    return file


VERBOSE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from arena.cli import run
sys.exit(run(sys.argv[1:]))
"""


def in_a_process(folder: Path, *argv: str, script: str = VERBOSE) -> subprocess.Popen[bytes]:
    """An arena of its own, logging all there is to log. Its current folder is `folder`."""
    environ = {**os.environ, "TEST_MODEL_KEY": CANARY, "PYTHONPATH": str(PROJECT), "PYTHONFAULTHANDLER": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", script, *argv],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def assert_no_canary(folder: Path, *texts: bytes) -> None:
    needle = CANARY.encode()
    assert all(needle not in text for text in texts)
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert [file for file in files if needle in file.read_bytes()] == []
    # What is compressed hides it from a search of the bytes.
    from arena.tape.tape import Tape

    for home in {file.parent for file in files if file.name == "tape.sqlite"}:
        with Tape.open(home) as tape:
            numbers = [
                n for first, size in tape.rows("SELECT first, size FROM packs") for n in range(first, first + size)
            ]
            assert numbers == [] or not any(CANARY in tape.part(number) for number in numbers)


@pytest.mark.slow
@pytest.mark.parametrize(
    "argv",
    [("run", "NVDA", "AAPL"), ("run", "NVDA", "--json"), ("config", "show"), ("config", "show", "--json"), ("doctor",)],
    ids=" ".join,
)
def test_a_key_is_nowhere_even_when_the_server_repeats_it(tmp_path: Path, argv: tuple[str, ...]) -> None:
    with ModelServer(echoing) as server:
        yaml_file(tmp_path, server.base_url)
        process = in_a_process(tmp_path, *argv)
        out, err = process.communicate(timeout=120)
        sent = {request.headers["authorization"] for request in server.requests}
    assert process.returncode in (0, 1, 3, 4), err[-2000:]
    assert argv[0] != "run" or sent == {f"Bearer {CANARY}"}
    assert b"DEBUG" in err or argv[0] != "run"
    assert_no_canary(tmp_path, out, err)


@pytest.mark.slow
def test_a_key_is_in_no_exception_and_no_traceback(tmp_path: Path) -> None:
    script = """
import asyncio, logging, sys, traceback
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from pathlib import Path
from langchain_core.messages import HumanMessage
from arena.app import Arena
with Arena.load("arena.yaml") as arena:
    async def ask():
        client = arena._models.client(arena.config.contestants[0])
        try:
            await client.say("trader", [HumanMessage("# Your role: trader")])
        finally:
            await arena._models.aclose()
    try:
        asyncio.run(ask())
    except Exception as error:
        print(repr(error), error.args, vars(error))
        traceback.print_exc()
        captured = traceback.TracebackException.from_exception(error, capture_locals=False)
        print("".join(captured.format()))
    asyncio.run(ask())
"""
    with ModelServer(echoing) as server:
        yaml_file(tmp_path, server.base_url)
        process = in_a_process(tmp_path, script=script)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"401" in out
    assert err.count(b"Traceback (most recent call last)") >= 2
    assert_no_canary(tmp_path, out, err)


@pytest.mark.slow
def test_a_key_that_a_server_repeats_in_a_header_is_not_in_the_log(tmp_path: Path) -> None:
    def handler(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        reply = competent_model(request, headers)
        return Reply(200, {"x-your-key": headers.get("authorization", "")}, reply.body)

    with ModelServer(handler) as server:
        yaml_file(tmp_path, server.base_url)
        out, err = in_a_process(tmp_path, "run", "NVDA").communicate(timeout=120)
    assert_no_canary(tmp_path, out, err)


@pytest.mark.slow
def test_a_key_is_in_nothing_that_a_killed_process_leaves(tmp_path: Path) -> None:
    stuck = threading.Event()

    def handler(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        if "Your role: portfolio manager" in json.dumps(request) and "maker/claude" in str(request["model"]):
            stuck.set()
            return Reply(delay=60, body=completion({"content": "late"}))
        return echoing(request, headers) if "deepseek" in str(request["model"]) else competent_model(request, headers)

    with ModelServer(handler) as server:
        yaml_file(tmp_path, server.base_url)
        process = in_a_process(tmp_path, "run", "NVDA")
        assert stuck.wait(60)
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "home" / "arena.sqlite").exists()
    assert_no_canary(tmp_path, out, err)


# The tape.


@contextmanager
def no_sockets() -> Iterator[None]:
    """Whoever makes a socket that could reach beyond the process fails. An event loop's own pair does not count."""
    real = socket.socket

    class Refused(real):  # type: ignore[misc, valid-type]
        def connect(self, address: Any) -> None:
            raise AssertionError(f"a socket was connected to {address}")

        def connect_ex(self, address: Any) -> int:
            raise AssertionError(f"a socket was connected to {address}")

        def bind(self, address: Any) -> None:
            raise AssertionError(f"a socket was bound to {address}")

    socket.socket = Refused  # type: ignore[misc]
    try:
        yield
    finally:
        socket.socket = real  # type: ignore[misc]


@pytest.mark.slow
def test_a_round_of_fifty_chats_is_replayed_without_a_socket_and_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    troubled = Troubled()
    with ModelServer(troubled) as server:
        config = arena_config(tmp_path, server.base_url)
        result, _ = run(config)
        asked = len(server.requests)
        with no_sockets(), Arena(config, environ={}, clock=AFTER) as arena:
            began = time.perf_counter()
            replayed = arena.replay_round(TICKERS, as_of=DAY)
            took = time.perf_counter() - began
        assert len(server.requests) == asked
    found = sizes(config.home)
    with capsys.disabled():
        print(f"\nreplayed {len(replayed.chats)} chats in {took:.1f} s; {found.told()}")  # noqa: T201
    assert len(replayed.chats) == len(result.chats) == 50
    assert [chat.chat_id for chat in replayed.chats if not chat.equal] == []
    assert replayed.differences == ()
    assert replayed.equal
    assert {chat.outcome.kind for chat in result.chats} == {"decision"}
    assert found.chats == 50
    assert found.tape_a_chat < found.plain_a_chat / 4


def test_no_socket_can_be_connected_where_none_may_be() -> None:
    with no_sockets(), socket.socket() as one, pytest.raises(AssertionError, match="a socket was connected"):
        one.connect(("127.0.0.1", 9))
