import asyncio
import inspect
import json
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from arena.errors import CapabilityError, ModelError
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import KEY, called, chat_model, completion, connected, failure, said, scripted

PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]
LOOK = {"type": "function", "function": {"name": "look", "description": "Look.", "parameters": {"type": "object"}}}


async def asked(server, prompt=PROMPT, *, options=None, **settings):
    # No certificates are read: the endpoint is loopback, and reading them takes longer than a test.
    async with connected() as http:
        return await chat_model(server, http_async_client=http, **settings).ainvoke(prompt, **(options or {}))


def answered(server, prompt=PROMPT, **settings):
    return asyncio.run(asked(server, prompt, **settings))


def failed(server, **settings):
    """The error a call ends with, and the seconds that took."""
    began = time.monotonic()
    with pytest.raises(ModelError) as caught:
        answered(server, **settings)
    return caught.value, time.monotonic() - began


@pytest.fixture
def endpoint():
    """Makes servers with scripted replies and closes them."""
    servers = []

    def serve(*replies):
        servers.append(ModelServer(scripted(*replies)))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


def test_a_request_says_what_the_contestant_is_set_to_and_never_streams(endpoint):
    server = endpoint(said())
    answered(
        server,
        temperature=0.3,
        extra_body={"provider": {"require_parameters": True}},
        default_headers={"HTTP-Referer": "http://localhost/arena", "X-Title": "ModelChat Arena"},
    )
    (request,) = server.requests
    assert request.body == {
        "model": "maker/model",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "NVDA?"}],
        "max_tokens": 500,
        "temperature": 0.3,
        "provider": {"require_parameters": True},
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["http-referer"] == "http://localhost/arena"
    assert request.headers["x-title"] == "ModelChat Arena"


def test_openai_itself_is_sent_the_token_cap_under_its_own_name():
    compatible = chat_model("http://127.0.0.1:9/v1")._get_request_payload(PROMPT)
    openai = chat_model("https://api.openai.com/v1")._get_request_payload(PROMPT)
    assert (compatible["max_tokens"], "max_completion_tokens" in compatible) == (500, False)
    assert (openai["max_completion_tokens"], "max_tokens" in openai) == (500, False)


def test_what_the_endpoint_told_rides_on_the_message(endpoint):
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "total_tokens": 140,
        "cost": 0.00001234,
        "prompt_tokens_details": {"cached_tokens": 60},
        "completion_tokens_details": {"reasoning_tokens": 25},
    }
    body = completion({"role": "assistant", "content": "Buy.", "reasoning": "Hm."}, provider="Acme", usage=usage)
    message = answered(endpoint(body))
    assert message.text == "Buy."
    assert message.response_metadata["arena"] == {
        "cost": "0.00001234",
        "cost_at_least": False,
        "cost_source": "endpoint",
        "provider": "Acme",
        "attempts": [],
    }
    assert message.response_metadata["finish_reason"] == "stop"
    assert message.additional_kwargs["reasoning"] == "Hm."
    assert message.usage_metadata == {
        "input_tokens": 100,
        "output_tokens": 40,
        "total_tokens": 140,
        "input_token_details": {"cache_read": 60},
        "output_token_details": {"reasoning": 25},
    }


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (None, None),
        ("unknown", None),
        ({}, None),
        ({"cost": 0.5}, "0.5"),
        ({"prompt_tokens": None, "completion_tokens": None, "cost": 0}, "0"),
        ({"prompt_tokens": 3, "completion_tokens": None}, None),
    ],
)
def test_tokens_that_are_not_told_are_unknown_and_not_zero(endpoint, usage, cost):
    message = answered(endpoint(completion({"role": "assistant", "content": "x"}, usage=usage)))
    assert message.usage_metadata is None
    assert message.response_metadata["arena"]["cost"] == cost


def test_a_cost_that_is_no_number_is_unknown(endpoint):
    body = json.dumps(completion({"content": "x"}, usage={"prompt_tokens": 1, "completion_tokens": 1, "cost": 0.5}))
    message = answered(endpoint(Reply(body=body.replace("0.5", "NaN"))))
    assert message.response_metadata["arena"]["cost"] is None
    assert message.usage_metadata["total_tokens"] == 2


@pytest.mark.parametrize(
    ("kept", "given_back"),
    [
        ({"reasoning_content": "Thinking."}, {"reasoning_content": "Thinking."}),
        ({"reasoning": "Thinking."}, {"reasoning": "Thinking."}),
        (
            {
                "reasoning": "Thinking.",
                "reasoning_details": [{"type": "reasoning.encrypted", "data": "b64", "index": 0}],
            },
            {"reasoning_details": [{"type": "reasoning.encrypted", "data": "b64", "index": 0}]},
        ),
    ],
    ids=["DeepSeek", "OpenRouter's text", "OpenRouter's details supersede the text"],
)
def test_reasoning_goes_back_unmodified_with_the_next_request(endpoint, kept, given_back):
    body = called("look", "{}")
    body["choices"][0]["message"] |= kept
    server = endpoint(body, said("Done."))

    async def two_turns():
        first = await asked(server, options={"tools": [LOOK]})
        await asked(server, [*PROMPT, first, ToolMessage("117.80", tool_call_id="call_1")], options={"tools": [LOOK]})
        return first

    first = asyncio.run(two_turns())
    assert {name: first.additional_kwargs[name] for name in kept} == kept
    sent = server.requests[1].body["messages"][2]
    assert {name: value for name, value in sent.items() if name.startswith("reasoning")} == given_back
    assert sent["tool_calls"][0]["id"] == "call_1"


@pytest.mark.parametrize(
    ("sent", "args"),
    [
        ("", {}),
        (None, {}),
        ("null", {}),
        ({"days": 5}, {"days": 5}),
        ('"{\\"days\\": 5}"', {"days": 5}),
        ('{}{"days": 5}', {"days": 5}),
        ('[{"days": 5}]', {"days": 5}),
    ],
    ids=[
        "empty",
        "null",
        "the text null",
        "an object",
        "a string inside a string",
        "after an empty one",
        "a list of one",
    ],
)
def test_arguments_are_read_in_every_way_endpoints_write_them(endpoint, sent, args):
    message = answered(endpoint(called("look", sent)))
    assert [(call["name"], call["args"]) for call in message.tool_calls] == [("look", args)]


@pytest.mark.parametrize(
    "sent",
    ['{"days": ', '{"days": 1}{"days": 5}', "[5]", "5", "[" * 100_000],
    ids=["cut", "two objects", "list", "number", "stuck on a bracket"],
)
def test_arguments_that_are_no_object_are_kept_as_the_text_they_are(endpoint, sent):
    message = answered(endpoint(called("look", sent)))
    assert message.tool_calls == []
    assert [(call["name"], call["args"], call["id"]) for call in message.invalid_tool_calls] == [
        ("look", sent, "call_1")
    ]


@pytest.mark.parametrize("call_id", ["", None])
def test_a_call_without_an_id_is_given_one_so_that_it_can_be_answered(endpoint, call_id):
    (call,) = answered(endpoint(called("look", "{}", call_id))).tool_calls
    assert call["id"].startswith("call_")


@pytest.mark.parametrize(
    "body",
    [completion({"content": "Fine."}), {**said(), "choices": [*said()["choices"], None]}],
    ids=["a message without a role", "a second choice that is null"],
)
def test_small_departures_from_the_protocol_do_no_harm(endpoint, body):
    message = answered(endpoint(body))
    assert isinstance(message, AIMessage)
    assert message.text == "Fine."


def test_white_space_before_the_json_is_read_over(endpoint):
    assert answered(endpoint(Reply(body="\n\n   \n" + json.dumps(said())))).text == "Fine."


@pytest.mark.parametrize(
    "fault",
    [
        failure(429),
        {"choices": None},
        {"choices": []},
        completion({"content": "half"}, "error"),
        said(None),
        said(" "),
        Reply(429, body=failure(429)),
        Reply(500, body=failure(500)),
        Reply(502, headers={"content-type": "text/html"}, body="<html>Bad gateway</html>"),
        Reply(503, body=failure(503)),
        Reply(body="<html>Welcome</html>", headers={"content-type": "text/html"}),
        Reply(body=""),
        Reply(body=json.dumps(said())[:-20]),
        Reply(body=b"\xff\xfe{"),
        Reply(cut_after=0),
        Reply(cut_after=200, body=said()),
    ],
    ids=[
        "error object in a 200", "null choices", "no choices", "finish_reason error", "null content", "blank content",
        "429", "500", "502 with HTML", "503", "HTML in a 200", "empty body", "cut JSON", "not UTF-8",
        "connection closed without an answer", "connection closed in the body",
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again_and_counted(endpoint, fault):
    server = endpoint(fault, said("At last."))
    message = answered(server)
    assert message.text == "At last."
    assert len(server.requests) == 2
    ((error, waited, _),) = message.response_metadata["arena"]["attempts"]
    assert error
    assert 0.0075 <= waited <= 0.0125  # 0.01 s with a quarter of jitter either way


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Reply(400, body=failure(400, "context_length_exceeded")), "provider_error"),
        (Reply(402, body=failure(402, "can only afford 3395")), "budget"),
        (Reply(403, body=failure(403, "flagged")), "refused"),
        (Reply(429, body=failure(429, "free-models-per-day")), "rate_limited"),
        (failure(402), "budget"),
        (completion({"content": ""}, "content_filter"), "refused"),
        (completion({"content": None}, "length"), "unparseable"),
    ],
)
def test_what_cannot_succeed_is_sent_once(endpoint, fault, reason):
    server = endpoint(fault)
    error, _ = failed(server)
    assert (error.reason, len(error.attempts), len(server.requests)) == (reason, 1, 1)


def test_a_missing_capability_is_an_error_of_its_own(endpoint):
    server = endpoint(Reply(404, body=failure(404, "No endpoints found that support tool use")))
    error, _ = failed(server)
    assert isinstance(error, CapabilityError)
    assert len(server.requests) == 1


def test_retries_end_and_every_attempt_is_told(endpoint):
    server = endpoint(Reply(502, body=failure(502, "Bad gateway")))
    error, _ = failed(server, retries=2)
    assert len(server.requests) == 3
    assert error.reason == "provider_error"
    assert [text for text, *_ in error.attempts] == ["HTTP 502: Bad gateway"] * 3
    first, second, last = (waited for _, waited, _ in error.attempts)
    assert 0.0075 <= first <= 0.0125  # 0.01 s, then twice that, then none
    assert 0.015 <= second <= 0.025
    assert last == 0


@pytest.mark.parametrize(
    "retry_after",
    [lambda: "0.3", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)],
    ids=["seconds", "a date"],
)
def test_the_wait_the_server_asks_for_is_kept(endpoint, retry_after):
    server = endpoint(Reply(429, headers={"Retry-After": retry_after()}, body=failure(429)), said())
    ((_, waited, _),) = answered(server, retry_delay=0.0).response_metadata["arena"]["attempts"]
    assert 0.3 <= waited <= 2  # an HTTP date has whole seconds, so up to one of the two is gone
    first, second = server.requests
    assert second.at - first.at >= waited


def test_a_budget_in_flight_is_waited_for(endpoint):
    body = failure(402, "in flight", metadata={"limit_source": "openrouter_in_flight_budget"})
    server = endpoint(Reply(402, headers={"Retry-After": "0.05"}, body=body), said())
    assert answered(server).text == "Fine."
    assert len(server.requests) == 2


def test_a_wait_beyond_the_deadline_is_not_begun(endpoint):
    server = endpoint(Reply(429, headers={"Retry-After": "3600"}, body=failure(429)))
    error, took = failed(server, call_seconds=5)
    assert (error.reason, len(server.requests)) == ("rate_limited", 1)
    assert took < 2


def test_an_endpoint_that_hangs_is_given_up_at_the_deadline(endpoint):
    server = endpoint(Reply(delay=60, body=said()))
    error, took = failed(server, call_seconds=0.3)
    assert (error.reason, len(server.requests)) == ("timeout", 1)
    assert str(error) == "maker/model did not answer within 0.3 s"
    assert 0.3 <= took < 0.8


def test_a_slow_drip_does_not_stretch_the_deadline(endpoint):
    server = endpoint(Reply(drip=0.02, body=said("x" * 500)))
    error, took = failed(server, call_seconds=0.3)
    assert error.reason == "timeout"
    assert 0.3 <= took < 0.8


def test_the_deadline_spans_all_attempts_and_keeps_what_failed_before(endpoint):
    server = endpoint(Reply(502, body=failure(502, "Bad gateway")), Reply(delay=60, body=said()))
    error, took = failed(server, call_seconds=0.4)
    assert error.reason == "timeout"
    assert [text for text, *_ in error.attempts] == ["HTTP 502: Bad gateway"]
    assert took < 0.9


def test_a_refused_connection_is_a_provider_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error, _ = failed(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", retries=1)
    assert (error.reason, len(error.attempts)) == ("provider_error", 2)
    assert str(error).startswith("the endpoint cannot be reached")


@pytest.mark.parametrize("key", [KEY, "a-key-of-another-shape"])
def test_no_error_repeats_the_key(endpoint, key):
    echo = f"Incorrect API key provided: {key}"
    server = endpoint(Reply(503, body=failure(503, echo)), Reply(401, body=failure(401, echo)))
    error, _ = failed(server, api_key=SecretStr(key))
    assert str(error) == "HTTP 401: Incorrect API key provided: [key]"
    assert key not in repr(error.attempts)
    assert server.requests[0].headers["authorization"] == f"Bearer {key}"


def test_a_call_that_blocks_is_refused(endpoint):
    with pytest.raises(NotImplementedError, match="ainvoke"):
        chat_model("http://127.0.0.1:9/v1").invoke("NVDA?")


def test_langchain_openai_still_has_the_two_methods_we_override():
    payload = inspect.signature(ChatOpenAI._get_request_payload)
    result = inspect.signature(ChatOpenAI._create_chat_result)
    assert list(payload.parameters) == ["self", "input_", "stop", "kwargs"]
    assert list(result.parameters) == ["self", "response", "generation_info"]


def test_langchain_openai_still_builds_payload_and_result_as_we_complete_them():
    plain = ChatOpenAI(model="m", api_key=SecretStr(KEY), max_completion_tokens=9, use_responses_api=False)
    payload = plain._get_request_payload([HumanMessage("a"), AIMessage("b"), ToolMessage("c", tool_call_id="1")])
    assert [message["role"] for message in payload["messages"]] == ["user", "assistant", "tool"]
    assert payload["max_completion_tokens"] == 9
    (generation,) = plain._create_chat_result(called("look", '{"days": 5}')).generations
    assert isinstance(generation.message, AIMessage)
    assert generation.message.tool_calls == [{"name": "look", "args": {"days": 5}, "id": "call_1", "type": "tool_call"}]
    assert generation.message.usage_metadata["input_tokens"] == 11
    assert plain._create_chat_result(said()).generations[0].message.additional_kwargs == {}
