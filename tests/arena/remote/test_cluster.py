"""What is told of a cluster that cannot be used, and what is left of one that was killed, without starting any."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.remote import cluster
from arena.remote.worker import Running
from arena.remote.workers import _of_workers, _Post


def test_an_address_where_nothing_answers_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(UsageError, match=f"no Ray cluster can be joined at {address} .*: nothing answers there"):
        cluster._refuse_silence(address)


def test_what_a_killed_process_left_is_swept_away_and_nothing_else(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive, other = (f"arena-ray-{name}" for name in (f"{ended.pid}-a", f"{os.getpid()}-b", "of-somebody"))
    for name in (dead, alive, other):
        (tmp_path / name / "session").mkdir(parents=True)
    cluster._sweep(tmp_path)
    assert {folder.name for folder in tmp_path.iterdir()} == {alive, other}


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (Running("node b, process 7", "c", "p"), ""),
        (
            Running("node b, process 7", "x", "y"),
            "the worker at node b, process 7 has other code and prompts than this arena: install the same version on "
            "every node of the Ray cluster",
        ),
    ],
)
def test_a_worker_that_runs_something_else_holds_no_desk(there, told):
    worker = SimpleNamespace(running=SimpleNamespace(remote=lambda: None))
    post = _Post(worker, Running("here", "c", "p"))
    post._hear(there)
    assert (post.failure, post._is_ready) == (told, not told)


def test_workers_know_no_limits_but_all_else(tmp_path):
    config = ArenaConfig.model_validate(
        {
            "home": tmp_path / "home",
            "endpoints": {"e": {"base_url": "http://a", "concurrency": 3, "requests_per_minute": 60}},
            "contestants": [{"name": "m", "endpoint": "e", "model": "maker/m", "concurrency": 2, "replicas": 2}],
            "executor": {"kind": "ray"},
        }
    )
    theirs = _of_workers(config)
    assert (theirs.endpoints["e"].concurrency, theirs.endpoints["e"].requests_per_minute) == (None, None)
    assert {player.concurrency for player in theirs.with_desks} == {None}
    assert theirs.executor.kind == "local"
    assert [player.name for player in theirs.with_desks] == ["m~1", "m~2"]
    assert ArenaConfig.model_validate_json(theirs.model_dump_json()) == theirs
