"""Breaking a season off while it is played, in the process that plays it."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest

from arena.app import Arena


def broken_off(folder: Path, opened: Callable[[Path], Arena], start: date, end: date, *, chats: int) -> Path:
    """The home of a season of NVDA that was broken off when so many chats were stored; its desks run one at a time.

    On a busy machine the desk that follows may end before anybody knows of the one before. Then it is tried again.
    """
    for attempt in range(20):
        home = folder / f"home-{attempt}"
        with opened(home) as arena:
            asyncio.run(_cancelled(arena, start, end, chats))
        if stored(home) == chats:
            return home
    pytest.fail(f"no season stopped at {chats} chats in twenty tries")


async def _cancelled(arena: Arena, start: date, end: date, chats: int) -> None:
    playing = asyncio.create_task(arena.aseason_run(["NVDA"], start, end))
    # A store tells nobody when it is written: at every turn of the event loop it is looked at.
    while stored(arena.config.home) < chats:  # noqa: ASYNC110
        await asyncio.sleep(0)
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing


def stored(home: Path) -> int:
    """How many chats the home holds."""
    file = home / "arena.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        return int(store.execute("SELECT count(*) FROM chats").fetchone()[0])
