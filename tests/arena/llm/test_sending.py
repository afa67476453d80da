"""Every request passes the toll, and is settled exactly once, whatever becomes of it."""

import asyncio
import json
import socket
from decimal import Decimal

import pytest
from langchain_core.messages import HumanMessage

from arena.config.contestants import TokenPrices
from arena.errors import ModelError
from arena.llm.lines import Access, Line
from arena.llm.prices import PriceList
from arena.records.chat import Cost
from arena.trace import Trace
from tests.arena.llm.endpoint import chat_model, completion, connected, failure, said
from tests.arena.llm.raw_endpoint import Raw, content, events, head, raw_endpoint, reply
from tests.arena.test_trace import Heard, ticking

USAGE = {"prompt_tokens": 100, "completion_tokens": 10}
COSTLY = {**USAGE, "cost": 0.25}
PROMPT = [HumanMessage("NVDA?")]


class Ledger:
    """A toll by hand: remembers what was asked of it and how each passage ended."""

    def __init__(self, refuses=False):
        self.asked = []
        self.ended = []
        self._refuses = refuses

    async def admit(self, model, prompt_bytes, max_tokens):
        if self._refuses and self.asked:
            raise ModelError("budget", "the day's cap is reached")
        self.asked.append((model, prompt_bytes, max_tokens))
        self.ended.append("open")
        return Slip(self, len(self.ended) - 1)


class Slip:
    def __init__(self, ledger, place):
        self._ledger, self._place = ledger, place

    def _end(self, how):
        assert self._ledger.ended[self._place] == "open"
        self._ledger.ended[self._place] = how

    def settle(self, cost):
        self._end(cost)

    def release(self):
        self._end("released")


def paid(*replies, toll=None, cut_off=None, base_url=None, **settings):
    """What the toll was told, and the message, the error or None that the call became."""
    toll = toll or Ledger()

    async def ask():
        async with raw_endpoint({"x": replies}) as endpoint, connected() as http:
            url = base_url or f"{endpoint.base_url}/x"
            model = chat_model(url, http_async_client=http, toll=toll, **settings)
            call = asyncio.ensure_future(model.ainvoke(PROMPT))
            if cut_off:
                await asyncio.sleep(cut_off)
                call.cancel()
            (result,) = await asyncio.gather(call, return_exceptions=True)
            return result

    return toll, asyncio.run(ask())


def priced(body, **usage):
    return reply({**body, "usage": usage})


UNKNOWN = None
DRY = priced(said(""), **COSTLY)
DONE = priced(said(), **COSTLY)


@pytest.mark.parametrize(
    ("replies", "ended"),
    [
        ([DONE], [Decimal("0.25")]),
        ([priced(said(), **USAGE)], [UNKNOWN]),
        ([DRY, DONE], [Decimal("0.25")] * 2),
        ([priced(said(None, refusal="no"), **COSTLY)], [Decimal("0.25")]),
        ([priced(completion({"content": None}, "length"), **COSTLY)], [Decimal("0.25")]),
        ([reply(said(""), status="200 OK"), DONE], [UNKNOWN, Decimal("0.25")]),
        ([reply(failure(429), "429 Too Many Requests"), DONE], ["released", Decimal("0.25")]),
        ([reply(failure(502)), DONE], ["released", Decimal("0.25")]),
        ([reply({**failure(502), "usage": COSTLY}), DONE], [Decimal("0.25")] * 2),
        ([reply(failure(500), "500 Oops"), DONE], ["released", Decimal("0.25")]),
        ([reply(failure(403), "403 Forbidden")], ["released"]),
        ([reply("<html>"), DONE], [UNKNOWN, Decimal("0.25")]),
        ([Raw([head(900), b'{"id"'], "close"), DONE], [UNKNOWN, Decimal("0.25")]),
        ([Raw([], "reset"), DONE], [UNKNOWN, Decimal("0.25")]),
    ],
    ids=[
        "an answer", "no cost told", "a blank completion", "a refusal", "cut before it began", "blank without usage",
        "429", "an error in a 200", "an error in a 200 that was billed", "500", "403", "not JSON", "cut in mid-answer",
        "reset",
    ],
)  # fmt: skip
def test_every_attempt_is_settled_once_for_what_it_cost(replies, ended):
    toll, _ = paid(*replies)
    assert toll.ended == ended


def test_a_connection_that_was_refused_cost_nothing():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        toll, error = paid(DONE, base_url=f"http://127.0.0.1:{taken.getsockname()[1]}", retries=1)
    assert (toll.ended, error.reason) == (["released"] * 2, "provider_error")


def test_a_call_that_runs_into_its_deadline_cost_nobody_knows_what():
    toll, error = paid(DRY, Raw([60.0]), call_seconds=0.3)
    assert (toll.ended, error.reason) == ([Decimal("0.25"), UNKNOWN], "timeout")
    assert [cost for *_, cost in error.attempts] == [Decimal("0.25")]


def test_a_call_that_is_called_off_cost_nobody_knows_what():
    toll, error = paid(Raw([60.0]), cut_off=0.2)
    assert isinstance(error, asyncio.CancelledError)
    assert toll.ended == [UNKNOWN]


def test_a_call_that_is_called_off_while_it_waits_for_a_place_cost_nothing():
    async def ask():
        toll, line = Ledger(), Line("e", concurrency=1)
        async with (
            raw_endpoint({"x": [Raw([60.0])]}) as endpoint,
            connected() as http,
        ):
            settings = {"http_async_client": http, "toll": toll, "access": Access(line)}
            model = chat_model(f"{endpoint.base_url}/x", **settings)
            calls = [asyncio.ensure_future(model.ainvoke(PROMPT)) for _ in range(2)]
            await asyncio.sleep(0.2)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            return toll.ended, len(endpoint.requests["x"])

    assert asyncio.run(ask()) == ([UNKNOWN, "released"], 1)


def test_the_toll_is_told_the_model_the_bytes_and_the_cap():
    toll, _ = paid(DONE)
    ((model, prompt_bytes, max_tokens),) = toll.asked
    assert (model, max_tokens) == ("maker/model", 500)
    assert prompt_bytes > len(json.dumps([{"role": "user", "content": "NVDA?"}]))


def test_a_toll_that_lets_nothing_pass_ends_the_call_with_what_failed_before():
    toll, error = paid(DRY, toll=Ledger(refuses=True))
    assert (error.reason, str(error)) == ("budget", "the day's cap is reached")
    assert [cost for *_, cost in error.attempts] == [Decimal("0.25")]
    assert toll.ended == [Decimal("0.25")]


def test_a_call_costs_all_its_attempts_together():
    _, message = paid(DRY, reply(failure(502), "502 Bad"), DRY, priced(said(), **USAGE, cost="0.0000001"), retries=3)
    told = message.response_metadata["arena"]
    assert (told["cost"], told["cost_source"]) == ("0.5000001", "endpoint")
    assert [cost for *_, cost in told["attempts"]] == [Decimal("0.25"), Decimal(0), Decimal("0.25")]
    assert told["cost_at_least"] is False  # who is refused pays nothing


def test_beside_a_request_that_nobody_priced_what_is_told_is_the_least_it_can_have_cost():
    _, message = paid(Raw([], "reset"), priced(said(), **USAGE, cost="0.1"), retries=1)
    told = message.response_metadata["arena"]
    assert (told["cost"], told["cost_at_least"]) == ("0.1", True)
    assert [cost for *_, cost in told["attempts"]] == [None]


def test_where_only_refusals_are_known_of_the_cost_is_unknown():
    _, message = paid(reply(failure(502), "502 Bad"), reply(said()), retries=1)
    told = message.response_metadata["arena"]
    assert (told["cost"], told["cost_at_least"]) == (None, False)


def test_tokens_without_a_cost_are_priced_by_the_list():
    prices = PriceList({"maker/model": TokenPrices(prompt=Decimal(2), completion=Decimal(10))})
    toll, message = paid(priced(said(""), **USAGE), priced(said(), **USAGE), prices=prices)
    # 100 tokens at 2 dollars a million and 10 at 10: 0.0003 dollars, twice.
    assert toll.ended == [Decimal("0.0003")] * 2
    told = message.response_metadata["arena"]
    assert (told["cost"], told["cost_source"]) == ("0.0006", "config")


def test_a_stream_that_is_cut_costs_what_it_told():
    data = events({"choices": [{"delta": {"content": "ha"}}], "usage": COSTLY}, end=False)
    stream = {"content_type": "text/event-stream"}
    cut = Raw([head(len(data) + 9, **stream), data], "close")
    toll, message = paid(cut, DONE, streamed=True)
    assert (toll.ended, message.text) == ([Decimal("0.25")] * 2, "Fine.")
    assert message.response_metadata["arena"]["cost"] == "0.50"


def test_nothing_is_asked_of_the_toll_while_the_endpoint_is_down():
    access = Access(Line("loopback", breaker_failures=2, breaker_seconds=60))
    toll, error = paid(reply("", "503 Busy"), access=access, retries=5)
    assert toll.ended == ["released"] * 2
    assert "the endpoint loopback is down after 2 failures in a row, the last: HTTP 503" in str(error)
    assert len(error.attempts) == 2


@pytest.mark.parametrize("cut", ["its deadline", "called off"])
def test_a_call_without_an_answer_is_on_record_with_what_it_cost(cut):
    trace = Trace(ticking(), free=False, listener=Heard())
    settings = {"call_seconds": 0.4} if cut == "its deadline" else {"cut_off": 0.4}
    paid(DRY, Raw([60.0]), callbacks=[trace], **settings)
    (call,) = trace.calls()
    assert trace.calls() == (call,)
    assert call.status == ("failed" if cut == "its deadline" else "cancelled")
    assert (call.cost, call.cost_source) == (Decimal("0.25"), "endpoint")
    assert [attempt.cost for attempt in call.retries] == [Decimal("0.25")]
    # What was under way when the time was up may have cost too.
    assert call.cost_at_least
    assert Cost.of([call]) == Cost(known=Decimal("0.25"), unknown_calls=1)


def test_what_was_learned_of_an_endpoint_is_remembered():
    async def twice():
        no = reply(failure(400, "Unsupported value: 'temperature' does not support 0.3"), "400 Bad Request")
        cap = reply(failure(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."), "400 Bad")
        replies = [no, cap, reply(said())]
        async with raw_endpoint({"x": replies}) as endpoint, connected() as http:
            model = chat_model(f"{endpoint.base_url}/x", http_async_client=http, temperature=0.3, retries=0)
            await model.ainvoke(PROMPT)
            await model.ainvoke(PROMPT)
            return [set(sent) - {"model", "messages"} for sent in endpoint.requests["x"]]

    assert asyncio.run(twice()) == [
        {"temperature", "max_tokens"},
        {"max_tokens"},
        {"max_completion_tokens"},
        {"max_completion_tokens"},
    ]


def test_reasoning_goes_back_under_the_name_that_is_asked_for():
    async def two_turns():
        first = reply(said("Hm.", reasoning="Thinking."))
        asks = reply(
            failure(400, "The `reasoning_content` in the thinking mode must be passed back"), "400 Bad Request"
        )
        replies = [first, asks, reply(said())]
        async with raw_endpoint({"x": replies}) as endpoint, connected() as http:
            model = chat_model(f"{endpoint.base_url}/x", http_async_client=http)
            turn = await model.ainvoke(PROMPT)
            await model.ainvoke([*PROMPT, turn, HumanMessage("And?")])
            return [sent["messages"][1].get("reasoning_content") for sent in endpoint.requests["x"][1:]]

    assert asyncio.run(two_turns()) == [None, "Thinking."]


def test_a_daily_limit_is_remembered_and_costs_no_further_request():
    async def twice():
        spent = reply(failure(429, "Rate limit exceeded: free-models-per-day"), "429 Too Many Requests")
        async with raw_endpoint({"x": [spent]}) as endpoint, connected() as http:
            access = Access(Line("e"))
            errors = []
            for _ in range(2):
                model = chat_model(f"{endpoint.base_url}/x", http_async_client=http, access=access)
                with pytest.raises(ModelError) as caught:
                    await model.ainvoke(PROMPT)
                errors.append(caught.value)
            return errors, len(endpoint.requests["x"])

    (first, second), requests = asyncio.run(twice())
    assert (first.reason, second.reason, requests) == ("rate_limited", "rate_limited", 1)
    assert str(second).startswith("no more calls before ")
    assert second.attempts == ()


def test_what_a_provider_attached_to_a_call_goes_back_with_it():
    signature = {"google": {"thought_signature": "abc"}}
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}, "extra_content": signature}

    async def two_turns():
        replies = [reply(said(None, tool_calls=[call])), reply(said())]
        async with raw_endpoint({"x": replies}) as endpoint, connected() as http:
            model = chat_model(f"{endpoint.base_url}/x", http_async_client=http)
            turn = await model.ainvoke(PROMPT)
            await model.ainvoke([*PROMPT, turn, {"role": "tool", "content": "1", "tool_call_id": "c1"}])
            return endpoint.requests["x"][1]["messages"][1]["tool_calls"][0]["extra_content"]

    assert asyncio.run(two_turns()) == signature


def test_a_contestants_calls_wait_for_each_other_where_it_says_so():
    async def both():
        answer = content(said())
        slow = {"x": [Raw([0.2, head(len(answer)), answer])]}
        async with raw_endpoint(slow) as endpoint, connected() as http:
            access = Access(Line("e"), concurrency=1)
            model = chat_model(f"{endpoint.base_url}/x", http_async_client=http, access=access)
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(model.ainvoke(PROMPT) for _ in range(3)))
            return asyncio.get_running_loop().time() - began

    assert 0.6 <= asyncio.run(both()) < 1.6


def test_an_address_that_is_none_is_said_to_be():
    _, error = paid(base_url="http://a\\b/v1")
    assert isinstance(error, ModelError)
    assert error.reason == "provider_error"
    assert "is no address" in str(error)
