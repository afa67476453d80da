"""The research of later rounds, kept going beside the round that is played."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from datetime import date
from typing import Any


class RunningAhead:
    """Research of so many rounds ahead, a task for each session."""

    def __init__(self, rounds: int, research: Callable[[date], Coroutine[Any, Any, str]]) -> None:
        """`research` does that of one session's round; it returns a sentence where there is something to say."""
        self._rounds = rounds
        self._research = research
        # Begun from within a desk of the round, a task would take itself for a part of it.
        self._context = copy_context()
        self._begun: set[date] = set()
        self._tasks: dict[date, asyncio.Task[str]] = {}
        """Of those that nobody has waited for to their end."""

    def begin(self, sessions: Sequence[date]) -> None:
        """See to it that the research of the next of these sessions is under way."""
        for session in sessions[: self._rounds]:
            if session not in self._begun:
                self._begun.add(session)
                self._tasks[session] = asyncio.create_task(self._research(session), context=self._context.copy())

    async def through(self, session: date) -> str:
        """Wait until the research of a session that was begun is done. Raises what ended it."""
        if session not in self._tasks:
            return ""
        told = await self._tasks[session]
        # A season has thousands of rounds. One that was ended by an error or called off stays until all is stopped.
        del self._tasks[session]
        return told

    async def stop(self) -> None:
        """Break off what is under way; what is done is kept, and whoever goes on finds it."""
        for task in self._tasks.values():
            task.cancel()
        # What ended one of them is the round's to meet, which now nobody plays.
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
