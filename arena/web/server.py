"""The server under `arena serve`: uvicorn, which ends the streams of news when it is told to end."""

from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from arena.web.live import Newsroom


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
