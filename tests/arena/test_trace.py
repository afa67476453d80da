import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import ValidationError

from arena.calls import Asked, Slip
from arena.errors import ModelError
from arena.llm.client import ChatModelClient
from arena.records.desk import ResearchVerdict
from arena.trace import Trace
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import called, chat_model, completion, connected, failure, said, scripted

RUN = UUID(int=1)
BEGAN = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}


class Heard:
    """Remembers what a listener is told."""

    listens = True

    def __init__(self):
        self.started = []
        self.said = []
        self.ended = []

    def call_started(self, call):
        self.started.append(call)

    def call_said(self, call, text):
        self.said.append((call.node, text))

    def call_unsaid(self, call):
        self.said.append((call.node, None))

    def call_ended(self, call):
        self.ended.append(call)


class Hanging(FakeListChatModel):
    """A chat model that never answers."""

    async def _agenerate(self, *args, **kwargs):
        await asyncio.Event().wait()


class Broken(FakeListChatModel):
    """A chat model whose package raises an error of its own."""

    async def _agenerate(self, *args, **kwargs):
        raise LookupError("the provider's own trouble")


def ticking():
    """A clock that is a second later each time it is asked."""
    ticks = iter(range(1000))
    return lambda: BEGAN + timedelta(seconds=next(ticks))


class Deaf(Heard):
    """A listener that wants no records."""

    listens = False


def new_trace(heard=None, *, free=False, **settings):
    return Trace(ticking(), free=free, listener=heard or Heard(), **settings)


def asked(role):
    return Asked(slip=Slip(role, None, ""), model="m", prompt=tuple(PROMPT), parameters={}, node=None)


def traced(use, *replies, heard=None, **settings):
    """The trace of what `use` asks a model at an endpoint that gives these replies."""
    trace = new_trace(heard)

    async def ask(server):
        async with connected() as http:
            model = chat_model(server, http_async_client=http, callbacks=[trace], **settings)
            await use(ChatModelClient({"quick": model, "deep": model}))

    with ModelServer(scripted(*replies)) as server:
        asyncio.run(ask(server))
    return trace


def test_a_call_is_on_the_record_with_all_the_endpoint_told():
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "total_tokens": 140,
        "cost": 0.00001234,
        "prompt_tokens_details": {"cached_tokens": 60},
        "completion_tokens_details": {"reasoning_tokens": 25},
    }
    reply = completion({"content": "Buy.", "reasoning": "Hm."}, usage=usage, provider="Acme")
    heard = Heard()
    trace = traced(lambda client: client.say("bull_researcher", PROMPT), reply, heard=heard)
    (call,) = trace.calls()
    assert (call.node, call.model, call.status, call.rung) == ("bull_researcher", "maker/model", "ok", None)
    assert [(message.role, message.text) for message in call.prompt] == [("system", "Be brief."), ("user", "NVDA?")]
    assert (call.reply, call.reasoning, call.provider, call.finish_reason) == ("Buy.", "Hm.", "Acme", "stop")
    assert call.tokens.model_dump() == {"prompt": 100, "completion": 40, "reasoning": 25, "cached": 60}
    assert call.cost == Decimal("0.00001234")
    assert (call.started, call.error, call.retries) == (BEGAN, None, ())
    assert 0 < call.latency < 5
    assert [told.id for told in heard.started] == [call.id]
    assert heard.ended == [call]


def test_what_the_endpoint_did_not_tell_stays_unknown():
    trace = traced(lambda client: client.say("trader", PROMPT), completion({"content": "x"}, usage=None))
    (call,) = trace.calls()
    assert call.cost is None
    assert call.tokens.model_dump() == dict.fromkeys(("prompt", "completion", "reasoning", "cached"))
    assert call.provider is None


def test_a_model_that_is_free_by_nature_costs_nothing():
    trace = new_trace(free=True)
    model = FakeListChatModel(responses=["Fine."], callbacks=[trace])
    asyncio.run(ChatModelClient({"quick": model, "deep": model}).say("trader", PROMPT))
    (call,) = trace.calls()
    assert call.cost == 0
    assert call.tokens.prompt is None


def test_retries_are_on_the_record_of_the_call_they_were_for():
    trace = traced(lambda client: client.say("trader", PROMPT), Reply(502, body=failure(502, "Bad gateway")), said())
    (call,) = trace.calls()
    assert [retry.error for retry in call.retries] == ["HTTP 502: Bad gateway"]
    assert 0 < call.retries[0].waited < 0.1
    assert (call.status, call.reply) == ("ok", "Fine.")


def test_a_failed_call_has_its_error_and_every_attempt():
    async def refused(client):
        with pytest.raises(ModelError) as caught:
            await client.say("trader", PROMPT)
        errors.append(caught.value)

    errors = []
    trace = traced(refused, Reply(502, body=failure(502, "Bad gateway")), Reply(402, body=failure(402, "no credit")))
    (call,) = trace.calls()
    assert (call.status, call.error, call.cost) == ("failed", "HTTP 402: no credit", None)
    assert [retry.error for retry in call.retries] == ["HTTP 502: Bad gateway", "HTTP 402: no credit"]
    assert call.retries[1].waited == 0
    assert trace.node_of(errors[0]) == "trader"
    assert trace.node_of(ModelError("budget", "HTTP 402: no credit")) is None  # an equal error is not the same


def test_an_error_of_a_foreign_package_is_on_the_record_too():
    trace = new_trace()
    model = Broken(responses=[""], callbacks=[trace])
    with pytest.raises(LookupError) as caught:
        asyncio.run(ChatModelClient({"quick": model, "deep": model}).say("trader", PROMPT))
    (call,) = trace.calls()
    assert (call.status, call.error, call.retries) == ("failed", "the provider's own trouble", ())
    assert trace.node_of(caught.value) == "trader"


def test_a_call_that_is_cut_off_is_on_the_record():
    heard = Heard()
    trace = new_trace(heard)
    model = Hanging(responses=[""], callbacks=[trace])
    client = ChatModelClient({"quick": model, "deep": model}, call_seconds=0.05)
    with pytest.raises(ModelError, match="did not answer"):
        asyncio.run(client.say("trader", PROMPT))
    (call,) = trace.calls()
    assert (call.node, call.status, call.error) == ("trader", "cancelled", "cut off before an answer came")
    assert (call.latency, call.cost, call.reply) == (None, None, "")
    assert call.prompt[1].text == "NVDA?"
    assert (len(heard.started), heard.ended) == (1, [])


def test_where_nobody_listens_an_answer_is_written_down_when_there_is_time():
    later, heard = [], Deaf()
    trace = new_trace(heard, at_leisure=later.append)
    model = FakeListChatModel(responses=["Fine.", "Good."], callbacks=[trace])
    client = ChatModelClient({"quick": model, "deep": model})

    async def ask():
        await client.say("trader", PROMPT)
        await client.say("portfolio_manager", PROMPT)
        for work in later:
            work()
        await client.say("bull_researcher", PROMPT)

    asyncio.run(ask())
    assert len(later) == 2
    assert (len(heard.started), heard.ended) == (3, [])
    calls = trace.calls()
    assert [(call.node, call.reply) for call in calls] == [
        ("trader", "Fine."),
        ("portfolio_manager", "Good."),
        ("bull_researcher", "Fine."),
    ]
    assert all(one is other for one, other in zip(calls, trace.calls(), strict=True))


def test_other_packages_may_name_the_reason_of_an_end_by_something_else_than_a_text():
    trace = new_trace()
    reply = AIMessage("Fine.", response_metadata={"finish_reason": 1})
    trace.asked(RUN, asked("trader"))
    trace.answered(RUN, reply)
    assert trace.calls()[0].finish_reason == "1"


@pytest.mark.parametrize("listener", [Heard, Deaf])
@pytest.mark.parametrize("args", [{"when": BEGAN}, {"when": {BEGAN: 1}}])
def test_an_answer_that_cannot_be_written_down_ends_in_the_handler_and_counts_as_cut_off(listener, args):
    trace = new_trace(listener(), at_leisure=lambda _: None)
    trace.asked(RUN, asked("trader"))
    with pytest.raises(TypeError):
        trace.answered(RUN, AIMessage("", tool_calls=[{"id": "a", "name": "look", "args": args}]))
    trace.settle()
    (call,) = trace.calls()
    assert (call.status, call.tool_calls, call.error) == ("cancelled", (), "cut off before an answer came")


def test_what_is_found_wrong_when_there_is_time_is_raised_when_the_desk_is_through():
    later = []
    trace = new_trace(Deaf(), at_leisure=later.append)
    trace.asked(RUN, asked("trader"))
    trace.answered(RUN, AIMessage("Fine.", response_metadata={"arena": {"cost": "1", "cost_source": "hearsay"}}))
    trace.asked(UUID(int=2), asked("bull_researcher"))
    trace.answered(UUID(int=2), AIMessage("Good."))
    for work in later:
        work()
    with pytest.raises(ValidationError, match="cost_source"):
        trace.settle()
    assert [(call.node, call.status) for call in trace.calls()] == [("trader", "cancelled"), ("bull_researcher", "ok")]


def test_a_call_ends_once():
    trace = new_trace()
    trace.asked(RUN, asked("trader"))
    trace.answered(RUN, AIMessage("Fine."))
    with pytest.raises(RuntimeError, match="of trader has ended before"):
        trace.failed(RUN, LookupError("too late"))
    assert trace.calls()[0].reply == "Fine."


def test_calls_come_in_the_order_they_were_started():
    async def three(client):
        for role in ("trader", "bull_researcher", "neutral_debater"):
            await client.say(role, PROMPT)

    calls = traced(three, said()).calls()
    assert [call.node for call in calls] == ["trader", "bull_researcher", "neutral_debater"]
    assert [call.started for call in calls] == sorted(call.started for call in calls)


def test_a_message_that_several_calls_hold_is_recorded_once():
    async def two(client):
        await client.say("trader", PROMPT)
        await client.say("trader", [*PROMPT, *PROMPT])

    first, second = traced(two, said()).calls()
    assert [message.text for message in second.prompt] == [message.text for message in first.prompt] * 2
    assert all(message is second.prompt[n % len(PROMPT)] for n, message in enumerate((*first.prompt, *second.prompt)))


def test_tool_calls_are_kept_as_sent_the_unreadable_ones_too():
    both = [
        {"id": "a", "type": "function", "function": {"name": "look", "arguments": '{"days": 5}'}},
        {"id": "b", "type": "function", "function": {"name": "look", "arguments": '{"days": '}},
    ]
    trace = traced(
        lambda client: client.consult("market_analyst", PROMPT, [LOOK]),
        completion({"content": None, "tool_calls": both}, "tool_calls"),
    )
    (call,) = trace.calls()
    assert [(tool.id, tool.name, tool.arguments) for tool in call.tool_calls] == [
        ("a", "look", '{"days": 5}'),
        ("b", "look", '{"days": '),
    ]
    assert (call.rung, call.finish_reason) == ("tool_call", "tool_calls")


def test_a_prompt_keeps_its_tool_calls_and_their_results():
    spoken = AIMessage("", tool_calls=[{"id": "a", "name": "look", "args": {"days": 5}}])
    conversation = [*PROMPT, spoken, ToolMessage("117.80", tool_call_id="a")]
    trace = traced(lambda client: client.consult("market_analyst", conversation, [LOOK]), said())
    (call,) = trace.calls()
    *_, own, result = call.prompt
    assert (own.role, own.tool_calls[0].arguments) == ("assistant", '{"days": 5}')
    assert (result.role, result.text, result.tool_call_id) == ("tool", "117.80", "a")


def test_the_rung_of_a_typed_answer_is_on_the_record_for_each_call():
    verdict = {"stance": "bullish", "strongest_bull_point": "a", "strongest_bear_point": "b", "plan": "c"}
    trace = traced(
        lambda client: client.answer("research_manager", PROMPT, ResearchVerdict),
        Reply(400, body=failure(400, "response_format is not supported")),
        called("submit_researchverdict", json.dumps({**verdict, "stance": "?"})),
        called("submit_researchverdict", json.dumps(verdict)),
    )
    assert [(call.rung, call.status) for call in trace.calls()] == [
        ("json_schema", "failed"),
        ("tool_call", "ok"),
        ("tool_call", "ok"),
    ]


@pytest.mark.parametrize(
    ("fields", "thinking"),
    [
        ({"reasoning": "Hm."}, "Hm."),
        ({"reasoning_content": "Hm."}, "Hm."),
        ({"reasoning_details": [{"type": "reasoning.text", "text": "First."}, {"summary": "Then."}]}, "First.\nThen."),
        ({"reasoning_details": [{"type": "reasoning.encrypted", "data": "b64"}]}, ""),
        ({"reasoning": "Hm.", "reasoning_details": [{"text": "Hm."}]}, "Hm."),
    ],
)
def test_thinking_is_kept_as_text(fields, thinking):
    trace = traced(lambda client: client.say("trader", PROMPT), said("Buy.", **fields))
    (call,) = trace.calls()
    assert call.reasoning == thinking


def test_what_is_said_is_passed_on_and_unsaid_where_the_answer_broke_off():
    def stream(*events):
        return Reply(
            headers={"content-type": "text/event-stream"}, body="".join(f"data: {json.dumps(e)}\n\n" for e in events)
        )

    def piece(text, finish=None):
        return {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}

    heard = Heard()
    broken, whole = stream(piece("Perhaps")), stream(piece("Buy "), piece("it.", "stop"))
    traced(lambda client: client.say("trader", PROMPT), broken, whole, heard=heard, streamed=True)
    assert heard.said[:2] == [("trader", "Perhaps"), ("trader", None)]
    assert "".join(text for _, text in heard.said[2:]) == "Buy it."
    assert [call.reply for call in heard.ended] == ["Buy it."]
