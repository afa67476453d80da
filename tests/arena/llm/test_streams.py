import asyncio
import json
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import AsyncCallbackHandler, AsyncCallbackManagerForLLMRun

from arena.llm.call import Call
from arena.llm.streams import StreamedAnswer, is_stream
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import chat_model, connected, scripted
from tests.arena.llm.raw_endpoint import events

HEAD = {"id": "gen-1", "model": "maker/model", "provider": "Acme", "object": "chat.completion.chunk"}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 7,
    "total_tokens": 18,
    "cost": 0.00001234,
    "prompt_tokens_details": {"cached_tokens": 5},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
DETAILS = [{"type": "reasoning.text", "text": "Let me see.", "signature": "s", "index": 0, "format": "f"}]
MESSAGE = {
    "role": "assistant",
    "content": "Bäume: up — 12%.",
    "reasoning": "Let me see.",
    "reasoning_details": DETAILS,
    "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "look", "arguments": '{"days": 5}'}},
        {"id": "b", "type": "function", "function": {"name": "look", "arguments": "{}"}},
    ],
}
WHOLE = {**HEAD, "choices": [{"index": 0, "finish_reason": "tool_calls", "message": MESSAGE}], "usage": USAGE}


def delta(finish=None, **said):
    return {**HEAD, "choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def called(place, arguments, **more):
    return {"index": place, "function": {"arguments": arguments, **more.pop("function", {})}, **more}


PIECES = [
    delta(role="assistant", content="", reasoning="Let me",
          reasoning_details=[{"type": "reasoning.text", "text": "Let me", "index": 0, "format": "f"}]),
    delta(content="", reasoning=" see.",
          reasoning_details=[{"type": "reasoning.text", "text": " see.", "signature": "s", "index": 0}]),
    delta(content="Bäume: "),
    delta(content="up — 12%."),
    delta(tool_calls=[called(0, "", id="a", type="function", function={"name": "look"})]),
    delta(tool_calls=[called(0, '{"da')]),
    delta(tool_calls=[called(0, 'ys": 5}'), called(1, "{}", id="b", function={"name": "look"})]),
    delta("tool_calls", content=""),
    {**HEAD, "choices": [], "usage": USAGE},
]  # fmt: skip
STREAM = b": OPENROUTER PROCESSING\n\n" + events(*PIECES)


def assembled(*pieces):
    answer = StreamedAnswer()
    heard = [text for piece in pieces for text in answer.feed(piece)] + answer.end()
    return answer, heard


def test_a_stream_becomes_the_body_that_would_have_come_without_one():
    answer, heard = assembled(STREAM)
    assert answer.body()["choices"][0]["message"] == MESSAGE
    assert {name: value for name, value in answer.body().items() if name != "choices"} == {**HEAD, "usage": USAGE}
    assert heard == ["Bäume: ", "up — 12%."]
    assert answer.complete
    assert not answer.damaged


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_does_not_matter_where_the_network_cuts(cuts):
    places = [0, *sorted(cuts), len(STREAM)]
    answer, _ = assembled(*(STREAM[a:b] for a, b in pairwise(places)))
    assert answer.body() == assembled(STREAM)[0].body()


def test_calls_without_a_place_are_told_apart_by_their_ids():
    pieces = [delta(tool_calls=[{"id": name, "function": {"name": "look", "arguments": "{}"}}]) for name in "ab"]
    answer, _ = assembled(events(*pieces))
    assert [call["id"] for call in answer.body()["choices"][0]["message"]["tool_calls"]] == ["a", "b"]


def test_reasoning_that_is_not_text_is_kept_piece_by_piece_and_in_order():
    details = [{"type": "reasoning.encrypted", "data": data, "index": 0} for data in ("x", "y")]
    answer, _ = assembled(events(*(delta(reasoning_details=[detail]) for detail in details)))
    assert answer.body()["choices"][0]["message"]["reasoning_details"] == details


def test_a_character_that_came_in_two_escapes_is_joined():
    first = '{"choices":[{"delta":{"content":"\\ud83d"}}]}'
    answer, _ = assembled(events(first, '{"choices":[{"delta":{"content":"\\ude00"},"finish_reason":"stop"}]}'))
    assert answer.body()["choices"][0]["message"]["content"] == "😀"


@pytest.mark.parametrize(
    ("sent", "complete"),
    [
        (events(delta(content="half"), end=False), False),
        (events(delta("stop", content="all"), end=False), True),
        (events(delta(content="all")), True),
        (events({"error": {"code": 502}}, end=False), True),
        (b"", False),
    ],
    ids=["cut", "finished", "only [DONE]", "an error", "nothing"],
)
def test_a_stream_is_complete_when_it_says_so(sent, complete):
    assert assembled(sent)[0].complete is complete


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"data: {", True), (b": OPENROUTER", True), (b"event: x", True), (b"\n\n id: 3", True),
        (b"\xef\xbb\xbfdata:", True), (b"", None), (b"\n", None), (b"da", None), (b"{", False), (b"<html>", False),
        (b"dark", False),
    ],
)  # fmt: skip
def test_a_stream_is_known_by_how_it_begins(head, told):
    assert is_stream(head) is told


@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    answer, heard = assembled(data)
    json.dumps(answer.body())
    assert all(isinstance(text, str) for text in heard)


@given(deltas=st.lists(st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["choices", "delta", "tool_calls", "function", "index", "id", "content", "arguments",
                         "reasoning_details", "type", "name", "message", "error", "usage"]), inner, max_size=4),
    max_leaves=12), max_size=4))  # fmt: skip
def test_no_chunk_breaks_the_reader(deltas):
    chunks = [{"choices": [{"delta": one, "finish_reason": None}]} for one in deltas]
    answer, _ = assembled(events(*deltas, *chunks))
    json.dumps(answer.body())


class Listening(AsyncCallbackHandler):
    def __init__(self):
        self.heard = []

    async def on_llm_new_token(self, token, **kwargs):
        self.heard.append(token)


def asked(reply, listener, **settings):
    async def ask(server):
        async with connected() as http:
            model = chat_model(server, http_async_client=http, callbacks=[listener], **settings)
            return await model.ainvoke("NVDA?", tools=[LOOK])

    with ModelServer(scripted(reply)) as server:
        return asyncio.run(ask(server)), server.requests[0].body


def test_an_answer_is_the_same_with_and_without_a_stream():
    listener = Listening()
    plain, _ = asked(Reply(body=WHOLE), listener)
    assert listener.heard == []
    streamed, request = asked(
        Reply(headers={"content-type": "text/event-stream"}, body=STREAM), listener, streamed=True
    )
    assert "".join(listener.heard) == "Bäume: up — 12%."
    assert (request["stream"], request["stream_options"]) == (True, {"include_usage": True})
    for what in ("content", "tool_calls", "additional_kwargs", "usage_metadata", "response_metadata"):
        assert getattr(streamed, what) == getattr(plain, what)
    assert streamed.response_metadata["arena"]["cost"] == "0.00001234"
    assert streamed.usage_metadata["output_token_details"]["reasoning"] == 3


def test_listeners_are_told_at_once_of_the_first_word_and_then_of_what_was_gathered():
    deltas = [{"choices": [{"delta": {"content": f"word{n} "}, "finish_reason": None}]} for n in range(200)]
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    pieces = tuple(f"data: {json.dumps(one)}\n\n".encode() for one in (*deltas, last))
    listener = Listening()
    message, _ = asked(Reply(body=(*pieces, b"data: [DONE]\n\n")), listener, streamed=True)
    assert listener.heard[0].startswith("word0 ")
    assert "".join(listener.heard) == message.content
    assert len(listener.heard) < 100


def test_what_was_gathered_of_an_answer_that_broke_off_is_told_to_nobody():
    listener = Listening()

    async def hear():
        call = Call(AsyncCallbackManagerForLLMRun(run_id=uuid4(), handlers=[listener], inheritable_handlers=[]))
        await call.hear("first ")
        await call.hear("lost")
        call.failed(("HTTP 502", 0.0, None), None)
        await call.heard_out()

    asyncio.run(hear())
    assert listener.heard == ["first "]
