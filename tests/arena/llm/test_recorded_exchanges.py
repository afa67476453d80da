"""The recorded OpenRouter exchanges, served from loopback: nothing of what was paid for is lost."""

import asyncio
import json
from decimal import Decimal

import pytest
import yaml

from arena.errors import ModelError
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import chat_model, connected, scripted

pytestmark = pytest.mark.real_data

LOOK = {"type": "function", "function": {"name": "divide", "parameters": {"type": "object", "properties": {}}}}


def exchanges(recorded):
    """Every chat completion in the recordings: where it is from, its status, its body, and whether it streams."""
    found = []
    for path in sorted((recorded / "llm").rglob("*.yaml")):
        for number, one in enumerate(yaml.load(path.read_text(), yaml.CSafeLoader)["interactions"]):
            uri, response = one["request"]["uri"], one["response"]
            if "openrouter.ai" not in uri or not uri.endswith("/chat/completions"):
                continue
            body = response.get("parsed_body") or response["body"]["string"]
            found.append((f"{path.stem} {number}", response["status"]["code"], body, isinstance(body, str)))
    return found


@pytest.fixture(scope="module")
def answered(recorded):
    """By exchange: its body or stream, and the message or the error it became."""

    async def ask(server, streamed):
        async with connected() as http:
            model = chat_model(server, http_async_client=http, retries=0, streamed=streamed)
            try:
                return await model.ainvoke("?", tools=[LOOK])
            except ModelError as error:
                return error

    results = {}
    for name, status, body, streamed in exchanges(recorded):
        headers = {"content-type": "text/event-stream"} if streamed else {}
        with ModelServer(scripted(Reply(status, headers=headers, body=body))) as server:
            results[name] = (body, asyncio.run(ask(server, streamed)))
    return results


def chunks(stream):
    lines = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: {")]
    return [json.loads(line) for line in lines]


def of_kind(answered, kind):
    return {n: (body, got) for n, (body, got) in answered.items() if isinstance(body, kind)}


def test_every_exchange_but_the_recorded_failures_is_an_answer(answered):
    failed = {name: got for name, (_, got) in answered.items() if isinstance(got, ModelError)}
    assert len(answered) > 55
    assert {name.split(" ")[0] for name in failed} == {"test_openrouter_errors_raised", "test_openrouter_stream_error"}
    assert {got.reason for name, got in failed.items() if "errors_raised" in name} == {"rate_limited"}
    limit = failed["test_openrouter_stream_error 0"]
    assert "Token limit reached" in str(limit)
    assert limit.attempts[0][2] == 0  # the stream told its cost beside the error


def test_cost_tokens_reasoning_and_tool_calls_of_whole_answers_are_kept(answered):
    counted = 0
    for body, got in of_kind(answered, dict).values():
        if isinstance(got, ModelError):
            continue
        usage, message = body["usage"], body["choices"][0]["message"]
        cost = got.response_metadata["arena"]["cost"]
        assert (None if cost is None else Decimal(cost)) == (Decimal(repr(usage["cost"])) if "cost" in usage else None)
        assert got.usage_metadata["input_tokens"] == usage["prompt_tokens"]
        assert got.usage_metadata["output_tokens"] == usage["completion_tokens"]
        thought = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens")
        assert got.usage_metadata.get("output_token_details", {}).get("reasoning") == thought
        assert got.text == (message["content"] or "")
        for name in ("reasoning", "reasoning_details"):
            assert got.additional_kwargs.get(name) == (message.get(name) or None)
        assert [(c["name"], c["args"], c["id"]) for c in got.tool_calls] == [
            (c["function"]["name"], json.loads(c["function"].get("arguments") or "{}"), c["id"])
            for c in message.get("tool_calls") or ()
        ]
        assert got.response_metadata["arena"]["provider"] == body.get("provider")
        counted += 1
    assert counted > 45


def test_cost_tokens_reasoning_and_text_of_streams_are_kept(answered):
    counted = 0
    for stream, got in of_kind(answered, str).values():
        if isinstance(got, ModelError):
            continue
        told = chunks(stream)
        (usage,) = [chunk["usage"] for chunk in told if chunk.get("usage")]
        deltas = [chunk["choices"][0]["delta"] for chunk in told if chunk["choices"]]
        assert Decimal(got.response_metadata["arena"]["cost"]) == Decimal(repr(usage["cost"]))
        assert got.usage_metadata["input_tokens"] == usage["prompt_tokens"]
        assert got.usage_metadata["output_tokens"] == usage["completion_tokens"]
        assert got.text == "".join(delta.get("content") or "" for delta in deltas)
        assert got.additional_kwargs.get("reasoning", "") == "".join(delta.get("reasoning") or "" for delta in deltas)
        sent = [detail for delta in deltas for detail in delta.get("reasoning_details") or ()]
        kept = got.additional_kwargs.get("reasoning_details", [])
        for part in ("text", "data", "signature"):
            assert "".join(d.get(part) or "" for d in kept) == "".join(d.get(part) or "" for d in sent)
        assert got.response_metadata["finish_reason"] == "stop"
        counted += 1
    assert counted >= 6
