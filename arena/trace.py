"""From LangChain's callbacks to the calls of a ModelChat.

A call is written down when it starts, because one that is cancelled or runs into a deadline fires
neither an end nor an error; `calls()` closes what is still open.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from arena.calls import Asked, CallHandler, text_of
from arena.errors import FailedAttempt, ModelError
from arena.records.chat import Attempt, CostSource, Message, ModelCall, Tokens, ToolCall
from arena.same import Same

_ROLES = {"system": "system", "human": "user", "ai": "assistant", "tool": "tool"}


class CallListener(Protocol):
    """Who is told of calls while they happen."""

    def call_started(self, call: ModelCall) -> None:
        """A call was sent."""

    def call_said(self, call: ModelCall, text: str) -> None:
        """A piece of its answer came in, where answers are streamed."""

    def call_unsaid(self, call: ModelCall) -> None:
        """A request of it failed: what it said so far counts for nothing."""

    def call_ended(self, call: ModelCall) -> None:
        """A call has its answer or its error."""


class Trace(CallHandler):
    """Collects one desk's model calls. Hand it to the desk as a callback."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        free: bool,
        listener: CallListener,
    ) -> None:
        """`free` marks models that cost nothing by nature."""
        self._clock = clock
        self._free = free
        self._listener = listener
        self._open: dict[UUID, tuple[ModelCall, float]] = {}
        self._closed: list[ModelCall] = []
        self._messages: dict[Same[BaseMessage], Message] = {}
        self._tool_calls: dict[Same[AIMessage], tuple[ToolCall, ...]] = {}
        self._failures: list[tuple[BaseException, str]] = []
        self._attempts: defaultdict[UUID, list[tuple[FailedAttempt, CostSource | None]]] = defaultdict(list)

    def calls(self) -> tuple[ModelCall, ...]:
        """All calls in the order they started; one still open was cut off and is marked cancelled."""
        cut = [
            call.model_copy(
                update={
                    "status": "cancelled",
                    "error": "cut off before an answer came",
                    **self._failed_before(run_id, cut_off=True),
                }
            )
            for run_id, (call, _) in self._open.items()
        ]
        return tuple(sorted([*self._closed, *cut], key=lambda call: (call.started, call.node)))

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
        self._listener.call_unsaid(self._open[run_id][0])

    def asked(self, run_id: UUID, asked: Asked) -> None:
        """Write the call down before anything can go wrong."""
        call = ModelCall(
            id=str(run_id),
            node=str(asked.slip.role or asked.node or "unknown"),
            model=asked.model,
            status="cancelled",
            started=self._clock(),
            latency=None,
            prompt=tuple(self._message(message) for message in asked.prompt),
            rung=asked.slip.rung,
            cost=Decimal(0) if self._free else None,
            cost_source="free" if self._free else None,
            request=asked.slip.request,
        )
        self._open[run_id] = (call, time.monotonic())
        self._listener.call_started(call)

    async def on_llm_new_token(self, token: str | list[Any], *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        """Pass on what is being said."""
        # Other packages' models may tell of blocks of content here, and mark an end by an empty text.
        if isinstance(token, str) and token:
            self._listener.call_said(self._open[run_id][0], token)

    def answered(self, run_id: UUID, message: AIMessage) -> None:
        """Close the call with what came back."""
        self._close(run_id, status="ok", tool_calls=self._calls(message), **_answer(message))

    def failed(self, run_id: UUID, error: BaseException) -> None:
        """Close the call with what went wrong."""
        self._failures.append((error, self._open[run_id][0].node))
        attempts = error.attempts if isinstance(error, ModelError) else ()
        cancelled = isinstance(error, asyncio.CancelledError)
        late = isinstance(error, ModelError) and error.reason == "timeout"
        self._close(
            run_id,
            status="cancelled" if cancelled else "failed",
            error="cut off before an answer came" if cancelled else (str(error) or type(error).__name__),
            **self._failed_before(run_id, attempts, cut_off=cancelled or late),
        )

    def _failed_before(self, run_id: UUID, attempts: Sequence[FailedAttempt] = (), *, cut_off: bool) -> dict[str, Any]:
        """The failed attempts of a call without an answer, and what they cost together.

        One that was `cut_off` may have had another request under way, whose cost nobody learns.
        """
        heard = self._attempts.get(run_id, [])
        failed = attempts or [attempt for attempt, _ in heard]
        told = [cost for _, _, cost in failed if cost]
        at_least = cut_off or any(cost is None for _, _, cost in failed)
        source = next((source for _, source in heard if source is not None), "endpoint")
        paid = {"cost": sum(told, Decimal(0)), "cost_source": source, "cost_at_least": at_least} if told else {}
        return {"retries": _attempts(failed), **paid}

    def _message(self, message: BaseMessage) -> Message:
        """The record of a message, one for all calls that hold it: each turn of a conversation holds those before."""
        known = self._messages.get(Same(message))
        if known is None:
            calls = self._calls(message) if isinstance(message, AIMessage) else ()
            known = self._messages[Same(message)] = _message(message, calls)
        return known

    def _calls(self, message: AIMessage) -> tuple[ToolCall, ...]:
        """The calls of a reply, one record for the answer and for the prompts that hold it after."""
        known = self._tool_calls.get(Same(message))
        if known is None:
            known = self._tool_calls[Same(message)] = _tool_calls(message)
        return known

    def _close(self, run_id: UUID, **outcome: Any) -> None:
        call, began = self._open.pop(run_id)
        closed = ModelCall.model_validate({**dict(call), "latency": round(time.monotonic() - began, 6), **outcome})
        self._attempts.pop(run_id, None)
        self._closed.append(closed)
        self._listener.call_ended(closed)


def _answer(message: AIMessage) -> dict[str, Any]:
    arena = message.response_metadata.get("arena", {})
    cost = arena.get("cost")
    paid = {"cost": Decimal(cost), "cost_source": arena.get("cost_source") or "endpoint"} if cost is not None else {}
    return paid | {
        "cost_at_least": bool(arena.get("cost_at_least")),
        "reply": text_of(message),
        "reasoning": _reasoning(message.additional_kwargs),
        "tokens": _tokens(message),
        "provider": arena.get("provider"),
        "finish_reason": message.response_metadata.get("finish_reason"),
        "retries": _attempts(arena.get("attempts", ())),
    }


def _attempts(failed: Sequence[FailedAttempt]) -> tuple[Attempt, ...]:
    return tuple(Attempt(error=error, waited=waited, cost=cost) for error, waited, cost in failed)


def _message(message: BaseMessage, calls: tuple[ToolCall, ...]) -> Message:
    return Message.model_validate(
        {
            "role": _ROLES.get(message.type, "user"),
            "text": text_of(message),
            "tool_calls": calls,
            "tool_call_id": message.tool_call_id if isinstance(message, ToolMessage) else None,
        }
    )


def _tool_calls(message: AIMessage) -> tuple[ToolCall, ...]:
    good = [ToolCall(id=c["id"] or "", name=c["name"], arguments=json.dumps(c["args"])) for c in message.tool_calls]
    broken = [
        ToolCall(id=c["id"] or "", name=c["name"] or "", arguments=c["args"] or "") for c in message.invalid_tool_calls
    ]
    return (*good, *broken)


def _tokens(message: AIMessage) -> Tokens:
    usage = message.usage_metadata
    if usage is None:
        return Tokens()
    return Tokens(
        prompt=usage["input_tokens"],
        completion=usage["output_tokens"],
        reasoning=usage.get("output_token_details", {}).get("reasoning"),
        cached=usage.get("input_token_details", {}).get("cache_read"),
    )


def _reasoning(fields: Mapping[str, Any]) -> str:
    """The thinking as text; the details are joined where they are all there is."""
    for name in ("reasoning", "reasoning_content"):
        if isinstance(fields.get(name), str):
            return str(fields[name])
    details = fields.get("reasoning_details")
    parts = [d.get("text") or d.get("summary") or "" for d in details or () if isinstance(d, dict)]
    return "\n".join(part for part in parts if isinstance(part, str) and part)
