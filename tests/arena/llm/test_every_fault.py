"""Every fault an endpoint is known to have, and what becomes of it: never a HOLD that nobody said.

All rows run side by side against one loopback server. A good answer is always BUY.
"""

import asyncio
import gzip
import json
import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

import httpx2
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from arena.errors import ModelError
from arena.llm.client import LADDER, ChatModelClient
from arena.llm.exchange import LARGEST
from arena.records.outcome import Decision
from tests.arena.llm.endpoint import called, chat_model, completion, failure, said
from tests.arena.llm.raw_endpoint import Raw, chunk, content, events, head, raw_endpoint, reply

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
GOOD = reply(said(TEXT))
BY_TOOL = reply(called("submit_decision", TEXT))
PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
LOOKED = reply(called("look", '{"days": 5}'))
ONCE_LOOKED = [
    *PROMPT,
    AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "c1"}], additional_kwargs={"reasoning": "Hm."}),
    ToolMessage("117.80", tool_call_id="c1"),
]
SECONDS = 8.0
"""The deadline of a call that names no other."""


@dataclass(frozen=True)
class Row:
    """One fault: the replies to the requests in order, the last of them for good."""

    name: str
    replies: list[Raw]
    outcome: Any
    """BUY, the text that was said, the calls that were made, or the reason there is no answer."""
    requests: int
    how: str = "answer"
    seconds: float = SECONDS
    settings: dict[str, Any] = field(default_factory=dict)
    rungs: tuple[Any, ...] = LADDER
    prompt: Any = field(default_factory=lambda: PROMPT)


def row(name, *replies, gives="BUY", requests=2, **more):
    return Row(name, list(replies), gives, requests, **more)


def passes(name, *faults, **more):
    """A fault that is tried again, and then a good answer."""
    return row(name, *faults, GOOD, requests=len(faults) + 1, **more)


def fails(name, fault, reason, **more):
    """A fault for good."""
    return row(name, fault, gives=reason, requests=more.pop("requests", 1), **more)


def reads(name, answer, **more):
    """An oddity that does no harm."""
    return row(name, answer if isinstance(answer, Raw) else reply(answer), requests=1, **more)


def refusal(status, message="no", code=None, **more):
    error = {key: more.pop(key) for key in ("metadata", "availability") if key in more}
    return reply(failure(code or int(status[:3]), message, **error), status, **more)


def delta(text=None, finish=None, **more):
    return {"choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}]}


def sse(*data, end=True, **headers):
    return reply(events(*data, end=end), **{"content_type": "text/event-stream", **headers})


def streams(name, *replies, **more):
    return row(name, *replies, settings={"streamed": True}, **more)


def a_date(seconds):
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def millis(seconds):
    return str(int((time.time() + seconds) * 1000))


def args(name, sent, got, **more):
    call = {"id": "c", "type": "function", "function": {"name": "look", "arguments": sent}, **more}
    body = completion({"content": None, "tool_calls": [call]}, "stop")
    return reads(name, body, gives=[("look", got)], how="consult")


HALF = TEXT[:40]
HALVES = (delta(HALF), delta(TEXT[40:], "stop"))
USAGE_LAST = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "cost": 0.5}}
CHUNKED = {"transfer_encoding": "chunked"}
WHOLE = content(said(TEXT))
IN_FLIGHT = {"limit_source": "openrouter_in_flight_budget"}
NO_TEMPERATURE = refusal("400 Bad Request", "Unsupported value: 'temperature' does not support 0.3 with this model.")
NO_MAX_TOKENS = refusal("400 Bad Request", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
PASS_BACK = refusal("400 Bad Request", "The `reasoning_content` in the thinking mode must be passed back to the API.")
NO_SIGNATURE = refusal("400 Bad Request", "Function call is missing a thought_signature in functionCall parts")
MINUTE = "Rate limit exceeded: free-models-per-min. Add credits for 1000 free model requests per day"


@cache
def rows():
    """Made when they are asked for: some hold dates from now on."""
    return (
        # A 200 that is a failure.
        passes("null choices beside an error", reply({"id": None, "choices": None, **failure(429)})),
        passes("only an error", reply(failure(502))),
        passes("an error whose code is text", reply(failure("overloaded"))),
        passes("an error that is text", reply({"error": "overloaded"})),
        passes("no choices in the list", reply({"choices": []})),
        passes("an error beside a normal choice", reply({**said(None), **failure(500)})),
        passes("finish_reason error with half a text", reply(completion({"content": HALF}, "error"))),
        passes("an error inside the choice", reply({"choices": [{"message": {"content": HALF}, **failure(502)}]})),
        passes(
            "a malformed function call of Gemini",
            reply({"choices": [{"finish_reason": "error", "native_finish_reason": "MALFORMED_FUNCTION_CALL",
                                "message": {"content": None}}]}),
        ),
        fails("reasoning ate the budget", reply(completion({"content": None}, "length")), "unparseable"),
        reads("the JSON only in the reasoning", said(None, reasoning=f"Let me see.\n{TEXT}")),
        passes("a draft in the middle of the reasoning", reply(said(None, reasoning=f"{TEXT} or rather not."))),
        fails("the content filter", reply(completion({"content": ""}, "content_filter")), "refused"),
        fails("a refusal", reply(said(None, refusal="I cannot help with that")), "refused"),
        fails("an error 402 inside a 200", reply(failure(402, "no credit")), "budget"),
        fails("an error 403 inside a 200", reply(failure(403, "flagged")), "refused"),
        passes("a blank completion on a cold start", reply(said(""))),
        passes("white space for content", reply(said(" \n"))),
        passes("HTML", reply("<html>Welcome</html>", content_type="text/html")),
        passes("an empty body", reply("")),
        passes("truncated JSON", reply(WHOLE[:-20])),
        reads("white space before the JSON", reply(b"\n\n   \n" + WHOLE)),
        reads("no usage", completion({"content": TEXT}, usage=None)),
        # Status codes.
        passes("429 with seconds", refusal("429 Too Many Requests", retry_after="0.2")),
        passes("429 with a date", refusal("429 Too Many Requests", retry_after=a_date(1))),
        passes("429 with a date that is past", refusal("429 Too Many Requests", retry_after=a_date(-60))),
        passes("429 with a reset in milliseconds",
               refusal("429 Too Many Requests", MINUTE, x_ratelimit_remaining="0", x_ratelimit_reset=millis(0.4))),
        passes("429 with a wait nobody can read", refusal("429 Too Many Requests", retry_after="soon")),
        fails("429 with a wait beyond the deadline", refusal("429 Too Many Requests", retry_after="3600"),
              "rate_limited"),
        fails("429 for the day", refusal("429 Too Many Requests", "Rate limit exceeded: free-models-per-day"),
              "rate_limited"),
        fails("429 for good", refusal("429 Too Many Requests", retry_after="0"), "rate_limited", requests=3),
        fails("402 can only afford", refusal("402 Payment Required", "requested up to 65536 tokens, but can only "
              "afford 3395"), "budget"),
        passes("402 in flight", refusal("402 Payment Required", metadata=IN_FLIGHT, retry_after="0.1")),
        fails("402 in flight without a wait", refusal("402 Payment Required", metadata=IN_FLIGHT), "budget"),
        fails("401", refusal("401 Unauthorized", "No auth credentials found"), "provider_error"),
        fails("403", refusal("403 Forbidden", "flagged by moderation"), "refused"),
        fails("404 no such model", refusal("404 Not Found", "maker/model is not a valid model ID"), "provider_error"),
        row("404 no tools", refusal("404 Not Found", "No endpoints found that support tool use"), GOOD,
            rungs=("tool_call", "prompt")),
        row("404 no tool_choice", refusal("404 Not Found", "No endpoints found that support the provided "
            "'tool_choice' value"), GOOD, rungs=("tool_call", "json_mode")),
        row("400 no json_schema", refusal("400 Bad Request", "response_format json_schema is unknown"), BY_TOOL),
        row("404 cannot handle the parameters", refusal("404 Not Found", "No endpoints found that can handle the "
            "requested parameters."), BY_TOOL),
        fails("no rung works", refusal("400 Bad Request", "response_format is unknown"), "provider_error", requests=4),
        fails("400 context length", refusal("400 Bad Request", "context_length_exceeded"), "provider_error"),
        row("400 temperature", NO_TEMPERATURE, GOOD, settings={"temperature": 0.3}),
        fails("400 temperature for good", NO_TEMPERATURE, "provider_error", requests=2, settings={"temperature": 0.3}),
        fails("400 temperature that was not sent", NO_TEMPERATURE, "provider_error"),
        row("400 max_tokens", NO_MAX_TOKENS, GOOD),
        fails("400 max_tokens for good", NO_MAX_TOKENS, "provider_error", requests=2),
        row("400 reasoning_content", PASS_BACK, LOOKED, how="consult", prompt=ONCE_LOOKED,
            gives=[("look", {"days": 5})]),
        fails("400 reasoning_content for good", PASS_BACK, "provider_error", requests=2, how="consult",
              prompt=ONCE_LOOKED),
        fails("400 thought_signature", NO_SIGNATURE, "provider_error", how="consult", prompt=ONCE_LOOKED),
        *(passes(status[:3], refusal(status)) for status in (
            "408 Timeout", "409 Conflict", "425 Too Early", "500 Oops", "502 Bad", "503 Busy", "504 Late", "520 Odd",
            "522 Late", "524 Late", "529 Overloaded")),
        fails("502 for good", refusal("502 Bad Gateway"), "provider_error", requests=3),
        passes("502 with HTML", reply("<html>Bad gateway</html>", "502 Bad Gateway", content_type="text/html")),
        passes("502 whose body is cut", Raw([head(900, "502 Bad Gateway"), b'{"error"'], "close")),
        *(fails(status[:3], refusal(status), "provider_error") for status in (
            "405 No", "410 Gone", "413 Too Large", "415 No", "451 No", "501 Not Implemented", "505 No")),
        passes("availability says come back", refusal("404 Not Found", code="none",
               availability={"code": "busy", "retryable": True, "retry_after": 0.1})),
        fails("availability says stay away", reply({"error": {"message": "gone", "availability": {
              "code": "retired", "retryable": False, "fallback_models": ["a/b"]}}}), "provider_error"),
        # The connection.
        passes("closed without an answer", Raw([], "close")),
        passes("reset without an answer", Raw([], "reset")),
        passes("reset between headers and body", Raw([head(len(WHOLE)), 0.05], "reset")),
        passes("closed in mid-body", Raw([head(len(WHOLE)), WHOLE[:60]], "close")),
        passes("a chunked body that is cut", Raw([head(None, **CHUNKED), chunk(WHOLE[:60])], "close")),
        passes("a chunk whose length is no number", Raw([head(None, **CHUNKED), b"zz\r\n" + WHOLE], "close")),
        reads("a chunked body", Raw([head(None, **CHUNKED), chunk(WHOLE[:60]), chunk(WHOLE[60:]), chunk(b"")])),
        fails("silence", Raw([60.0]), "timeout", seconds=0.5),
        fails("headers and then silence", Raw([head(9), 60.0]), "timeout", seconds=0.5),
        fails("a byte a second", Raw([head(len(WHOLE)), *[piece for byte in WHOLE for piece in (bytes([byte]), 1.0)]]),
              "timeout", seconds=1.5),
        fails("an error and then silence", Raw([head(9, "502 Bad Gateway"), 60.0]), "timeout", seconds=0.5),
        reads("an early hint before the answer",
            Raw([b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", head(len(WHOLE)), WHOLE])),
        passes("no HTTP at all", Raw([b"SSH-2.0-OpenSSH_9.6\r\n"], "close")),
        passes("204", Raw([b"HTTP/1.1 204 No Content\r\n\r\n"])),
        fails("a redirect", reply("", "307 Temporary Redirect", location="http://127.0.0.1:9/v1"), "provider_error"),
        passes("headers without end", Raw([b"HTTP/1.1 200 OK\r\n" + b"x-a: " + b"a" * 300_000 + b"\r\n"], "close")),
        # The body.
        passes("gzip cut short", reply(gzip.compress(WHOLE)[:-20], content_encoding="gzip")),
        passes("gzip that is none", reply(WHOLE, content_encoding="gzip")),
        reads("gzip", reply(gzip.compress(WHOLE), content_encoding="gzip")),
        fails("20 MB", reply(b" " * 20_000_000 + WHOLE), "provider_error"),
        fails("20 MB in 20 kB", reply(gzip.compress(b" " * 20_000_000 + WHOLE), content_encoding="gzip"),
              "provider_error"),
        reads("the wrong content type", reply(WHOLE, content_type="text/html")),
        reads("a byte order mark", reply(b"\xef\xbb\xbf" + WHOLE)),
        passes("not UTF-8", reply(b"\xff\xfe{")),
        passes("nested too deep", reply("[" * 100_000)),
        passes("two documents", reply(WHOLE + WHOLE)),
        passes("a list", reply([said(TEXT)])),
        passes("null", reply("null")),
        passes("choices as an object", reply({"choices": {"message": {"content": TEXT}}})),
        passes("a choice that is null", reply({"choices": [None]})),
        passes("a message that is text", reply(completion(TEXT))),
        reads("a second choice that is null", {**said(TEXT), "choices": [*said(TEXT)["choices"], None]}),
        reads("an unknown finish_reason", completion({"content": TEXT}, "satisfied")),
        reads("a finish_reason that is a number", completion({"content": TEXT}, 7)),
        reads("content as a list of parts",
            said([{"type": "text", "text": TEXT[:9]}, {"type": "text", "text": TEXT[9:]}])),
        reads("negative tokens", completion({"content": TEXT}, usage={"prompt_tokens": -1, "completion_tokens": 7})),
        reads("tokens as text", completion({"content": TEXT}, usage={"prompt_tokens": "1", "completion_tokens": "7"})),
        reads("token details that are text", completion({"content": TEXT}, usage={"prompt_tokens": 1,
              "completion_tokens": 7, "completion_tokens_details": "none", "prompt_tokens_details": 3})),
        reads("a cost as text", completion({"content": TEXT}, usage={"cost": "0.25"})),
        reads("a cost that is NaN",
            reply(content(completion({"content": TEXT}, usage={"cost": 0.5})).replace(b"0.5}", b"NaN}"))),
        reads("ids and names of the wrong type", {**said(TEXT, id=3, name=[]), "id": 7, "model": {}, "provider": 9}),
        reads("a key given twice in the envelope", reply(WHOLE.replace(b'{"id"', b'{"id": "x", "id"', 1))),
        # What the model wrote.
        reads("NUL and a lone surrogate", said(TEXT.replace("Momentum", "Mo\\u0000men\\ud800tum"))),
        reads("NUL and a lone surrogate, escaped once", said("\x00\ud800" + TEXT)),
        row("NaN in the form", reply(said(TEXT.replace("0.25", "NaN"))), GOOD),
        row("infinity by its exponent", reply(said(TEXT.replace("0.25", "1e999"))), GOOD),
        row("a key given twice in the form",
            reply(said(TEXT.replace('{"action"', '{"action": "SELL", "action"'))), GOOD),
        row("two decisions", reply(said(f"{TEXT} or {TEXT.replace('BUY', 'SELL')}")), GOOD),
        row("a thought that never ends", reply(said(f"<think>Perhaps {TEXT}")), GOOD),
        row("prose", reply(said("I would hold.")), GOOD),
        fails("prose for good", reply(said("I would hold.")), "unparseable", requests=2),
        row("an empty object", reply(said("{}")), GOOD),
        row("cut by max_tokens", reply(completion({"content": HALF}, "length")), GOOD),
        reads("fenced", said(f"Here:\n```json\n{TEXT}\n```")),
        reads("a thought in front", said(f"<think>HOLD? {{}}</think>{TEXT}")),
        reads("a thought whose beginning the template kept", said(f"Hm, HOLD.</think>\n{TEXT}")),
        reads("full-width punctuation", said(TEXT.replace(", ", "，").replace('": ', '"：'))),  # noqa: RUF001
        reads("an array of one", said(f"[{TEXT}]")),
        reads("JSON inside a string", said(json.dumps(TEXT))),
        # Tool calls.
        args("arguments empty", "", {}),
        args("arguments null", None, {}),
        args("arguments as an object", {"days": 5}, {"days": 5}),
        args("arguments inside a string", '"{\\"days\\": 5}"', {"days": 5}),
        args("arguments after an empty object", '{}{"days": 5}', {"days": 5}),
        args("arguments cut", '{"da', '{"da'),
        args("arguments as a list", "[5]", "[5]"),
        args("arguments with NaN", '{"days": NaN}', '{"days": NaN}'),
        args("no id", "{}", {}, id=""),
        passes("an empty tool name", reply(called("", TEXT)), rungs=("tool_call",)),
        passes("a tool call without a function", reply(said(None, tool_calls=[{"id": "c"}])), rungs=("tool_call",)),
        passes("tool calls as text", reply(said(None, tool_calls="look()")), rungs=("tool_call",)),
        reads("a call written as markup",
            said('Let me see. <tool_call>{"name": "look", "arguments": {"days": 5}}</tool_call>'),
              how="consult", gives=[("look", {"days": 5})]),
        reads("a call as a named tag", said('<function=look>{"days": 5}</function>'), how="consult",
              gives=[("look", {"days": 5})]),
        reads("calls as Mistral lists them", said('[TOOL_CALLS][{"name": "look", "arguments": {"days": 5}}]'),
              how="consult", gives=[("look", {"days": 5})]),
        reads("an unknown tool", called("buy_everything", "{}"), how="consult", gives=[("buy_everything", {})]),
        fails("a call where prose was asked", reply(called("look", "{}")), "unparseable", how="say"),
        # Streams.
        streams("a stream", sse(*HALVES, USAGE_LAST), requests=1),
        streams("comments and comments wrapped as data", Raw([head(None, content_type="text/event-stream"),
                b": OPENROUTER PROCESSING\n\ndata: : OPENROUTER PROCESSING\n\n"
                    + events(*HALVES)], "close"), requests=1),
        streams("an error in mid-stream", sse(delta(HALF), {**failure(502), **delta("", "error")}), GOOD, requests=2),
        streams("an error event by its name",
            reply(events(delta(HALF), end=False) + b'event: error\ndata: {"message": "x"}\n\n'),
                GOOD, requests=2),
        streams("a stream cut before its finish", sse(delta(HALF), end=False), GOOD, requests=2),
        streams("a whole text without a finish", sse(delta(TEXT), end=False), GOOD, requests=2),
        streams("a stream reset",
            Raw([head(900, content_type="text/event-stream"), events(delta(HALF), end=False), 0.05],
                "reset"), GOOD, requests=2),
        streams("only [DONE]", sse(), GOOD, requests=2),
        streams("no [DONE]", sse(*HALVES, end=False), requests=1),
        streams("JSON in place of a stream", GOOD, requests=1),
        streams("HTML in place of a stream", reply("<html>", content_type="text/html"), GOOD, requests=2),
        streams("nothing in place of a stream", reply("", content_type="text/event-stream"), GOOD, requests=2),
        streams("an event that is not JSON", sse(delta(HALF), "{oops"), GOOD, requests=2),
        streams("events without blank lines", reply(events(*HALVES).replace(b"\n\n", b"\n")), requests=1),
        streams("carriage returns", reply(events(*HALVES).replace(b"\n", b"\r\n")), requests=1),
        streams("a stream that stays open after [DONE]", Raw([head(None, content_type="text/event-stream", **CHUNKED),
                chunk(events(*HALVES)), 60.0]), requests=1),
        streams("a stream that falls silent", Raw([head(None, **CHUNKED), chunk(events(delta(HALF), end=False)), 60.0]),
                requests=1, gives="timeout", seconds=0.5),
        streams("a refusal where a stream was asked", refusal("429 Too Many Requests", retry_after="0.1"), GOOD),
        reads("a stream nobody asked for", sse(*HALVES)),
    )  # fmt: skip


async def ask(client, asked):
    if asked.how == "say":
        return await client.say("trader", asked.prompt)
    if asked.how == "consult":
        reply = await client.consult("market_analyst", asked.prompt, [LOOK])
        return [(c["name"], c["args"]) for c in (*reply.tool_calls, *reply.invalid_tool_calls)]
    decision = await client.answer("portfolio_manager", asked.prompt, Decision)
    assert decision.action != "HOLD"
    assert "\x00" not in decision.reasoning
    return decision.action


async def one(endpoint, place, asked):
    """What became of a row, and the seconds that took."""
    began = time.monotonic()
    async with httpx2.AsyncClient(timeout=None, verify=False) as http:
        settings = {"http_async_client": http, "call_seconds": asked.seconds, **asked.settings}
        model = chat_model(f"{endpoint.base_url}/{place}", **settings)
        try:
            outcome = await ask(ChatModelClient({"quick": model, "deep": model}, ladder=asked.rungs), asked)
        except ModelError as error:
            outcome = error.reason
    return outcome, time.monotonic() - began


@pytest.fixture(scope="module")
def played():
    """Every row's outcome, seconds and requests, by its name."""

    async def all_rows():
        scenarios = {str(place): one_row.replies for place, one_row in enumerate(rows())}
        async with raw_endpoint(scenarios) as endpoint:
            # A few at a time: a row's seconds are measured, and the loop has only one thread.
            places = asyncio.Semaphore(12)

            async def in_turn(place, asked):
                async with places:
                    return await one(endpoint, place, asked)

            ended = await asyncio.gather(*(in_turn(place, asked) for place, asked in enumerate(rows())))
        counted = [len(requests) for requests in endpoint.requests.values()]
        return {r.name: (*end, count) for r, end, count in zip(rows(), ended, counted, strict=True)}

    return asyncio.run(all_rows())


NAMES = [one_row.name for one_row in rows()]


def test_there_are_rows_enough_and_no_two_of_one_name():
    assert len(NAMES) >= 80
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("place", range(len(NAMES)), ids=NAMES)
def test_a_fault_becomes_what_it_should_and_nothing_else(played, place):
    asked = rows()[place]
    outcome, took, requests = played[asked.name]
    assert outcome == asked.outcome
    assert requests == asked.requests
    assert took < asked.seconds + 0.5


def test_a_refused_connection_is_tried_again_and_then_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        async def alone():
            async with httpx2.AsyncClient(timeout=None, verify=False) as http:
                model = chat_model(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", http_async_client=http)
                return await model.ainvoke(PROMPT)

        with pytest.raises(ModelError, match="cannot be reached") as caught:
            asyncio.run(alone())
    assert (caught.value.reason, len(caught.value.attempts)) == ("provider_error", 3)


def test_the_largest_answer_that_is_read_is_well_above_what_a_model_writes():
    assert LARGEST > 128_000 * 40  # tokens, and bytes of a long one, escaped
