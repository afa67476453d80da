"""`executor: langgraph`: rounds whose desks run behind a server in another process, over its real API."""

import os
import signal
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.outcome import Abstention, Decision
from arena.records.progress import Progress
from arena.records.standing import RoundResult
from arena.store import Store
from arena.tape.comparing import chat_differences
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arena.studio.server import GraphServer, graph_server

pytest.importorskip("langgraph_api", reason="the extra studio is not installed: pip install -e '.[studio]'")

pytestmark = pytest.mark.slow

REHEARSED = [{"name": style, "kind": "rehearsal", "style": style} for style in ("momentum", "value")]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(competent_model, delay=0.05) as running:
        yield running


@pytest.fixture(scope="module")
def settings(model: ModelServer) -> dict[str, Any]:
    return {
        "season": "trial",
        "as_of": "2025-10-14",
        "endpoints": {"e": {"base_url": model.base_url}},
        "contestants": [*REHEARSED, {"name": "asked", "endpoint": "e", "model": "maker/m", "max_tokens": 1000}],
        "market": {"vendors": ["simulated"]},
        "prices": {"maker/m": {"prompt": 0.1, "completion": 10}},
        "limits": {"retry_delay": 0.05, "call_seconds": 20, "desk_seconds": 60},
    }


@pytest.fixture(scope="module")
def server(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphServer]:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "arena.yaml").write_text(yaml.safe_dump(settings))
    with graph_server(folder) as running:
        yield running
        assert running.blocking() == []


def arena(home: Path, settings: dict[str, Any], server: GraphServer | None = None, **more: Any) -> Arena:
    executor = {"executor": {"kind": "langgraph", "url": server.url}} if server else {}
    return Arena(ArenaConfig.model_validate({**settings, "home": home, **executor, **more}), environ={})


def test_a_round_elsewhere_is_the_round_here(settings: dict[str, Any], server: GraphServer, tmp_path: Path) -> None:
    heard: list[int] = []
    with arena(tmp_path / "here", settings) as here, arena(tmp_path / "there", settings, server) as there:
        mine = here.run(["NVDA", "AAPL"])
        theirs = there.run(["NVDA", "AAPL"], on_progress=lambda progress: heard.append(progress.calls))
        assert [chat_differences(*both) for both in zip(mine.chats, theirs.chats, strict=True)] == [()] * 6
        assert [row.equity for row in theirs.standings.rows] == [row.equity for row in mine.standings.rows]
        assert theirs.round.config_hash == mine.round.config_hash
        assert there.replay_round(["NVDA", "AAPL"]).equal
    assert len(heard) > 6 * 16
    assert booked(tmp_path / "here") == booked(tmp_path / "there") == cost(theirs) > 0
    # Books are kept where the arena is, and nowhere else.
    assert not list((server.log.parent / "arena-data").glob("*.sqlite"))


def test_the_budget_here_holds_requests_there(settings: dict[str, Any], server: GraphServer, tmp_path: Path) -> None:
    def asked(home: str, cap: str) -> RoundResult:
        budget = {"budget": {"round": cap}}
        with arena(tmp_path / home, settings, server, **budget) as there:
            return there.run(["NVDA"], contestants=["asked"])

    (whole,) = asked("enough", "10").chats
    assert isinstance(whole.outcome, Decision)
    # Half of what it cost, and room for a request to be reserved beside that.
    half = whole.cost.known / 2 + Decimal("0.012")
    short = asked("short", str(half))
    (ended,) = short.chats
    assert isinstance(ended.outcome, Abstention)
    assert ended.outcome.reason == "budget"
    assert "raise budget.round, or lower max_tokens" in ended.outcome.detail
    assert 0 < cost(short) == booked(tmp_path / "short") <= half


def test_a_server_that_is_killed_is_an_abstention_of_every_desk_it_held(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "arena.yaml").write_text(yaml.safe_dump(settings))
    with graph_server(folder) as doomed, arena(tmp_path / "here", settings, doomed) as there:

        def kill(progress: Progress) -> None:
            if progress.contestant == "asked" and progress.calls == 3:
                os.kill(doomed.process.pid, signal.SIGKILL)

        (chat,) = there.run(["NVDA"], contestants=["asked"], on_progress=kill).chats
        assert there.board().rows[0].trades == 0
    assert isinstance(chat.outcome, Abstention)
    assert chat.outcome.reason == "provider_error"
    assert chat.outcome.detail.startswith(f"the LangGraph server at {doomed.url} cannot be reached, or failed: ")
    assert len([call for call in chat.calls if call.status == "ok"]) >= 3
    assert chat.stages.trader is None


def cost(result: RoundResult) -> Decimal:
    return sum((chat.cost.known for chat in result.chats), Decimal(0))


def booked(home: Path) -> Decimal:
    """What the arena's own books say was spent."""
    with Store.open_existing(home) as store:
        return store.spent()


def test_research_that_runs_ahead_runs_there_too(settings: dict[str, Any], server: GraphServer, tmp_path: Path) -> None:
    ahead = {"memory": {"horizon": 1}, "as_of": None}
    known = {**settings, "limits": {**settings["limits"], "ahead": 1}}
    chats = []
    for home, there in (("here", None), ("there", server)):
        with arena(tmp_path / home, known, there, **ahead) as one:
            report = one.season_run(["NVDA"], date(2025, 10, 13), date(2025, 10, 14), benchmark="none")
            assert [played.researched for played in report.rounds] == [0, 3]
            told = [one.chat(row.id) for row in one.chats(season="trial")]
            chats.append(sorted(told, key=lambda chat: (chat.session, chat.contestant)))
    assert [chat_differences(*both) for both in zip(*chats, strict=True)] == [()] * 6
    assert all(chat.stages.reflection is not None for chat in chats[1][3:])
    assert booked(tmp_path / "here") == booked(tmp_path / "there") > 0
