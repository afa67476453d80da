"""What `arena serve` does."""

import os
from collections.abc import Sequence

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say
from arena.web.binding import tokens_of
from arena.web.serving import serve


def serve_pages(given: Given, host: str, port: int, *, token_env: Sequence[str], allowed: Sequence[str]) -> None:
    """Serve the pages until interrupted. Raises UsageError and ConfigError."""
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    tokens = tokens_of(token_env, os.environ)
    serve(found.config, host, port, tokens=tokens, allowed=allowed, on_start=_tell)


def _tell(address: str) -> None:
    say(f"the pages are at {address} (Ctrl-C ends)")
