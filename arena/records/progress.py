"""What a live view is told while a round runs."""

from typing import Annotated, Protocol

from pydantic import Field

from arena.records.base import Record
from arena.records.chat import Cost, ModelChat
from arena.records.outcome import Outcome


class Saying(Record):
    """What a role says while its answer streams in."""

    speaker: str
    """The role."""
    words: str
    """The last few hundred characters so far, as the model wrote them; of a form only its prose."""


class Progress(Record):
    """Where one desk stands."""

    contestant: str
    ticker: str
    stage: str
    """The role that spoke up last; empty before the first."""
    calls: int
    """Calls that have ended; in the end those that were cut off too."""
    tokens: int | None
    """Tokens told of so far; None while no endpoint told any."""
    cost: Cost
    seconds: Annotated[float, Field(ge=0)]
    """Since the desk was started."""
    said: Saying | None = None
    """What is being said, or was said last; None where answers are not streamed, and at the end."""
    outcome: Outcome | None = None
    """How it ended; None while it runs."""


class Audience(Protocol):
    """Who follows a round. Called on the event loop, so every method returns at once."""

    @property
    def listens(self) -> bool:
        """Whether anybody wants to hear of progress; where nobody does, it may be left untold."""

    def progress(self, progress: Progress) -> None:
        """A desk got somewhere."""

    def chat(self, chat: ModelChat) -> None:
        """A desk is through, decided or not."""


class EmptyHall:
    """The audience where nobody follows."""

    listens = False

    def progress(self, progress: Progress) -> None:
        """Let it pass."""

    def chat(self, chat: ModelChat) -> None:
        """Let it pass."""
