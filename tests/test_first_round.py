"""Real input over the real client: recorded prices, five endpoints on loopback, the whole arena."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from arena.app import Arena
from arena.market.files import FilesVendor
from arena.records.market import SECTIONS
from arena.records.outcome import Abstention, Decision
from arena.store import Store
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arenas import KEYS, NAMES, november, recorded_arena

pytestmark = pytest.mark.real_data

OCTOBER_14 = date(2025, 10, 14)
OPENS_OCTOBER_15 = {"NVDA": Decimal("184.80"), "AAPL": Decimal("249.4850")}


class CountingFiles:
    """The files vendor, counting how often it is asked for what."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        self._files = FilesVendor(folder)
        self.asked: Counter[tuple[str, str]] = Counter()

    def __getattr__(self, section: str) -> Any:
        def ask(about: Any, *window: Any) -> Any:
            self.asked[section, about if isinstance(about, str) else "all"] += 1
            return getattr(self._files, section)(about, *window)

        return ask


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(competent_model) as running:
        yield running


@pytest.fixture
def prices(recorded: Path) -> Path:
    return recorded / "ai-trader-2025-10"


def test_ten_model_chats_on_two_tickers_with_every_stage_filled(
    server: ModelServer, prices: Path, tmp_path: Path
) -> None:
    vendor = CountingFiles(prices)
    config = recorded_arena(tmp_path / "home", prices, dict.fromkeys(NAMES, server.base_url))
    with Arena(config, environ=KEYS, vendors=[vendor], clock=november) as arena:
        result = arena.run(["NVDA", "AAPL"], as_of=OCTOBER_14)

    assert [(chat.ticker, chat.contestant) for chat in result.chats] == [
        (t, n) for t in ("AAPL", "NVDA") for n in NAMES
    ]
    for chat in result.chats:
        assert isinstance(chat.outcome, Decision), chat.errors
        stages = chat.stages
        assert all((stages.market, stages.news, stages.fundamentals, stages.social, stages.research, stages.trader))
        assert stages.market is not None
        assert stages.market.tool_uses
        assert stages.market.report.key_points
        assert stages.research is not None
        assert [turn.speaker for turn in stages.research.turns] == ["bull", "bear"]
        assert stages.research.verdict is not None
        assert stages.risk is not None
        assert [turn.speaker for turn in stages.risk.turns] == ["aggressive", "conservative", "neutral"]
        assert all(call.cost is not None and call.tokens.prompt and call.provider for call in chat.calls)
    assert len({(chat.ticker, chat.snapshot_hash) for chat in result.chats}) == 2
    sections = set(SECTIONS) - {"indicators", "market_news"}
    about_tickers = {(section, ticker) for section in sections for ticker in ("AAPL", "NVDA")}
    assert vendor.asked == dict.fromkeys(about_tickers | {("market_news", "all")}, 1)


def test_orders_fill_at_the_next_sessions_recorded_open_to_the_cent(
    server: ModelServer, prices: Path, tmp_path: Path
) -> None:
    config = recorded_arena(tmp_path / "home", prices, dict.fromkeys(NAMES, server.base_url))
    with Arena(config, environ=KEYS, clock=november) as arena:
        result = arena.run(["NVDA", "AAPL"], as_of=OCTOBER_14)
        buys = {(c.ticker, c.contestant): c.outcome for c in result.chats if c.outcome.kind == "decision"}
        standings = {row.contestant: row for row in result.standings.rows}

    assert result.fills
    for fill in result.fills:
        assert fill.session == date(2025, 10, 15)
        assert fill.price == OPENS_OCTOBER_15[fill.ticker]
        assert buys[fill.ticker, fill.contestant].action == "BUY"
    for name, row in standings.items():
        spent = sum((fill.shares * fill.price for fill in result.fills if fill.contestant == name), Decimal(0))
        assert row.cash == 10_000 - spent
        assert row.equity == row.cash + sum((position.value for position in row.positions), Decimal(0))
        assert row.coverage == 1.0


def test_the_archive_equals_the_store_and_the_key_is_nowhere(server: ModelServer, prices: Path, tmp_path: Path) -> None:
    config = recorded_arena(tmp_path / "home", prices, dict.fromkeys(NAMES, server.base_url))
    with Arena(config, environ=KEYS, clock=november) as arena:
        result = arena.run(["NVDA"], as_of=OCTOBER_14)

    with Store.open_existing(config.home) as store:
        assert store.verify_archive() == ()
        assert [store.chat(chat.id) for chat in result.chats] == list(result.chats)
    archived = sorted((config.home / "archive").rglob("*.json"))
    assert len(archived) == 5
    assert {json.loads(file.read_text())["id"] for file in archived} == {chat.id for chat in result.chats}
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer sk-canary-0123456789"}
    assert all(b"canary" not in file.read_bytes() for file in config.home.rglob("*") if file.is_file())


def test_a_second_run_plays_on_and_changes_no_book(server: ModelServer, prices: Path, tmp_path: Path) -> None:
    config = recorded_arena(tmp_path / "home", prices, dict.fromkeys(NAMES, server.base_url))
    with Arena(config, environ=KEYS, clock=november) as arena:
        first = arena.run(["NVDA"], as_of=OCTOBER_14)
        asked = len(server.requests)
        second = arena.run(["NVDA"], as_of=OCTOBER_14)

    assert len(server.requests) == asked
    assert sorted(second.replayed) == sorted(chat.id for chat in first.chats)
    assert (second.chats, second.fills, second.standings) == (first.chats, first.fills, first.standings)


@pytest.mark.slow
def test_one_endpoint_that_fails_and_one_that_hangs_cost_two_desks_and_no_more(
    server: ModelServer, prices: Path, tmp_path: Path
) -> None:
    with ModelServer(_broken) as broken, ModelServer(_silent) as silent:
        endpoints = dict.fromkeys(NAMES, server.base_url) | {"gpt": broken.base_url, "qwen": silent.base_url}
        config = recorded_arena(tmp_path / "home", prices, endpoints, call_seconds=4, desk_seconds=8)
        with Arena(config, environ=KEYS, clock=november) as arena:
            began = monotonic()
            result = arena.run(["NVDA"], as_of=OCTOBER_14)
            took = monotonic() - began

    outcomes = {chat.contestant: chat.outcome for chat in result.chats}
    assert [name for name, outcome in outcomes.items() if isinstance(outcome, Decision)] == [
        "claude",
        "deepseek",
        "gemini",
    ]
    assert isinstance(outcomes["gpt"], Abstention)
    assert outcomes["gpt"].reason == "provider_error"
    assert isinstance(outcomes["qwen"], Abstention)
    assert outcomes["qwen"].reason == "timeout"
    assert took < 8 + 1.5
    assert result.consensus[0].abstentions == {"gpt": "provider_error", "qwen": "timeout"}
    assert sum(result.consensus[0].votes.values()) == 3
    standing = {row.contestant: row for row in result.standings.rows}
    assert (standing["gpt"].coverage, standing["gpt"].equity, standing["gpt"].trades) == (0.0, 10_000, 0)
    assert {fill.contestant for fill in result.fills} <= {"claude", "deepseek", "gemini"}
    assert all(call.status in {"failed", "cancelled"} for chat in result.chats[3:] for call in chat.calls)


def _broken(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    return Reply(status=500, body={"error": {"code": 500, "message": "Internal Server Error"}})


def _silent(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    return Reply(delay=60)
