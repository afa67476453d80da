"""Who follows a season while it is played."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from arena.records.chat import ModelChat
from arena.records.progress import Progress
from arena.records.season import PlayedRound


class Follower(NamedTuple):
    """Who is told how a season goes on. All are called on the event loop and must neither block nor raise."""

    on_pick_up: Callable[[str], None] | None = None
    """At the beginning, of what earlier runs had left: a sentence each."""
    on_round: Callable[[PlayedRound], None] | None = None
    """When a round is over."""
    on_progress: Callable[[Progress], None] | None = None
    """Whenever a desk gets somewhere."""
    on_research: Callable[[date, Progress], None] | None = None
    """Whenever the research of a later round, of that session, gets somewhere."""


class ResearchHall:
    """The audience of research that is run ahead."""

    def __init__(self, session: date, on_research: Callable[[date, Progress], None] | None) -> None:
        self._session = session
        self._on_research = on_research

    @property
    def listens(self) -> bool:
        """Whether it has anybody to pass progress on to."""
        return self._on_research is not None

    def progress(self, progress: Progress) -> None:
        """Pass it on with its session."""
        if self._on_research is not None:
            self._on_research(self._session, progress)

    def chat(self, chat: ModelChat) -> None:
        """There is none before the round."""
