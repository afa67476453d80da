"""Breaking a season off while it is played, in the process that plays it."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from arena.app import Arena


async def broken_off(arena: Arena, start: date, end: date, *, chats: int) -> None:
    """Cancel a season of NVDA as soon as so many chats are stored; its desks run one at a time.

    Looked for at every turn of the event loop, of which the desk that follows takes hundreds.
    """
    playing = asyncio.create_task(arena.aseason_run(["NVDA"], start, end))
    while stored(arena.config.home) < chats:
        await asyncio.sleep(0)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing


def stored(home: Path) -> int:
    """How many chats the home holds."""
    file = home / "arena.sqlite"
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as store:
        return int(store.execute("SELECT count(*) FROM chats").fetchone()[0])
