"""Messages as plain JSON and back, without loss.

LangChain's own `dumpd` and `load` leave out what they do not know and warn that they may change. Here a
message is its fields. What JSON has no word for is tagged: a tuple, a Decimal, bytes, a mapping with other
keys than text. Anything else a provider's package put into a reply is kept as its text, under `$other`.
"""

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

_KINDS: dict[str, type[BaseMessage]] = {
    "ai": AIMessage,
    "AIMessageChunk": AIMessageChunk,
    "chat": ChatMessage,
    "function": FunctionMessage,
    "human": HumanMessage,
    "system": SystemMessage,
    "tool": ToolMessage,
}


def message_to_plain(message: BaseMessage) -> Any:
    """Every field, as JSON."""
    return to_plain(message.model_dump())


def message_from_plain(content: Any) -> BaseMessage:
    """The message again."""
    fields = from_plain(content)
    return _KINDS[fields["type"]].model_validate(fields)


PLAIN = frozenset({str, int, float, bool, type(None)})
"""What JSON has words for: most of what is in a tree."""


def to_plain(value: Any) -> Any:
    """JSON for a value; `from_plain` gives it back, type and all."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is dict and _is_named_by_texts(value):
        return {key: item if type(item) in PLAIN else to_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in PLAIN else to_plain(item) for item in value]
    return value if isinstance(value, (str, int, float)) else _tagged(value)


def _is_named_by_texts(mapping: dict[Any, Any]) -> bool:
    for key in mapping:  # noqa: SIM110 -- a generator takes three times as long, and every tree comes by here
        if type(key) is not str or key[:1] == "$":
            return False
    return True


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, tuple):
        return {"$tuple": [to_plain(item) for item in value]}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: to_plain(item) for key, item in value.items()}
        return {"$map": [[to_plain(key), to_plain(item)] for key, item in value.items()]}
    return {"$other": str(value)}


def from_plain(content: Any) -> Any:
    """The value that `to_plain` was given; what it knew only as text stays text."""
    if isinstance(content, list):
        return [from_plain(item) for item in content]
    if not isinstance(content, dict):
        return content
    tag, inner = next(iter(content.items()), ("", ""))
    if tag == "$decimal":
        return Decimal(inner)
    if tag == "$tuple":
        return tuple(from_plain(item) for item in inner)
    if tag == "$bytes":
        return base64.b64decode(inner)
    if tag == "$map":
        return {from_plain(pair[0]): from_plain(pair[1]) for pair in inner}
    return inner if tag == "$other" else {key: from_plain(item) for key, item in content.items()}
