"""Listens to one desk's calls and keeps what was asked and answered, whole.

It rides on the desk as a second callback beside the trace, which keeps only what a reader wants. A call is
noted when it starts: one that is cancelled may fire neither an end nor an error.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage

from arena.calls import Asked, CallHandler
from arena.contest import Desk
from arena.errors import FailedAttempt
from arena.records.chat import CostSource
from arena.tape.exchange import Exchange, Trouble


class Recorder(CallHandler):
    """Collects one desk's exchanges."""

    def __init__(self, before: int = 0) -> None:
        """`before` is the number of exchanges that the desk had in its research."""
        self._exchanges: dict[UUID, Exchange] = {}
        self._began: dict[UUID, float] = {}
        # Each of those started, and ended once at most.
        self._moments = count(2 * before)
        self._new: list[UUID] = []

    def desk(self, desk: Desk) -> Desk:
        """The desk, listened to."""
        return _HeardDesk(desk, self)

    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything heard, in the order it was started; what is still open was cut off."""
        return tuple(self._exchanges.values())

    def newly_ended(self) -> tuple[Exchange, ...]:
        """What has ended since this was asked before."""
        new, self._new = self._new, []
        return tuple(self._exchanges[run_id] for run_id in new)

    def asked(self, run_id: UUID, asked: Asked) -> None:
        """Note the request."""
        self._began[run_id] = time.monotonic()
        self._exchanges[run_id] = Exchange(
            call_id=str(run_id),
            role=str(asked.slip.role or "unknown"),
            request=asked.slip.request,
            model=asked.model,
            rung=asked.slip.rung,
            prompt=asked.prompt,
            options={name: value for name, value in asked.parameters.items() if value is not None},
            started=next(self._moments),
        )

    def attempt_failed(self, run_id: UUID, attempt: FailedAttempt, source: CostSource | None) -> None:
        """Note a request that failed while its call goes on; of one that is cut off nothing else tells."""
        exchange = self._exchanges[run_id]
        self._exchanges[run_id] = replace(exchange, failed=(*exchange.failed, (attempt, source)))

    def answered(self, run_id: UUID, message: AIMessage) -> None:
        """Note the reply."""
        self._close(run_id, reply=message)

    def failed(self, run_id: UUID, error: BaseException) -> None:
        """Note the error; a cancellation leaves the exchange as cut off."""
        if not isinstance(error, asyncio.CancelledError):
            self._close(run_id, trouble=Trouble.of(error))

    def _close(self, run_id: UUID, **ending: Any) -> None:
        latency = round(time.monotonic() - self._began[run_id], 6)
        self._exchanges[run_id] = replace(self._exchanges[run_id], ended=next(self._moments), latency=latency, **ending)
        self._new.append(run_id)


class _HeardDesk:
    """A desk whose calls a recorder hears."""

    def __init__(self, desk: Desk, recorder: Recorder) -> None:
        self._desk = desk
        self._recorder = recorder

    def astream(
        self,
        input: Any,  # noqa: A002 -- LangGraph's name
        config: Mapping[str, Any] | None = None,
        *,
        stream_mode: Any = None,
    ) -> AsyncIterator[Any]:
        """Stream the desk's updates."""
        given = dict(config or {})
        callbacks = [*(given.get("callbacks") or ()), self._recorder]
        return self._desk.astream(input, {**given, "callbacks": callbacks}, stream_mode=stream_mode)
