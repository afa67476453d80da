"""Judging what came under HTTP 200: a completion, or a failure that does not say so.

A streamed answer is put together into the same body first, so that both are judged here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from arena.llm.extract import object_at_end
from arena.llm.faults import Fault, fault_of_error, unreadable

REASONING_FIELDS = ("reasoning", "reasoning_content", "reasoning_details")
"""The names under which endpoints show a model's thinking, and want it back."""


def fault_of_body(body: object, now: datetime) -> Fault | None:
    """Classify a 200 whose body is an error or no completion; None for a completion."""
    if not isinstance(body, dict):
        return unreadable("the endpoint's answer is not a JSON object")
    choices = body.get("choices")
    some = isinstance(choices, list) and bool(choices)
    if body.get("error"):
        return fault_of_error(body["error"], now).model_copy(update={"free": not some})
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return unreadable("the endpoint's answer holds no choices")
    return _fault_of_choice(choices[0], now)


def content_of(message: Mapping[str, Any]) -> str:
    """What a message says, whether it came as text or as a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    told = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "".join(text for text in told if isinstance(text, str))


def thought_of(message: Mapping[str, Any]) -> str:
    """The reasoning as plain text, where it came so."""
    named = [message.get(name) for name in ("reasoning", "reasoning_content")]
    return next((text for text in named if isinstance(text, str) and text), "")


def _fault_of_choice(choice: dict[str, Any], now: datetime) -> Fault | None:
    if choice.get("error"):
        return fault_of_error(choice["error"], now)
    message = choice.get("message")
    if not isinstance(message, dict):
        return unreadable("the endpoint's choice holds no message")
    finish = choice.get("finish_reason")
    if finish == "error":
        native = choice.get("native_finish_reason") or "no reason given"
        return unreadable(f"the model stopped with an error ({native})")
    if finish == "content_filter" or message.get("refusal"):
        told = message.get("refusal") or "content filter"
        return Fault(verdict="final", reason="refused", message=f"the model refused: {told}")
    return _fault_of_message(message, finish)


def _fault_of_message(message: dict[str, Any], finish: object) -> Fault | None:
    if calls := message.get("tool_calls"):
        if isinstance(calls, list) and all(_is_call(call) for call in calls):
            return None
        return unreadable("the model's tool calls cannot be read")
    if content_of(message).strip():
        return None
    if finish == "length":
        told = "max_tokens was used up before the answer began; raise the contestant's max_tokens"
        return Fault(verdict="final", reason="unparseable", message=told)
    if object_at_end(thought_of(message)) is not None:
        return None
    return unreadable("the model's answer is empty")


def _is_call(call: object) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return isinstance(name, str) and bool(name.strip())
