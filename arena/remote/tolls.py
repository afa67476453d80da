"""The toll over the wire: a request that leaves from elsewhere passes the budget here.

Where a budget is set, the one who holds the desk tells that a request wants to pass, and waits for the answer. Where
none is set it does not wait, and what the request cost is booked here when it is told.
"""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from itertools import count
from types import TracebackType
from typing import Self

from arena.errors import ModelError
from arena.llm.toll import Passage, Toll
from arena.remote.events import Admitting, Event, Released, Settled
from arena.tape.exchange import Trouble

Asking = Callable[[str], Awaitable[Trouble | None]]
"""Waits for the answer to a passage, where the desk runs; without a trouble the request may be sent."""


class DistantToll:
    """The toll where the desk runs. See `arena.llm.toll.Toll` for the contract."""

    def __init__(self, tell: Callable[[Event], None], asking: Asking | None) -> None:
        """`asking` is None where requests pass at once."""
        self._tell = tell
        self._asking = asking
        self._numbers = count(1)

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Ask for leave to send a request, and wait for it. Raises ModelError where it is refused."""
        passage = str(next(self._numbers))
        self._tell(Admitting(passage=passage, model=model, prompt_bytes=prompt_bytes, max_tokens=max_tokens))
        leave = _DistantPassage(passage, self._tell)
        try:
            trouble = await self._asking(passage) if self._asking is not None else None
        except asyncio.CancelledError:
            # Nothing is sent, so nothing is spent: a call whose time is up waits no longer.
            leave.release()
            raise
        if trouble is not None:
            raise trouble.error()
        return leave


class _DistantPassage:
    """Leave to send one request from elsewhere."""

    def __init__(self, passage: str, tell: Callable[[Event], None]) -> None:
        self._passage = passage
        self._tell = tell

    def settle(self, cost: Decimal | None) -> None:
        """Tell what it cost."""
        self._tell(Settled(passage=self._passage, cost=cost))

    def release(self) -> None:
        """Tell that it cannot have cost anything."""
        self._tell(Released(passage=self._passage))


Answering = Callable[[str, Trouble | None], Awaitable[None]]
"""Leaves an answer, by its passage, where the desk runs; without a trouble the request may be sent."""


class TollKeeper:
    """The toll here, for the requests of one errand: a context manager around its stream.

    A request that was let pass and never told of again is settled as unknown when that ends, which counts as the most
    it could cost. Requests wait beside each other, since the stream tells what gives one of them room.
    """

    def __init__(self, toll: Toll, answer: Answering | None) -> None:
        """`answer` is None where nobody waits for one."""
        self._toll = toll
        self._answer = answer
        self._open: dict[str, _Request] = {}
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for request in self._open.values():
            request.settle(None)
        try:
            await self._tasks.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    def hear(self, event: Event) -> None:
        """Take one event; those that are of no request are let pass."""
        match event:
            case Admitting():
                request = self._open[event.passage] = _Request(waits=self._answer is not None)
                request.task = self._tasks.create_task(self._admit(event, request))
            case Settled():
                self._open.pop(event.passage).settle(event.cost)
            case Released():
                self._open.pop(event.passage).release()

    async def _admit(self, asked: Admitting, request: "_Request") -> None:
        trouble = None
        try:
            request.let_pass(await self._toll.admit(asked.model, asked.prompt_bytes, asked.max_tokens))
        except ModelError as refusal:
            trouble = Trouble.of(refusal)
        if self._answer is not None:
            await self._answer(asked.passage, trouble)


class _Request:
    """One request on its way past the toll. What becomes of it may be told before it is known to have passed."""

    def __init__(self, *, waits: bool) -> None:
        """`waits` says whether it is sent only once it has passed."""
        self.task: asyncio.Task[None] | None = None
        self._waits = waits
        self._passage: Passage | None = None
        self._closing: Callable[[Passage], None] | None = None

    def let_pass(self, passage: Passage) -> None:
        """It has passed."""
        self._passage = passage
        if self._closing is not None:
            self._closing(passage)

    def settle(self, cost: Decimal | None) -> None:
        """It cost this; None for nobody knows."""
        self._close(lambda passage: passage.settle(cost))

    def release(self) -> None:
        """It cannot have cost anything."""
        self._close(lambda passage: passage.release())

    def _close(self, closing: Callable[[Passage], None]) -> None:
        if self._passage is not None:
            closing(self._passage)
        elif not self._waits:
            self._closing = closing
        elif self.task is not None:
            # It was never sent, and need not wait any longer.
            self.task.cancel()
