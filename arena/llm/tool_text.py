"""Tool calls as models really write them, made into the ones the rest of the arena knows.

Arguments come as objects, as text inside text, or not at all; ids are missing; and some models write
the whole call as markup into their content, which the server in front of them did not recognize.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from langchain_core.messages import InvalidToolCall, ToolCall
from langchain_core.messages.tool import invalid_tool_call, tool_call

from arena.llm.extract import arguments_in, loads

_TAGGED = re.compile(r"<\|?(tool_call|function_call|tool_use)\|?>\s*(\{.*?\})\s*(?:<\|?/\1\|?>|\Z)", re.DOTALL)
_NAMED_TAG = re.compile(r"<function=([\w.-]+)>\s*(\{.*?\})\s*</function>", re.DOTALL)
_LISTED = re.compile(r"\[TOOL_CALLS\]\s*(\[.*\])", re.DOTALL)


class ReadCalls(NamedTuple):
    """The tool calls of a reply."""

    good: list[ToolCall]
    """Calls whose arguments are an object."""
    broken: list[InvalidToolCall]
    """Calls whose arguments are none; they stay the text they are."""
    extras: dict[str, Any]
    """What a provider attached to a call and wants back with it, by the call's id."""


def read_calls(calls: Sequence[Mapping[str, Any]]) -> ReadCalls:
    """Read the calls of a message. A call without an id is given one, so that it can be answered."""
    read = ReadCalls([], [], {})
    for call in calls:
        sent_id = call.get("id")
        call_id = sent_id if isinstance(sent_id, str) and sent_id else f"call_{uuid4().hex}"
        name, arguments = call["function"]["name"].strip(), arguments_in(call["function"].get("arguments"))
        if call.get("extra_content"):
            read.extras[call_id] = call["extra_content"]
        if isinstance(arguments, str):
            read.broken.append(invalid_tool_call(name=name, args=arguments, id=call_id, error="not a JSON object"))
        else:
            read.good.append(tool_call(name=name, args=arguments, id=call_id))
    return read


def calls_in_text(content: str) -> tuple[str, list[dict[str, Any]]]:
    """The content without the calls written into it as markup, and those calls; markup that is none stays text."""
    found: list[dict[str, Any]] = []

    def taken(call: dict[str, Any] | None, markup: str) -> str:
        found.extend([call] if call else [])
        return "" if call else markup

    rest = _TAGGED.sub(lambda m: taken(_call(m.group(2)), m.group(0)), content)
    rest = _NAMED_TAG.sub(lambda m: taken(_function(m.group(1), m.group(2)), m.group(0)), rest)
    listed = _LISTED.search(rest)
    if listed and (calls := _list(listed.group(1))):
        found.extend(calls)
        rest = rest[: listed.start()] + rest[listed.end() :]
    return (rest.strip(), found) if found else (content, [])


def _list(text: str) -> list[dict[str, Any]]:
    try:
        items = loads(text)
    except (ValueError, RecursionError):
        return []
    calls = [_of_object(item) for item in items]
    return [call for call in calls if call is not None] if None not in calls else []


def _call(text: str) -> dict[str, Any] | None:
    try:
        return _of_object(loads(text))
    except (ValueError, RecursionError):
        return None


def _of_object(item: object) -> dict[str, Any] | None:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"].strip():
        return None
    return _function(item["name"], item.get("arguments", item.get("parameters", item.get("input"))))


def _function(name: str, arguments: object) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}
