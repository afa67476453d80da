"""What every sink is: it is handed deliveries of its own, one kind at a time, and says what became of them.

A sink never sleeps and never tries again: the outbox keeps the order and the waits.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from arena.messages import Page
from arena.records.outbox import OutboxRow
from arena.store import Store


class Sent(NamedTuple):
    """The sink has taken it."""

    number: int | None = None
    """How many deliveries, the first ones, where it has not taken all; at least one."""


class Later(NamedTuple):
    """Not now: it may be taken later."""

    why: str
    seconds: float | None = None
    """How long the server asks to be left alone; None where it does not say."""


class Refused(NamedTuple):
    """Not this, however often it is sent."""

    why: str
    remedy: str
    """What a person can do about it."""
    whole: bool = False
    """Whether the sink would refuse everything else as well, as with a bad token."""

    def __str__(self) -> str:
        return f"{self.why}; {self.remedy}"


Answer = Sent | Later | Refused

ONE_MESSAGE = "`arena outbox retry` tries it again, `arena outbox drop` gives it up"
"""What to do about a refusal that is about one delivery only."""


class Messenger(Protocol):
    """A service that brings messages to people."""

    async def say(self, page: Page) -> Answer:
        """Send a message, or a part of one, that is within the service's limits."""

    async def look(self) -> Answer:
        """As a sink's."""


class Sink(Protocol):
    """A place outside."""

    name: str
    """The name its deliveries are queued under."""
    most: int
    """How many deliveries of one kind it takes at once."""
    heeds_quiet: bool
    """Whether it leaves people alone in their quiet hours."""

    async def send(self, rows: Sequence[OutboxRow], store: Store) -> Answer:
        """Send deliveries of one kind, in order. An outage is a `Later`, never an exception; no key is in any answer.

        `store` has the records that deliveries name by their keys.
        """

    async def look(self) -> Answer:
        """Whether it would take anything, as far as that can be seen without writing: `Sent` where it would."""


class Mailbox:
    """The sink in front of a messenger: a message at a time, and none while people sleep."""

    most = 1
    heeds_quiet = True

    def __init__(self, name: str, messenger: Messenger) -> None:
        self.name = name
        self._messenger = messenger

    async def send(self, rows: Sequence[OutboxRow], store: Store) -> Answer:  # noqa: ARG002 -- a message is whole
        """Send one part of a message."""
        (row,) = rows
        return await self._messenger.say(Page.model_validate(row.body))

    async def look(self) -> Answer:
        """Whether the messenger would take anything."""
        return await self._messenger.look()
