"""Seasons played in processes of their own, which a test may kill."""

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.progress import Progress
from arena.records.season import PlayedRound
from arena.store import Store
from tests.arenas import Clock, rehearsal_arena

# One server imports everything once; what it forks are processes of their own.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.arena.season.player"])

Desk = tuple[date, str, str]
"""A session, a ticker and a contestant."""


class Season(NamedTuple):
    """A season on the simulated market."""

    styles: tuple[str, ...]
    tickers: tuple[str, ...]
    start: date
    end: date

    def config(self, home: Path) -> ArenaConfig:
        trading = {"position_limit": "0.3", "slippage_bps": 5, "commission_bps": 5}
        # A short horizon, so that short seasons have a past to look back on.
        config = rehearsal_arena(home, trading=trading, memory={"horizon": 1, "lessons": 2})
        return config.model_copy(update={"contestants": tuple(c for c in config.contestants if c.name in self.styles)})


def play(home: Path, season: Season, log: Path) -> None:
    """Play the season, or what remains of it, and write down each desk that is started."""
    with Store.open(home) as store:
        plan = store.plan("trial")
        over = store.finished_rounds("trial")
    begun = [len(over)]
    with (
        Arena(season.config(home), environ={}, clock=Clock("2025-11-20T12:00:00")) as arena,
        log.open("a", encoding="utf-8", buffering=1) as lines,
    ):
        started: set[Desk] = set()

        def on_progress(progress: Progress) -> None:
            desk = (begun[0], progress.ticker, progress.contestant)
            if desk not in started:
                started.add(desk)
                lines.write(" ".join(map(str, desk)) + "\n")

        def on_round(played: PlayedRound) -> None:
            begun[0] += 1

        if plan is None:
            arena.season_run(season.tickers, season.start, season.end, on_round=on_round, on_progress=on_progress)
        else:
            arena.season_resume(on_round=on_round, on_progress=on_progress)


def started_in(log: Path) -> set[tuple[int, str, str]]:
    """The desks a process started, with the place of their round."""
    words = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    return {(int(place), ticker, contestant) for place, ticker, contestant in words}


def chats_in(home: Path) -> dict[str, Desk]:
    """The desks whose chats are stored, by the chat's id."""
    file = home / "arena.sqlite"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT id, session, ticker, contestant FROM chats").fetchall()
    return {row[0]: (date.fromisoformat(row[1]), row[2], row[3]) for row in rows}


def killed_at(home: Path, season: Season, log: Path, chats: int, delay: float) -> bool:
    """Play in a process that is killed so many seconds after so many chats are stored; False where it ended first."""
    process = _PROCESSES.Process(target=play, args=(home, season, log))
    process.start()
    try:
        while process.is_alive() and len(chats_in(home)) < chats:
            time.sleep(0.01)
        process.join(delay)
    finally:
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def played(home: Path, season: Season, log: Path) -> None:
    """Play to the end in a process of its own."""
    process = _PROCESSES.Process(target=play, args=(home, season, log))
    process.start()
    process.join()
    assert process.exitcode == 0
