"""From LangChain's callbacks to the calls of a ModelChat.

A call is noted when it starts, because one that is cancelled or runs into a deadline fires neither an
end nor an error; `calls()` closes what is still open.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from langchain_core.messages import AIMessage

from arena.call_records import CUT_OFF, CallWriter, HeardCall, answer, failure
from arena.calls import Asked, CallHandler
from arena.errors import FailedAttempt, ModelError
from arena.leisure import Work, at_once
from arena.records.chat import CallStatus, CostSource, ModelCall


class CallListener(Protocol):
    """Who is told of calls while they happen."""

    @property
    def listens(self) -> bool:
        """Whether an answer is to be written down as soon as it has come, for `call_ended`."""

    def call_started(self, call: HeardCall) -> None:
        """A call was sent."""

    def call_said(self, call: HeardCall, text: str) -> None:
        """A piece of its answer came in, where answers are streamed."""

    def call_unsaid(self, call: HeardCall) -> None:
        """A request of it failed: what it said so far counts for nothing."""

    def call_ended(self, call: ModelCall) -> None:
        """A call has its answer or its error; told where it `listens`."""


class Trace(CallHandler):
    """Collects one desk's model calls. Hand it to the desk as a callback."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        free: bool,
        listener: CallListener,
        at_leisure: Callable[[Work], None] = at_once,
    ) -> None:
        """`free` marks models that cost nothing by nature; `at_leisure` finds the time to write down what has ended."""
        self._clock = clock
        self._writer = CallWriter(free=free)
        self._listener = listener
        self._at_leisure = at_leisure
        self._heard: dict[UUID, HeardCall] = {}
        self._unwritten: deque[HeardCall] = deque()
        """Those that have ended."""
        self._faults: list[Exception] = []
        self._failures: list[tuple[BaseException, str]] = []
        self._attempts: defaultdict[UUID, list[tuple[FailedAttempt, CostSource | None]]] = defaultdict(list)

    def calls(self) -> tuple[ModelCall, ...]:
        """All calls in the order they started; one still open was cut off and is marked cancelled."""
        self.write()
        written = [call.record or self._cut_off(call) for call in self._heard.values()]
        return tuple(sorted(written, key=lambda call: (call.started, call.node)))

    def write(self) -> None:
        """Write down the calls that have ended. What is wrong with one of them `settle` raises."""
        while self._unwritten:
            call = self._unwritten.popleft()
            try:
                call.record = self._writer.written(call, call.ending)
            except Exception as error:  # noqa: BLE001 -- there may be nobody to hear of it
                self._faults.append(error)

    def settle(self) -> None:
        """Write down the calls that have ended, and raise what was wrong with one: it counts as cut off."""
        self.write()
        if self._faults:
            raise self._faults[0]

    @property
    def failures(self) -> tuple[tuple[BaseException, str], ...]:
        """Every error a model call ended in, with the node that made the call, in the order they came."""
        return tuple(self._failures)

    def node_of(self, error: BaseException) -> str | None:
        """The node whose model call raised this very exception; None when it came out of our own code."""
        return next((node for raised, node in self._failures if raised is error), None)

    def attempt_failed(self, run_id: UUID, attempt: FailedAttempt, source: CostSource | None) -> None:
        """Keep what failed while its call goes on, in case the call is cut off."""
        self._attempts[run_id].append((attempt, source))
        self._listener.call_unsaid(self._heard[run_id])

    def asked(self, run_id: UUID, asked: Asked) -> None:
        """Note the call before anything can go wrong."""
        call = self._heard[run_id] = HeardCall(run_id, asked, self._clock(), time.monotonic())
        self._listener.call_started(call)

    async def on_llm_new_token(self, token: str | list[Any], *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        """Pass on what is being said."""
        # Other packages' models may tell of blocks of content here, and mark an end by an empty text.
        if isinstance(token, str) and token:
            self._listener.call_said(self._heard[run_id], token)

    def answered(self, run_id: UUID, message: AIMessage) -> None:
        """Close the call with what came back."""
        # All that may be no such field, in other packages' answers, is looked at now: the desk ends by it.
        self._close(run_id, {**answer(message), "tool_calls": self._writer.tool_calls(message)})

    def failed(self, run_id: UUID, error: BaseException) -> None:
        """Close the call with what went wrong."""
        self._failures.append((error, self._heard[run_id].node))
        attempts = error.attempts if isinstance(error, ModelError) else ()
        cancelled = isinstance(error, asyncio.CancelledError)
        late = isinstance(error, ModelError) and error.reason == "timeout"
        self._close(
            run_id,
            self._failure(
                run_id,
                "cancelled" if cancelled else "failed",
                CUT_OFF if cancelled else (str(error) or type(error).__name__),
                attempts,
                unheard=cancelled or late,
            ),
        )

    def _cut_off(self, call: HeardCall) -> ModelCall:
        ending = self._failure(call.run_id, "cancelled", CUT_OFF, unheard=True)
        return self._writer.written(call, {**ending, "latency": None})

    def _failure(
        self,
        run_id: UUID,
        status: CallStatus,
        error: str,
        attempts: Sequence[FailedAttempt] = (),
        *,
        unheard: bool,
    ) -> dict[str, Any]:
        """How a call without an answer ended, with its failed attempts and what they cost together.

        One that was cut off may have had another request under way, `unheard`, whose cost nobody learns.
        """
        heard = self._attempts.get(run_id, [])
        failed = attempts or [attempt for attempt, _ in heard]
        told = [cost for _, _, cost in failed if cost]
        at_least = unheard or any(cost is None for _, _, cost in failed)
        source = next((source for _, source in heard if source is not None), "endpoint")
        paid = {"cost": sum(told, Decimal(0)), "cost_source": source, "cost_at_least": at_least} if told else {}
        return failure(status, error, failed, paid)

    def _close(self, run_id: UUID, ending: Mapping[str, Any]) -> None:
        call = self._heard[run_id]
        if call.ending:
            raise RuntimeError(f"the call {call.id} of {call.node} has ended before")
        call.ending = {**ending, "latency": round(time.monotonic() - call.began, 6)}
        self._attempts.pop(run_id, None)
        if self._listener.listens:
            call.record = self._writer.written(call, call.ending)
            self._listener.call_ended(call.record)
            return
        self._unwritten.append(call)
        if len(self._unwritten) == 1:
            self._at_leisure(self.write)
