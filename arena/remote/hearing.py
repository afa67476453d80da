"""Tells a desk's callbacks here what happened where it runs, as if it had happened here."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage

from arena.calls import Asked, CallHandler, Slip
from arena.errors import ModelError
from arena.llm.call import AttemptListener
from arena.remote.events import AttemptFailed, CallAnswered, CallAsked, CallFailed, CallSaid, Ended, Event
from arena.tape.plain import from_plain, message_from_plain


class Hearing:
    """Passes on what is told of one desk's calls."""

    def __init__(self, callbacks: Sequence[Any]) -> None:
        """`callbacks` are the desk's; those that hear of calls are told."""
        self._handlers = [handler for handler in callbacks if isinstance(handler, CallHandler)]
        self._errors: dict[UUID, Exception] = {}

    async def hear(self, event: Event) -> None:
        """Pass on one event; those that are of no call are let pass."""
        match event:
            case CallAsked():
                self._asked(event)
            case CallSaid():
                for handler in self._handlers:
                    await handler.on_llm_new_token(event.text, run_id=event.call)
            case AttemptFailed():
                for handler in self._handlers:
                    if isinstance(handler, AttemptListener):
                        handler.attempt_failed(event.call, event.attempt, event.source)
            case CallAnswered():
                self._answered(event)
            case CallFailed():
                self._failed(event)

    def failure(self, ended: Ended) -> Exception | None:
        """What the desk ended by: the very error of a call where it was one; None where it came to its end."""
        if ended.trouble is None:
            return None
        error = self._errors.get(ended.call) if ended.call is not None else None
        error = error or ended.trouble.error()
        if isinstance(error, ModelError):
            error.stage = ended.stage
        return error

    def _asked(self, event: CallAsked) -> None:
        asked = Asked(
            slip=Slip(event.role, event.rung, event.request),
            model=event.model,
            prompt=tuple(map(message_from_plain, event.prompt)),
            parameters=from_plain(event.parameters),
            node=event.node,
        )
        for handler in self._handlers:
            handler.asked(event.call, asked)

    def _answered(self, event: CallAnswered) -> None:
        message = message_from_plain(event.message)
        if not isinstance(message, AIMessage):
            raise TypeError(f"a chat model answered with {type(message).__name__}, not with a message of its own")
        for handler in self._handlers:
            handler.answered(event.call, message)

    def _failed(self, event: CallFailed) -> None:
        error: BaseException = asyncio.CancelledError()
        if event.trouble is not None:
            error = self._errors[event.call] = event.trouble.error()
        for handler in self._handlers:
            handler.failed(event.call, error)
