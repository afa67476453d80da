"""The way to where desks run: errands go out on it, and what happens at a desk comes back."""

from collections.abc import AsyncGenerator
from typing import Protocol

from arena.remote.errand import Errand
from arena.remote.events import Event
from arena.tape.exchange import Trouble


class Way(Protocol):
    """How errands reach whoever holds desks."""

    @property
    def place(self) -> str:
        """Where that is, as the subject of a sentence."""

    async def open(self) -> None:
        """See to it that errands can be sent. Raises UsageError where they never can."""

    def events(self, errand: Errand) -> AsyncGenerator[Event]:
        """Send an errand and give everything that is told of its desk; closing it calls the desk off.

        Raises ModelError where that breaks off: a DeskLostError where the desk may be run again.
        """

    async def answer(self, errand: Errand, passage: str, trouble: Trouble | None) -> None:
        """Tell the desk of an errand whether a request of it may be sent: where there is no trouble.

        Raises ModelError where it cannot be told.
        """

    async def aclose(self) -> None:
        """Close what the running event loop opened."""

    def close(self) -> None:
        """Give up what was opened for good."""
