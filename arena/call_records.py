"""What was heard of a desk's calls, written down as records.

Hearing is one thing and writing another: what a call is asked and answered is noted in an instant, and written when
there is time for it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from arena.calls import Asked, text_of
from arena.errors import FailedAttempt
from arena.records.chat import Attempt, CallStatus, Message, ModelCall, Rung, Tokens, ToolCall
from arena.same import Same

CUT_OFF = "cut off before an answer came"

_ROLES = {"system": "system", "human": "user", "ai": "assistant", "tool": "tool"}


@dataclass(slots=True, eq=False)
class HeardCall:
    """A call as it was heard of."""

    run_id: UUID
    asked: Asked
    started: datetime
    began: float
    """The monotonic second it was sent in."""
    ending: Mapping[str, Any] = field(default_factory=dict)
    """The fields of its record that its end tells; none of them while it is under way."""
    record: ModelCall | None = None
    """What it is written down as, once it has ended and there was time."""

    @property
    def id(self) -> str:
        """The id of its run."""
        return str(self.run_id)

    @property
    def node(self) -> str:
        """The desk's node that made it."""
        return str(self.asked.slip.role or self.asked.node or "unknown")

    @property
    def rung(self) -> Rung | None:
        """How a structured answer was asked for."""
        return self.asked.slip.rung


class CallWriter:
    """Writes the calls of one desk down. What several of them hold is one record: a conversation's turns share much."""

    def __init__(self, *, free: bool) -> None:
        """`free` marks models that cost nothing by nature."""
        self._paid: dict[str, Any] = {"cost": Decimal(0), "cost_source": "free"} if free else {}
        self._messages: dict[Same[BaseMessage], Message] = {}
        self._tool_calls: dict[Same[AIMessage], tuple[ToolCall, ...]] = {}

    def written(self, call: HeardCall, ending: Mapping[str, Any]) -> ModelCall:
        """The record of a call that ended so; `ending` gives its fields that tell of the end."""
        told: dict[str, Any] = {**self._paid, **ending}
        return ModelCall(
            id=call.id,
            node=call.node,
            model=call.asked.model,
            started=call.started,
            prompt=tuple(self._message(message) for message in call.asked.prompt),
            rung=call.rung,
            request=call.asked.slip.request,
            **told,
        )

    def tool_calls(self, message: AIMessage) -> tuple[ToolCall, ...]:
        """The calls of a reply, one record for the answer and for the prompts that hold it after."""
        known = self._tool_calls.get(Same(message))
        if known is None:
            known = self._tool_calls[Same(message)] = _tool_calls(message)
        return known

    def _message(self, message: BaseMessage) -> Message:
        known = self._messages.get(Same(message))
        if known is None:
            calls = self.tool_calls(message) if isinstance(message, AIMessage) else ()
            known = self._messages[Same(message)] = _message(message, calls)
        return known


def answer(message: AIMessage) -> dict[str, Any]:
    """The fields of a record that an answer tells, but for its tool calls. Raises where they are no such fields."""
    arena = message.response_metadata.get("arena", {})
    cost = arena.get("cost")
    paid = {"cost": Decimal(cost), "cost_source": arena.get("cost_source") or "endpoint"} if cost is not None else {}
    return paid | {
        "status": "ok",
        "cost_at_least": bool(arena.get("cost_at_least")),
        "reply": text_of(message),
        "reasoning": _reasoning(message.additional_kwargs),
        "tokens": _tokens(message),
        "provider": _words(arena.get("provider")),
        "finish_reason": _words(message.response_metadata.get("finish_reason")),
        "retries": _attempts(arena.get("attempts", ())),
    }


def failure(status: CallStatus, error: str, failed: Sequence[FailedAttempt], paid: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that a call has which came to nothing."""
    return {"status": status, "error": error, "retries": _attempts(failed), **paid}


def _attempts(failed: Sequence[FailedAttempt]) -> tuple[Attempt, ...]:
    """Failed requests as records."""
    return tuple(Attempt(error=error, waited=waited, cost=cost) for error, waited, cost in failed)


def _words(told: object) -> str | None:
    """What other packages' models may tell as something else than a text."""
    return None if told is None else str(told)


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
