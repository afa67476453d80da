"""Seasons played in processes of their own, which a test may kill."""

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing
from datetime import date
from multiprocessing import forkserver
from pathlib import Path
from typing import NamedTuple, TextIO

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market import calendar
from arena.records.progress import Progress
from arena.records.season import PlayedRound
from arena.store import Store
from tests.arenas import november, rehearsal_arena

# One server imports and makes everything once; what it forks are processes of their own.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.arena.season.warm"])

get_ready = forkserver.ensure_running
"""Begins to import and make everything, beside whatever is done meanwhile."""

LOOK_AGAIN = 0.003
"""Seconds between two looks at how far a process has got."""


class Desk(NamedTuple):
    """A desk of a season."""

    session: str
    ticker: str
    contestant: str


class Season(NamedTuple):
    """A season on the simulated market."""

    styles: tuple[str, ...]
    tickers: tuple[str, ...]
    start: date
    end: date
    desks: int = 100
    """How many run at once."""

    def config(self, home: Path, **limits: int) -> ArenaConfig:
        config = rehearsal_arena(
            home,
            trading={"position_limit": "0.3", "slippage_bps": 5, "commission_bps": 5},
            # A short horizon, so that short seasons have a past to look back on.
            memory={"horizon": 1, "lessons": 2},
            limits={"desks": self.desks, **limits},
        )
        return config.model_copy(update={"contestants": tuple(c for c in config.contestants if c.name in self.styles)})


class Left(NamedTuple):
    """What a process has left in the store, by id."""

    chats: dict[str, Desk]
    research: dict[str, Desk]
    """That is ready for its round."""


class Log:
    """Writes down what a process does, a line each: every role that speaks up at a desk."""

    def __init__(self, file: TextIO, sessions: list[str]) -> None:
        """`sessions` are those still to be played."""
        self._file = file
        self._sessions = sessions
        self._written: set[tuple[str, ...]] = set()

    def on_round(self, _: PlayedRound) -> None:
        self._sessions.pop(0)

    def on_progress(self, progress: Progress) -> None:
        self._write(self._sessions[0], progress)

    def on_research(self, session: date, progress: Progress) -> None:
        self._write(session.isoformat(), progress)

    def on_pick_up(self, sentence: str) -> None:
        self._file.write(f"# {sentence}\n")

    def _write(self, session: str, progress: Progress) -> None:
        line = (session, progress.ticker, progress.contestant, progress.stage or "started")
        if line not in self._written:
            self._written.add(line)
            self._file.write(" ".join(line) + "\n")


def play(home: Path, season: Season, log: Path) -> None:
    """Play the season, or what remains of it."""
    with Store.open(home) as store:
        plan = store.plan("trial")
        over = store.finished_rounds("trial")
    sessions = calendar.sessions_between(season.start, season.end, "XNYS")[len(over) :]
    with (
        Arena(season.config(home), environ={}, clock=november) as arena,
        log.open("a", encoding="utf-8", buffering=1) as file,
    ):
        told = Log(file, [session.isoformat() for session in sessions])
        follower = {
            "on_round": told.on_round,
            "on_progress": told.on_progress,
            "on_research": told.on_research,
            "on_pick_up": told.on_pick_up,
        }
        if plan is None:
            arena.season_run(season.tickers, season.start, season.end, **follower)
        else:
            arena.season_resume(**follower)


def stages_in(log: Path) -> set[tuple[Desk, str]]:
    """The desks a process had at work, each with the roles that spoke up."""
    lines = [line.split() for line in log.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {(Desk(*desk), stage) for *desk, stage in lines}


def picked_up_in(log: Path) -> list[str]:
    """What a process said it picked up."""
    return [line.removeprefix("# ") for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("#")]


def left_in(home: Path) -> Left:
    """What is stored."""
    return Left(
        _stored(home, "SELECT id, session, ticker, contestant FROM chats"),
        _stored(home, "SELECT id, session, ticker, contestant FROM research WHERE aside = ''"),
    )


def killed_at(home: Path, season: Season, log: Path, chats: int, roles: int) -> bool:
    """Play in a process that is killed when so many more roles have spoken up after so many chats were stored.

    False where it ended first.
    """
    # One that is killed at its very start has written nothing.
    log.touch()
    process = _PROCESSES.Process(target=play, args=(home, season, log))
    process.start()
    try:
        while process.is_alive() and _count(home) < chats:
            time.sleep(LOOK_AGAIN)
        enough = _lines(log) + roles
        while process.is_alive() and _lines(log) < enough:
            time.sleep(LOOK_AGAIN)
    finally:
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


def begun(home: Path, season: Season, log: Path) -> multiprocessing.process.BaseProcess:
    """A process of its own that plays to the end."""
    process = _PROCESSES.Process(target=play, args=(home, season, log))
    process.start()
    return process


def played(home: Path, season: Season, log: Path) -> None:
    """Play to the end in a process of its own."""
    ended(begun(home, season, log))


def ended(process: multiprocessing.process.BaseProcess) -> None:
    """Wait for the end of a process that plays."""
    process.join()
    assert process.exitcode == 0


def _count(home: Path) -> int:
    return len(_stored(home, "SELECT id, '', '', '' FROM chats"))


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _stored(home: Path, sql: str) -> dict[str, Desk]:
    file = home / "arena.sqlite"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return {row[0]: Desk(*row[1:]) for row in connection.execute(sql)}
