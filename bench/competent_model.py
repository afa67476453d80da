"""A model for the loopback server that does a desk's work: looks with its tools, fills in forms, speaks.

It reads nothing but the request: it asks each tool it is offered once, then hands in the form it is
asked for, through the form's tool, the `response_format` or the schema in the prompt, whichever is
there. The same request always gets the same answer; different model ids hold different opinions.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import to_json

from bench.model_server import Reply

PROVIDER = "Loopback"
DOLLARS_A_TOKEN = 0.000002

_SCHEMA_FOLLOWS = "JSON schema:\n"


def competent_model(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:  # noqa: ARG001 -- a server's Handler
    """Answer any request of a desk as a capable model would."""
    return Reply(body=completion(request, message_for(request)))


def message_for(request: dict[str, Any]) -> dict[str, Any]:
    """The assistant's message: tool calls, a form as JSON, or prose."""
    opinion = opinion_of(str(request["model"]))
    offered = {tool["function"]["name"]: tool["function"]["parameters"] for tool in request.get("tools", [])}
    looks = {name: schema for name, schema in offered.items() if not name.startswith("submit_")}
    forms = {name: schema for name, schema in offered.items() if name.startswith("submit_")}
    if looks and not any(message["role"] == "tool" for message in request["messages"]):
        return _calling(looks, {})
    if forms:
        return _calling(forms, opinion)
    schema = _schema_asked_for(request)
    content = json.dumps(filled(schema, opinion)) if schema else _speech(opinion)
    return {"role": "assistant", "content": content}


def completion(request: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """A chat completion as OpenRouter sends it, with usage, cost and provider."""
    asked = to_json(request["messages"])
    prompt, answer = _tokens(asked), _tokens(to_json(message))
    return {
        "id": f"gen-{_number(asked)}",
        "object": "chat.completion",
        "created": 1760472000,
        "model": request["model"],
        "provider": PROVIDER,
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls" if message.get("tool_calls") else "stop",
                "message": message,
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": answer,
            "total_tokens": prompt + answer,
            "cost": round((prompt + answer) * DOLLARS_A_TOKEN, 6),
        },
    }


@cache
def opinion_of(model: str) -> Mapping[str, Any]:
    """What a model id holds, as the values of the forms' fields that must fit each other."""
    number = _number(model.encode())
    turn = number % 3
    return {
        "action": ("BUY", "SELL", "HOLD")[turn],
        "fraction": (0.5, 0.5, 0.0)[turn],
        "confidence": 0.5 + number % 40 / 100,
        "sentiment": (0.4, -0.4, 0.0)[turn],
        "stance": ("bullish", "bearish", "balanced")[turn],
        "lesson": 1,
    }


def filled(schema: Mapping[str, Any], opinion: Mapping[str, Any]) -> Any:
    """A value that fits a wire schema: the opinion's where it holds one, else the plainest there is.

    Wire schemas carry no bounds. 5 lies within those of every tool's whole number.
    """
    if "anyOf" in schema:
        options = schema["anyOf"]
        return None if any(option.get("type") == "null" for option in options) else filled(options[0], opinion)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: opinion[name] if name in opinion else filled(sub, opinion) for name, sub in properties.items()}
    if kind == "array":
        return [filled(schema["items"], opinion)]
    plainest: dict[str, Any] = {"string": "as the data shows", "integer": 5, "number": 0.5, "boolean": True}
    return plainest[kind]


def _calling(tools: Mapping[str, Mapping[str, Any]], opinion: Mapping[str, Any]) -> dict[str, Any]:
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(filled(schema, opinion))},
        }
        for number, (name, schema) in enumerate(tools.items(), 1)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _schema_asked_for(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The schema of the response format, else the one written at the end of the prompt."""
    wanted = request.get("response_format", {})
    if wanted.get("type") == "json_schema":
        return dict(wanted["json_schema"]["schema"])
    texts = [message["content"] for message in request["messages"] if isinstance(message.get("content"), str)]
    written = [text.partition(_SCHEMA_FOLLOWS)[2] for text in texts if _SCHEMA_FOLLOWS in text]
    return dict(json.loads(written[-1])) if written else None


def _speech(opinion: Mapping[str, Any]) -> str:
    return f"What the analysts found makes the case {opinion['stance']}; my word is {opinion['action']}."


def _tokens(text: bytes) -> int:
    """Four bytes a token, as a rule of thumb has it."""
    return len(text) // 4


def _number(text: bytes) -> int:
    return int(hashlib.sha256(text).hexdigest()[:12], 16)
