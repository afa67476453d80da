"""What quirks of endpoints the long table leaves: two faults at once, zero tokens, a schema that is refused."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from arena.errors import ModelError
from arena.llm.client import LADDER, ChatModelClient
from arena.records.outcome import Decision
from bench.model_server import Handler, ModelServer, Reply
from tests.arena.llm.endpoint import called, chat_model, completion, connected, failure, said, scripted

BUY = {
    "action": "BUY",
    "fraction": 0.25,
    "confidence": 0.7,
    "reasoning": "Momentum.",
    "key_risks": ["rates"],
    "stop_loss": 108.5,
    "take_profit": None,
}
TEXT = json.dumps(BUY)
GOOD = said(TEXT)
BY_TOOL = called("submit_decision", TEXT)
PROSE = said("I would rather hold.")
ANTHROPIC_BOUNDS = (
    '{"type":"error","error":{"type":"invalid_request_error","message":"output_format.schema: For \'number\' type, '
    'properties maximum, minimum are not supported"}}'
)
BROKEN_OFF = {
    "choices": [{"finish_reason": "error", "message": {"content": TEXT[:40]}, **failure(502, "Provider disconnected")}]
}
NOTHING = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cost": 0}
NULLS = {"prompt_tokens": None, "completion_tokens": None, "total_tokens": None, "cost": None}
MODERATION = {"reasons": ["violence"], "flagged_input": "NVDA?", "provider_name": "guard"}
AVAILABLE = {"message": "cold", "availability": {"code": "busy", "retryable": True, "retry_after": 0.05}}


def decided(handler: Handler, rungs: Any) -> tuple[str, list[dict[str, Any]]]:
    """The action or the reason there is none, and the requests that were made."""

    async def decide(server: ModelServer) -> str:
        async with connected() as http:
            model = chat_model(server, http_async_client=http)
            client = ChatModelClient({"quick": model, "deep": model}, ladder=rungs)
            try:
                return (await client.answer("portfolio_manager", [HumanMessage("NVDA?")], Decision)).action
            except ModelError as error:
                return error.reason

    with ModelServer(handler) as server:
        return asyncio.run(decide(server)), [request.body for request in server.requests]


@pytest.mark.parametrize(
    ("replies", "outcome", "requests"),
    [
        pytest.param((BROKEN_OFF, GOOD), "BUY", 2, id="finish_reason error, half a text and its error"),
        pytest.param((completion({"content": ""}, "content_filter", usage=NOTHING),), "refused", 1, id="filtered"),
        pytest.param(({key: GOOD[key] for key in GOOD if key != "usage"},), "BUY", 1, id="usage absent"),
        pytest.param((completion({"content": TEXT}, usage=NULLS),), "BUY", 1, id="usage of nulls"),
        pytest.param(
            (Reply(403, body=failure(403, "Guardrail", metadata=MODERATION)), GOOD), "refused", 1, id="guardrail"
        ),
        pytest.param((Reply(503, body={"error": AVAILABLE}), GOOD), "BUY", 2, id="availability without a code"),
        pytest.param(
            (Reply(400, body=failure(400, metadata={"raw": ANTHROPIC_BOUNDS})), BY_TOOL), "BUY", 2, id="schema refused"
        ),
        pytest.param(
            (Reply(400, body=failure(400, "generation_config.response_schema is too deep")), BY_TOOL),
            "BUY",
            2,
            id="Gemini's schema refused",
        ),
    ],
)
def test_a_fault_becomes_what_it_should(replies: Any, outcome: str, requests: int) -> None:
    ended, sent = decided(scripted(*replies), LADDER)
    assert (ended, len(sent)) == (outcome, requests)
    assert all(request["max_tokens"] == 500 for request in sent)


@pytest.mark.parametrize(("replies", "outcome"), [((PROSE, BY_TOOL), "BUY"), ((PROSE,), "unparseable")])
def test_prose_in_place_of_a_tool_call_is_repaired_once_and_never_a_hold(replies: Any, outcome: str) -> None:
    ended, sent = decided(scripted(*replies), ("tool_call",))
    assert (ended, len(sent)) == (outcome, 2)
    assert "is not a JSON object" in str(sent[1]["messages"][-1]["content"])


@pytest.mark.parametrize("rung", LADDER)
def test_an_endpoint_that_refuses_bounds_in_a_schema_is_sent_none(rung: Any) -> None:
    def anthropic(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        if any(f'"{name}"' in json.dumps(request) for name in ("minimum", "maximum", "minLength", "exclusiveMinimum")):
            return Reply(400, body=failure(400, metadata={"raw": ANTHROPIC_BOUNDS}))
        return Reply(body=BY_TOOL if "tools" in request else GOOD)

    ended, sent = decided(anthropic, (rung,))
    assert (ended, len(sent)) == ("BUY", 1)
