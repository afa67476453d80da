"""Messages survive the way to the tape and back, type and all."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call

from arena.tape.plain import from_plain, message_from_plain, message_to_plain, to_plain

FULL = AIMessage(
    content="Buy.",
    tool_calls=[{"name": "look", "args": {"days": 5, "deep": {"x": [1, None]}}, "id": "call_1"}],
    invalid_tool_calls=[invalid_tool_call(name="look", args='{"days": ', id="b", error="not a JSON object")],
    additional_kwargs={
        "reasoning_details": [{"type": "reasoning.encrypted", "data": "b64", "index": 0}],
        "refusal": None,
    },
    response_metadata={
        "finish_reason": "stop",
        "arena": {"cost": "0.00001234", "provider": None, "attempts": [("HTTP 502", 0.5, Decimal("0.10"))]},
    },
    usage_metadata={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7, "output_token_details": {"reasoning": 2}},
    id="gen-1",
)


def there_and_back(message):
    return message_from_plain(json.loads(json.dumps(message_to_plain(message))))


@pytest.mark.parametrize(
    "message",
    [
        FULL,
        AIMessage(""),
        AIMessage(content=[{"type": "text", "text": "half \ud83d"}, {"type": "thinking", "thinking": "hm"}]),
        AIMessageChunk(content="part", response_metadata={"a": float("inf")}),
        HumanMessage("NVDA?\n\n## data\x00"),
        SystemMessage("Be brief.", name="house"),
        ToolMessage("117.80", tool_call_id="a", status="error"),
    ],
    ids=lambda message: message.type,
)
def test_a_message_comes_back_as_it_was(message):
    again = there_and_back(message)
    assert type(again) is type(message)
    assert again.model_dump() == message.model_dump()
    assert again == message


def test_tuples_and_decimals_keep_their_types():
    error, waited, cost = there_and_back(FULL).response_metadata["arena"]["attempts"][0]
    assert (error, waited, str(cost)) == ("HTTP 502", 0.5, "0.10")
    assert isinstance(there_and_back(FULL).response_metadata["arena"]["attempts"][0], tuple)


@pytest.mark.parametrize("value", [{1: "a", (2, 3): "b"}, {"$text": [1]}, {"$tuple": 1}, b"\x00\xff", [], {}, {"": {}}])
def test_what_json_has_no_word_for_comes_back_too(value):
    assert from_plain(json.loads(json.dumps(to_plain(value)))) == value


def test_an_object_of_a_providers_package_is_kept_as_its_text():
    at = datetime(2025, 10, 14, tzinfo=UTC)
    assert from_plain(to_plain({"at": at})) == {"at": "2025-10-14 00:00:00+00:00"}
