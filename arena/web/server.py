"""The server under `arena serve`: uvicorn, which ends the streams of news when it is told to end."""

import gc
import sys
from datetime import date
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from arena.web.live import Newsroom

_TURN = 0.0005
"""Seconds after which a thread that works out something long lets another one have its turn; Python's own are 5 ms,
and a page waits as long after every statement that SQLite runs for it."""


def settle_in() -> None:
    """Make this process one that serves pages, whatever is worked out beside.

    The calendar is made before a page needs it. What is there by now is taken out of what Python searches for garbage:
    going through it, every now and then, would hold a page up for a tenth of a second.
    """
    from arena.market import calendar  # noqa: PLC0415  brings pandas

    calendar.is_session(date(2025, 1, 2))
    sys.setswitchinterval(_TURN)
    gc.collect()
    gc.freeze()


class PagesServer(uvicorn.Server):
    """Serves one application on sockets that are bound already."""

    def __init__(self, app: ASGIApp, newsroom: Newsroom) -> None:
        # No access log: it would hold a token that stands in an address.
        settings = uvicorn.Config(
            app, timeout_graceful_shutdown=3, log_level="warning", access_log=False, server_header=False
        )
        super().__init__(settings)
        self._newsroom = newsroom

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let open pages go, which would otherwise be waited for."""
        self._newsroom.close()
        super().handle_exit(sig, frame)
