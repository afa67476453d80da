"""`executor: ray`: seasons whose desks run in workers of a real Ray cluster on this machine."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.records.outcome import Abstention, Decision
from arena.records.progress import Progress
from arena.store import Store
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arena.season.comparing import the_same
from tests.arenas import november

pytestmark = [
    pytest.mark.slow,
    # Not by importing it, which is the arena's to do: it sets Ray up before.
    pytest.mark.skipif(find_spec("ray") is None, reason="the extra ray is not installed: pip install -e '.[ray]'"),
]

DELAY = 0.05
FIRST, LAST = date(2025, 10, 13), date(2025, 10, 14)


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(competent_model, delay=DELAY) as running:
        yield running


@pytest.fixture(scope="module")
def settings(model: ModelServer) -> dict[str, Any]:
    return {
        "season": "trial",
        "endpoints": {"e": {"base_url": model.base_url}},
        "contestants": [
            {"name": "momentum", "kind": "rehearsal", "style": "momentum"},
            {"name": "masked", "kind": "rehearsal", "style": "value", "desk": "single", "mask": True, "replicas": 2},
            {"name": "asked", "endpoint": "e", "model": "maker/m", "max_tokens": 1000},
            {"name": "holder", "kind": "baseline", "rule": "buy_and_hold"},
        ],
        "market": {"vendors": ["simulated"]},
        "memory": {"horizon": 1},
        "prices": {"maker/m": {"prompt": 0.1, "completion": 10}},
        "limits": {"ahead": 1, "stream": True, "retry_delay": 0.05, "call_seconds": 20, "desk_seconds": 60},
    }


def arena(home: Path, settings: dict[str, Any], *, workers: int | None = 2, **more: Any) -> Arena:
    """An arena with its desks in workers, or here; all of one process share its cluster."""
    executor = {"executor": {"kind": "ray", "workers": workers}} if workers else {}
    return Arena(ArenaConfig.model_validate({**settings, "home": home, **executor, **more}), environ={}, clock=november)


@pytest.fixture(scope="module")
def whole(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the season, played here."""
    home = tmp_path_factory.mktemp("here")
    with arena(home, settings, workers=None) as here:
        here.season_run(["NVDA", "AAPL"], FIRST, LAST, benchmark="none")
    return home


def workers_at_work(there: Arena) -> list[int]:
    """The processes that hold desks at the moment."""
    posts = there._elsewhere._way._posts
    return [int(re.findall(r"process (\d+)", post.where)[0]) for post in posts if post.desks]


def cost(home: Path) -> Decimal:
    with Store.open_existing(home) as store:
        chats = [store.chat(row.id) for row in store.chat_rows("trial", limit=1000)]
    return sum((chat.cost.known for chat in chats), Decimal(0))


def booked(home: Path) -> Decimal:
    with Store.open_existing(home) as store:
        return store.spent()


def test_a_season_at_workers_is_the_season_here(settings: dict[str, Any], whole: Path, tmp_path: Path) -> None:
    heard: list[Progress] = []
    with arena(tmp_path, settings) as there:
        report = there.season_run(["NVDA", "AAPL"], FIRST, LAST, benchmark="none", on_progress=heard.append)
        assert there.replay_round(["NVDA", "AAPL"], as_of=LAST).equal
        held = [post.where for post in there._elsewhere._way._posts]
        with (
            arena(tmp_path / "other", settings, executor={"kind": "ray", "address": "10.9.8.7:6379"}) as other,
            pytest.raises(UsageError, match=r"this process is connected to the Ray cluster at 127.0.0.1:\d+, and"),
        ):
            other.run(["NVDA"], as_of=FIRST)
        assert not (tmp_path / "other").exists()
    the_same(tmp_path, whole)
    assert booked(tmp_path) == cost(tmp_path) == cost(whole) > 0
    assert (len(set(held)), report.notes) == (2, ())
    assert [played.researched for played in report.rounds][1] > 0
    assert {"market_analyst", "trader", "single_agent"} <= {progress.stage for progress in heard}


def test_a_worker_killed_in_the_middle_changes_nothing_but_the_time(
    settings: dict[str, Any], whole: Path, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.contestant == "asked" and progress.calls == 4 and not killed:
            killed.append(workers_at_work(there)[0])
            os.kill(killed[0], signal.SIGKILL)

    with arena(tmp_path, settings) as there:
        report = there.season_run(["NVDA", "AAPL"], FIRST, LAST, benchmark="none", on_progress=kill)
        assert there.replay_round(["NVDA", "AAPL"], as_of=FIRST).equal
    the_same(tmp_path, whole)
    lost = [note for note in report.notes if f"process {killed[0]} was lost" in note]
    assert lost
    assert all(
        re.search(r"after \d+ calls?; it was run again, and what those cost stays in the books", n) for n in lost
    )
    # No chat counts what the lost go spent; the books do.
    assert cost(tmp_path) == cost(whole)
    assert booked(tmp_path) >= cost(whole)


@pytest.fixture(scope="module")
def limited() -> Iterator[ModelServer]:
    with ModelServer(competent_model, delay=DELAY) as running:
        yield running


@pytest.fixture(scope="module")
def shared(settings: dict[str, Any], limited: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """An arena that keeps its workers for several tests, whose contestants know nothing of each other."""
    endpoints = {**settings["endpoints"], "limited": {"base_url": limited.base_url, "concurrency": 3}}
    rows = [{"name": n, "endpoint": "limited", "model": f"maker/{n}", "concurrency": 2} for n in ("a", "b")]
    more = {"endpoints": endpoints, "contestants": [*settings["contestants"], *rows]}
    with arena(tmp_path_factory.mktemp("shared"), settings, **more) as there:
        yield there


def test_limits_hold_over_all_workers_together(shared: Arena, limited: ModelServer) -> None:
    chats = shared.run(["NVDA", "AAPL"], as_of=FIRST, contestants=["a", "b"]).chats
    assert all(isinstance(chat.outcome, Decision) for chat in chats)
    assert most_at_once(limited) == 3
    assert [most_at_once(limited, f"maker/{name}") for name in ("a", "b")] == [2, 2]


def test_a_desk_whose_workers_are_lost_again_and_again_abstains(shared: Arena) -> None:
    killed: set[int] = set()

    def kill(progress: Progress) -> None:
        if progress.calls >= 3:
            for process in set(workers_at_work(shared)) - killed:
                killed.add(process)
                os.kill(process, signal.SIGKILL)

    result = shared.run(["NVDA"], as_of=FIRST, contestants=["asked"], on_progress=kill)
    (chat,) = result.chats
    assert isinstance(chat.outcome, Abstention)
    assert chat.outcome.reason == "provider_error"
    assert re.fullmatch(r"the worker at .*, process \d+ was lost", chat.outcome.detail)
    assert len(killed) == 3
    assert sum("it was run again" in note for note in result.notes) == 2
    assert result.orders == ()
    # The last go is what is kept.
    assert 3 <= sum(call.status == "ok" for call in chat.calls) < 16
    # And the next time their successors hold it.
    (again,) = shared.run(["NVDA"], as_of=FIRST, contestants=["asked"]).chats
    assert isinstance(again.outcome, Decision)


def most_at_once(server: ModelServer, model: str | None = None) -> int:
    """Requests that were under way at one moment, at most: each is for the server's delay, which is cut a little."""
    began = sorted(request.at for request in server.requests if model in {None, request.body["model"]})
    return max(sum(1 for other in began if other <= at < other + 0.95 * DELAY) for at in began)


def test_the_budget_here_holds_requests_of_all_workers(settings: dict[str, Any], whole: Path, tmp_path: Path) -> None:
    with Store.open_existing(whole) as store:
        rows = store.chat_rows("trial", session=FIRST, contestant="asked")
        full = sum((store.chat(row.id).cost.known for row in rows), Decimal(0))
    # Half of what two desks cost, and room for a request to be reserved beside that.
    cap = full / 2 + Decimal("0.012")
    with arena(tmp_path, settings, budget={"round": str(cap)}) as there:
        chats = there.run(["NVDA", "AAPL"], as_of=FIRST, contestants=["asked"]).chats
    refused = [chat.outcome for chat in chats if isinstance(chat.outcome, Abstention)]
    assert {outcome.reason for outcome in refused} == {"budget"}
    assert "raise budget.round, or lower max_tokens" in refused[0].detail
    assert 0 < booked(tmp_path) <= cap


def test_a_season_that_is_interrupted_leaves_no_cluster_behind_and_is_resumed(
    settings: dict[str, Any], whole: Path, tmp_path: Path
) -> None:
    import yaml

    config = tmp_path / "arena.yaml"
    config.write_text(yaml.safe_dump({**settings, "executor": {"kind": "ray", "workers": 1}}))
    command = [sys.executable, "-c", "from arena.cli import main; main()", "season"]
    given = ["--config", str(config), "--home", str(tmp_path / "home")]
    planned = ["NVDA", "AAPL", "--from", str(FIRST), "--to", str(LAST), "--benchmark", "none"]
    known = folders()
    playing = subprocess.Popen(
        [*command, "run", *planned, *given], cwd=tmp_path, stderr=subprocess.PIPE, start_new_session=True
    )
    until(lambda: list((tmp_path / "home").glob("archive/**/*.json")))
    (mine,) = folders() - known
    # As a terminal sends it: to every process of the group.
    os.killpg(playing.pid, signal.SIGINT)
    _, told = playing.communicate(timeout=60)
    assert playing.returncode == 130
    assert "arena season resume" in told.decode()
    assert not mine.exists()
    until(lambda: not daemons(mine))
    # Where the desks run is no part of a season: the rest of it is played here.
    with arena(tmp_path / "home", settings, workers=None) as here:
        here.season_resume()
    the_same(tmp_path / "home", whole)


def folders() -> set[Path]:
    """Where clusters of arenas keep their files."""
    return set(Path("/tmp").glob("arena-ray-*"))


def daemons(folder: Path) -> list[str]:
    """The processes that were started for a cluster, workers aside, which call themselves otherwise."""
    listed = subprocess.run([shutil.which("ps") or "ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


def until(met: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)
