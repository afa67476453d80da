import asyncio
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from arena.errors import CapabilityError, ModelError
from arena.llm.asking import form_tool
from arena.llm.client import LADDER, ChatModelClient, request_hash
from arena.llm.forms import wire_schema
from arena.records.base import content_hash
from arena.records.desk import ResearchVerdict
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import called, chat_model, completion, connected, failure, said, scripted

PROMPT = [SystemMessage("Be brief."), HumanMessage("Judge the debate.")]
VERDICT = {
    "stance": "bullish",
    "strongest_bull_point": "Margins grew.",
    "strongest_bear_point": "The price ran ahead.",
    "plan": "Buy a half position.",
}
UNSURE = {**VERDICT, "stance": "unsure"}
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}

NO_TOOLS = Reply(404, body=failure(404, "No endpoints found that support tool use"))
NO_SCHEMA = Reply(400, body=failure(400, "response_format json_schema is not supported"))
NO_JSON_MODE = Reply(400, body=failure(400, "response_format json_object is not supported"))


def judge(client):
    return client.answer("research_manager", PROMPT, ResearchVerdict)


def conversed(use, *replies, rungs=LADDER):
    """What `use` made of a client whose endpoint gives these replies, and the requests it got."""

    async def converse(server):
        async with connected() as http:
            model = chat_model(server, http_async_client=http)
            return await use(ChatModelClient({"quick": model, "deep": model}, ladder=rungs))

    with ModelServer(scripted(*replies)) as server:
        result = asyncio.run(converse(server))
    return result, [request.body for request in server.requests]


def refused(use, *replies, rungs=LADDER):
    async def attempt(client):
        with pytest.raises(ModelError) as caught:
            await use(client)
        return caught.value

    return conversed(attempt, *replies, rungs=rungs)


def rung_of(request):
    """How a request asked for a form."""
    if "tools" in request:
        return "tool_call"
    wanted = request.get("response_format", {}).get("type")
    return {"json_schema": "json_schema", "json_object": "json_mode", None: "prompt"}[wanted]


def test_prose_is_said_without_any_form():
    text, (request,) = conversed(lambda client: client.say("bull_researcher", PROMPT), said("  Buy it.\n"))
    assert text == "Buy it."
    assert not {"response_format", "tools", "tool_choice"} & request.keys()


def test_an_answer_without_text_is_no_speech():
    error, _ = refused(lambda client: client.say("bull_researcher", PROMPT), called("look", "{}"))
    assert (error.reason, error.stage) == ("unparseable", "bull_researcher")
    assert str(error) == "the answer of the bull researcher cannot be used: it has no text"


def test_the_best_rung_sends_the_schema_as_a_strict_response_format():
    verdict, (request,) = conversed(judge, said(json.dumps(VERDICT)))
    assert verdict == ResearchVerdict(**VERDICT)
    schema = {"name": "ResearchVerdict", "strict": True, "schema": wire_schema(ResearchVerdict)}
    assert request["response_format"] == {"type": "json_schema", "json_schema": schema}
    assert len(request["messages"]) == 2


def test_the_tool_rung_forces_the_forms_own_tool():
    reply = called("submit_researchverdict", json.dumps(VERDICT))
    verdict, (request,) = conversed(judge, reply, rungs=("tool_call",))
    assert verdict == ResearchVerdict(**VERDICT)
    assert request["tools"] == [form_tool(ResearchVerdict)]
    assert request["tool_choice"] == {"type": "function", "function": {"name": "submit_researchverdict"}}


@pytest.mark.parametrize("rung", ["json_mode", "prompt"])
def test_the_lower_rungs_put_the_schema_in_words(rung):
    _, (request,) = conversed(judge, said(f"```json\n{json.dumps(VERDICT)}\n```"), rungs=(rung,))
    assert rung_of(request) == rung
    written = request["messages"][-1]["content"].partition("JSON schema:\n")[2]
    assert json.loads(written) == wire_schema(ResearchVerdict)


def test_each_missing_capability_costs_one_rung():
    verdict, requests = conversed(judge, NO_SCHEMA, NO_TOOLS, NO_JSON_MODE, said(json.dumps(VERDICT)))
    assert verdict.stance == "bullish"
    assert [rung_of(request) for request in requests] == list(LADDER)


def test_the_rung_that_worked_is_remembered():
    async def twice(client):
        await judge(client)
        return await judge(client)

    reply = called("submit_researchverdict", json.dumps(VERDICT))
    _, requests = conversed(twice, NO_SCHEMA, reply)
    assert [rung_of(request) for request in requests] == ["json_schema", "tool_call", "tool_call"]


def test_roles_that_ask_at_the_same_time_step_down_together_by_one_rung():
    async def together(client):
        return await asyncio.gather(judge(client), judge(client), judge(client))

    reply = called("submit_researchverdict", json.dumps(VERDICT))
    verdicts, requests = conversed(together, NO_SCHEMA, NO_SCHEMA, NO_SCHEMA, reply)
    assert len(verdicts) == 3
    assert sorted(rung_of(request) for request in requests) == ["json_schema"] * 3 + ["tool_call"] * 3


def test_below_the_last_rung_there_is_nothing():
    error, requests = refused(judge, NO_JSON_MODE, rungs=("json_mode",))
    assert isinstance(error, CapabilityError)
    assert len(requests) == 1


def test_quick_and_deep_models_have_a_ladder_each():
    async def both(server):
        async with connected() as http:
            models = {tier: chat_model(server, http_async_client=http, model=tier) for tier in ("quick", "deep")}
            client = ChatModelClient(models)
            await client.answer("trader", PROMPT, ResearchVerdict)
            await client.answer("research_manager", PROMPT, ResearchVerdict)

    with ModelServer(scripted(NO_SCHEMA, called("submit_researchverdict", json.dumps(VERDICT)))) as server:
        asyncio.run(both(server))
    asked = [(request.body["model"], rung_of(request.body)) for request in server.requests]
    assert asked == [("quick", "json_schema"), ("quick", "tool_call"), ("deep", "json_schema")]


def test_the_repair_turn_shows_the_model_its_answer_and_what_was_wrong_with_it():
    verdict, (first, second) = conversed(judge, said(json.dumps(UNSURE)), said(json.dumps(VERDICT)))
    assert verdict.stance == "bullish"
    *before, own, ask = second["messages"]
    assert before == first["messages"]
    assert own == {"role": "assistant", "content": json.dumps(UNSURE)}
    assert ask["role"] == "user"
    assert "stance: Input should be 'bullish', 'bearish' or 'balanced'" in ask["content"]
    assert rung_of(second) == "json_schema"


def test_a_tool_call_is_repaired_as_the_result_of_that_call():
    wrong = called("submit_researchverdict", json.dumps(UNSURE), "call_7")
    right = called("submit_researchverdict", json.dumps(VERDICT))
    _, (_, second) = conversed(judge, wrong, right, rungs=("tool_call",))
    own, answer = second["messages"][-2:]
    assert own["tool_calls"][0]["function"] == {
        "name": "submit_researchverdict",
        "arguments": json.dumps(UNSURE),
    }
    assert (answer["role"], answer["tool_call_id"]) == ("tool", "call_7")
    assert "stance: Input should be" in answer["content"]


def test_every_call_of_a_reply_is_answered_the_unreadable_ones_too():
    calls = [
        {
            "id": "good",
            "type": "function",
            "function": {"name": "submit_researchverdict", "arguments": json.dumps(UNSURE)},
        },
        {"id": "cut", "type": "function", "function": {"name": "submit_researchverdict", "arguments": '{"stance'}},
    ]
    right = called("submit_researchverdict", json.dumps(VERDICT))
    _, (_, second) = conversed(judge, said(None, tool_calls=calls), right, rungs=("tool_call",))
    sent = [call["id"] for message in second["messages"] for call in message.get("tool_calls", [])]
    answered = [message["tool_call_id"] for message in second["messages"] if message["role"] == "tool"]
    assert sent == answered == ["good", "cut"]


def test_cut_arguments_are_repaired_without_sending_them_back():
    cut = called("submit_researchverdict", '{"stance": "bul')
    _, (first, second) = conversed(
        judge, cut, called("submit_researchverdict", json.dumps(VERDICT)), rungs=("tool_call",)
    )
    *before, ask = second["messages"]
    assert before == first["messages"]
    assert "not a JSON object" in ask["content"]


def test_a_form_that_stands_only_in_the_reasoning_is_read_from_there():
    verdict, requests = conversed(judge, said(None, reasoning=f"Let me see.\n{json.dumps(VERDICT)}"))
    assert (verdict.stance, len(requests)) == ("bullish", 1)


def test_each_model_may_have_a_ladder_of_its_own():
    async def both(client):
        await client.answer("trader", PROMPT, ResearchVerdict)
        await judge(client)

    rungs = {"quick": ("prompt",), "deep": ("json_mode", "prompt")}
    _, requests = conversed(both, said(json.dumps(VERDICT)), rungs=rungs)
    assert [rung_of(request) for request in requests] == ["prompt", "json_mode"]


def test_there_is_one_repair_and_no_more():
    error, requests = refused(judge, said("I would rather talk."))
    assert len(requests) == 2
    assert (error.reason, error.stage) == ("unparseable", "research_manager")
    assert str(error) == (
        "the answer of the research manager cannot be used: the answer is not a JSON object, even after one repair turn"
    )


def test_a_tool_turn_offers_the_tools_as_they_are():
    reply, (request,) = conversed(
        lambda client: client.consult("market_analyst", PROMPT, [LOOK]), called("look", '{"days": 5}')
    )
    assert request["tools"] == [LOOK]
    assert "tool_choice" not in request
    assert [(call["name"], call["args"]) for call in reply.tool_calls] == [("look", {"days": 5})]


def test_a_model_without_tools_is_remembered_as_one():
    async def consult(client):
        known = client.has_tools
        with pytest.raises(CapabilityError):
            await client.consult("market_analyst", PROMPT, [LOOK])
        return known, client.has_tools

    known, _ = conversed(consult, NO_TOOLS)
    assert known == (True, False)


def test_a_failure_that_is_no_missing_capability_says_nothing_about_tools():
    async def consult(client):
        with pytest.raises(ModelError):
            await client.consult("market_analyst", PROMPT, [LOOK])
        return client.has_tools

    still, _ = conversed(consult, Reply(402, body=failure(402)))
    assert still is True


def test_an_answer_cut_by_max_tokens_is_repaired_like_any_other():
    cut = completion({"content": json.dumps(VERDICT)[:40]}, "length")
    verdict, requests = conversed(judge, cut, said(json.dumps(VERDICT)))
    assert (verdict.stance, len(requests)) == ("bullish", 2)


class Hanging(FakeListChatModel):
    """A chat model that never answers."""

    async def _agenerate(self, *args, **kwargs):
        await asyncio.Event().wait()


def test_a_model_without_a_deadline_of_its_own_is_given_one():
    hanging = Hanging(responses=[""])

    async def ask():
        client = ChatModelClient({"quick": hanging, "deep": hanging}, call_seconds=0.1)
        await client.say("trader", PROMPT)

    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not answer within 0\.1 s") as caught:
        asyncio.run(ask())
    assert (caught.value.reason, caught.value.stage) == ("timeout", "trader")
    assert time.monotonic() - began < 0.6


TEXTS = st.text(st.characters(codec=None), max_size=30)
ARGUMENTS = st.dictionaries(
    TEXTS, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
MESSAGES = st.one_of(
    st.builds(SystemMessage, TEXTS),
    st.builds(HumanMessage, TEXTS),
    st.builds(lambda text: ToolMessage(text, tool_call_id="a"), TEXTS),
    st.builds(lambda args: AIMessage("", tool_calls=[{"id": "a", "name": "look", "args": args}]), ARGUMENTS),
)


@given(st.sampled_from([None, *LADDER]), st.lists(MESSAGES, max_size=4))
def test_what_was_asked_is_known_by_the_content_hash_of_role_rung_and_prompt(rung, prompt):
    said = [
        {"type": m.type, "text": m.content, "calls": [[c["name"], c["args"]] for c in getattr(m, "tool_calls", ())]}
        for m in prompt
    ]
    whole = {"role": "trader", "rung": rung, "prompt": said}
    assert request_hash("trader", rung, prompt) == content_hash(whole) == request_hash("trader", rung, prompt)
