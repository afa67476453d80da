"""The count of a key's requests: by day, by key, and for all threads and processes at once."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arena.errors import VendorError
from arena.market.allowance import Allowance, SpentError

KEY = "SECRETKEY123456"
PROJECT = Path(__file__).resolve().parents[3]
NOON = datetime(2025, 10, 14, 16, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets, and that sleeping moves on."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def allowance(folder: Path | None, clock: Clock, limit: int | None = 3, key: str = KEY) -> Allowance:
    return Allowance(key, limit, folder, clock, clock.sleep)


@pytest.mark.parametrize("kept", [True, False], ids=["in a file", "in memory"])
def test_a_days_requests_end_and_the_next_day_has_its_own(tmp_path: Path, kept: bool) -> None:
    clock = Clock()
    ours = allowance(tmp_path if kept else None, clock)
    for _ in range(3):
        ours.spend(patience=5)
    with pytest.raises(SpentError, match="3 requests of 2025-10-14 are spent; it was not asked: wait for tomorrow"):
        ours.spend(patience=5)
    clock.now = datetime(2025, 10, 15, 3, 59, tzinfo=UTC)  # 23:59 in New York
    with pytest.raises(SpentError):
        ours.spend(patience=5)
    clock.now = datetime(2025, 10, 15, 4, 0, tzinfo=UTC)
    ours.spend(patience=5)


def test_requests_start_a_second_apart(tmp_path: Path) -> None:
    clock = Clock()
    ours = allowance(tmp_path, clock, limit=25)
    ours.spend(patience=5)
    ours.spend(patience=5)
    clock.now += timedelta(seconds=0.25)
    ours.spend(patience=5)
    clock.now += timedelta(seconds=3)
    ours.spend(patience=5)
    assert clock.slept == pytest.approx([1.0, 0.75])


def test_a_turn_that_comes_too_late_is_refused_and_not_counted(tmp_path: Path) -> None:
    clock = Clock()
    ours = Allowance(KEY, 10, tmp_path, clock, lambda seconds: None)  # the clock stands still, so turns queue up
    for _ in range(3):
        ours.spend(patience=5)
    with pytest.raises(VendorError, match="one request a second and 3 are waiting; it was not asked") as caught:
        ours.spend(patience=2)
    assert not isinstance(caught.value, SpentError)
    assert kept_in(tmp_path)["requests"] == 3


def test_a_clock_that_was_set_back_stops_nobody(tmp_path: Path) -> None:
    clock = Clock(NOON + timedelta(hours=2))
    allowance(tmp_path, clock).spend(patience=5)
    clock.now = NOON
    allowance(tmp_path, clock).spend(patience=5)
    assert clock.slept == []


def test_what_is_given_back_can_be_spent_again_and_exhausting_spends_all(tmp_path: Path) -> None:
    clock = Clock()
    ours = allowance(tmp_path, clock, limit=1)
    ours.give_back()
    ours.spend(patience=5)
    ours.give_back()
    ours.spend(patience=5)
    clock.now += timedelta(days=1)
    ours.exhaust()
    with pytest.raises(SpentError):
        ours.spend(patience=5)


def test_keys_are_counted_apart_and_stand_nowhere(tmp_path: Path) -> None:
    clock = Clock()
    allowance(tmp_path, clock, limit=1).spend(patience=5)
    allowance(tmp_path, clock, limit=1, key="ANOTHERKEY123456").spend(patience=5)
    assert len(list(tmp_path.glob("*.json"))) == 2
    for path in tmp_path.iterdir():
        assert KEY not in path.name
        assert KEY not in path.read_text()


def test_no_limit_keeps_no_file(tmp_path: Path) -> None:
    clock = Clock()
    unlimited = allowance(tmp_path / "never", clock, limit=None)
    for _ in range(100):
        unlimited.spend(patience=0)
    unlimited.exhaust()
    unlimited.give_back()
    assert (clock.slept, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[]",
        '{"day": "2025-10-14", "requests": 1e999, "turn": 0}',
        '{"day": "2025-10-14"}',
        '{"day": 1, "requests": "x", "turn": 0}',
    ],
)
def test_a_damaged_count_is_an_error_that_says_what_to_do(tmp_path: Path, damaged: str) -> None:
    clock = Clock()
    allowance(tmp_path, clock).spend(patience=5)
    (path,) = tmp_path.glob("*.json")
    path.write_text(damaged)
    with pytest.raises(VendorError, match=r"alpha_vantage_requests_\w+\.json.* is damaged; delete it"):
        allowance(tmp_path, clock).spend(patience=5)
    path.unlink()
    allowance(tmp_path, clock).spend(patience=5)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VendorError, match=r"cannot be kept: (Not a directory|File exists)"):
        allowance(tmp_path / "file", Clock()).spend(patience=5)


def test_threads_share_one_count_and_one_spacing(tmp_path: Path) -> None:
    turns: list[float] = []

    def spend(_: int) -> bool:
        try:
            Allowance(KEY, 10, tmp_path, lambda: NOON, turns.append).spend(patience=60)
        except SpentError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        spent = list(threads.map(spend, range(24)))
    assert sum(spent) == 10
    assert sorted(turns) == [float(second) for second in range(1, 10)]


SPEND_ALL = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from arena.market.allowance import Allowance, SpentError

waits, spent = [], 0
ours = Allowance(sys.argv[1], 10, Path(sys.argv[2]), lambda: datetime(2025, 10, 14, 16, tzinfo=UTC), waits.append)
sys.stdin.readline()  # both begin at once
try:
    while spent < 100:
        ours.spend(patience=60)
        spent += 1
except SpentError:
    print(json.dumps([spent, waits]))
"""


def test_two_processes_share_one_count_and_one_spacing(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SPEND_ALL, KEY, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(spent for spent, _ in told) == 10
    assert sorted(wait for _, waits in told for wait in waits) == [float(wait) for wait in range(1, 10)]
    assert kept_in(tmp_path)["requests"] == 10


def kept_in(folder: Path) -> Any:
    (path,) = folder.glob("*.json")
    return json.loads(path.read_text())
