"""Tells what happens at a desk. It rides on the desk as a callback, where the desk runs."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage

from arena.calls import Asked, CallHandler
from arena.errors import FailedAttempt, ModelError
from arena.records.chat import CostSource
from arena.remote.events import AttemptFailed, CallAnswered, CallAsked, CallFailed, CallSaid, Ended, Event
from arena.tape.exchange import Trouble
from arena.tape.plain import message_to_plain, to_plain


class Teller(CallHandler):
    """Tells of one desk's calls."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        """`tell` is given one event after the other."""
        self.tell = tell
        self._failures: list[tuple[BaseException, UUID]] = []

    def asked(self, run_id: UUID, asked: Asked) -> None:
        """A call was sent."""
        self.tell(
            CallAsked(
                call=run_id,
                role=asked.slip.role,
                rung=asked.slip.rung,
                request=asked.slip.request,
                model=asked.model,
                prompt=tuple(map(message_to_plain, asked.prompt)),
                parameters=to_plain(dict(asked.parameters)),
                node=asked.node,
            )
        )

    async def on_llm_new_token(self, token: str | list[Any], *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        """A piece of its answer came in."""
        if isinstance(token, str) and token:
            self.tell(CallSaid(call=run_id, text=token))

    def attempt_failed(self, run_id: UUID, attempt: FailedAttempt, source: CostSource | None) -> None:
        """A request of it failed."""
        self.tell(AttemptFailed(call=run_id, attempt=attempt, source=source))

    def answered(self, run_id: UUID, message: AIMessage) -> None:
        """It has its answer."""
        self.tell(CallAnswered(call=run_id, message=message_to_plain(message)))

    def failed(self, run_id: UUID, error: BaseException) -> None:
        """It has failed."""
        self._failures.append((error, run_id))
        cut_off = isinstance(error, asyncio.CancelledError)
        self.tell(CallFailed(call=run_id, trouble=None if cut_off else Trouble.of(error)))

    def ended(self, error: Exception | None) -> None:
        """The desk is through."""
        if error is None:
            self.tell(Ended())
            return
        call = next((run_id for raised, run_id in self._failures if raised is error), None)
        stage = error.stage if isinstance(error, ModelError) else None
        self.tell(Ended(trouble=Trouble.of(error), call=call, stage=stage))
