import asyncio
import re
import time
from decimal import Decimal

import pytest
from langchain_core.messages import HumanMessage
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from arena.contest import not_started, run_desk
from arena.errors import ModelError
from arena.llm.pool import ModelPool
from arena.records.chat import ModelChat, Stages
from arena.records.outcome import Abstention
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.agents.surroundings import lesson
from tests.arena.desks import Listeners, brief, clock, config, desk_of, endpoint_config, run_desks, stamp
from tests.arena.llm.endpoint import completion, failure, said

HANG = Reply(delay=60, body=said())
TALK = Reply(body=said("I would rather talk."))
NO_TOOLS = Reply(404, body=failure(404, "No endpoints found that support tool use"))
NO_SCHEMA = Reply(400, body=failure(400, "response_format json_schema is not supported"))

STAGES = ("market", "news", "fundamentals", "social", "research", "trader", "risk")


def role_of(request):
    """Whose prompt it is, as the desk's nodes are called."""
    prompt = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    return re.findall(r"^# Your role: (.+)$", prompt, re.MULTILINE)[-1].replace("risk ", "").replace(" ", "_")


def competent_but(when, reply):
    """A competent model, except where `when` says of a request that it gets this reply."""
    return lambda request, headers: reply if when(request) else competent_model(request, headers)


def at(role):
    return lambda request: role_of(request) == role


def held(handler, *names, delay=0.0, lessons=(), **settings):
    """The chats of these contestants' desks over a model server, and the requests it got."""
    with ModelServer(handler, delay=delay) as server:
        arena = endpoint_config(server.base_url, *(names or ("m",)), **settings)
        chats = run_desks(arena, ModelPool(arena, {}), lessons=lessons)
    return (chats if names else chats[0]), [request.body for request in server.requests]


def run(desk, *, seconds=5.0, audience=None):
    return asyncio.run(run_desk(desk, brief(), stamp(), seconds=seconds, clock=clock, audience=audience or Listeners()))


def written(stages):
    return [name for name in STAGES if getattr(stages, name) is not None]


class Scripted:
    """A desk that streams these updates, and then raises what it was given or ends."""

    def __init__(self, *updates, error=None):
        self.updates = updates
        self.error = error

    async def astream(self, start, config=None, *, stream_mode=None):
        for update in self.updates:
            yield update
        if self.error is not None:
            raise self.error


def test_a_desk_that_decides_leaves_every_stage_and_every_call():
    chat, requests = held(competent_model)
    assert (chat.outcome.kind, chat.errors) == ("decision", ())
    assert written(chat.stages) == list(STAGES)
    # 4 analysts ask twice; 2 researchers, a manager, a trader, 3 debaters and the portfolio manager once.
    assert len(chat.calls) == len(requests) == 4 * 2 + 2 + 1 + 1 + 3 + 1
    assert {call.status for call in chat.calls} == {"ok"}
    assert chat.cost.unknown_calls == 0
    assert chat.cost.known == sum(call.cost for call in chat.calls) > 0
    assert {call.provider for call in chat.calls} == {"Loopback"}
    assert re.fullmatch(r"trial\.2025-10-14\.ACME\.m\.[0-9a-f]{8}", chat.id)
    assert chat.snapshot_hash == brief().snapshot_hash


@pytest.mark.parametrize(
    ("role", "reply", "reason", "detail"),
    [
        ("market_analyst", Reply(402, body=failure(402, "no credit")), "budget", "HTTP 402: no credit"),
        ("bear_researcher", Reply(403, body=failure(403, "flagged")), "refused", "HTTP 403: flagged"),
        ("research_manager", failure(429, "free-models-per-day"), "rate_limited", "HTTP 429: free-models-per-day"),
        ("trader", Reply(400, body=failure(400, "too long")), "provider_error", "HTTP 400: too long"),
        ("neutral_debater", completion({"content": None}, "length"), "unparseable", "max_tokens was used up"),
        ("portfolio_manager", completion({"content": ""}, "content_filter"), "refused", "the model refused"),
    ],
)
def test_a_model_that_fails_for_good_ends_the_desk_in_an_abstention_of_its_kind(role, reply, reason, detail):
    answer = reply if isinstance(reply, Reply) else Reply(body=reply)
    chat, _ = held(competent_but(at(role), answer))
    assert (chat.outcome.kind, chat.outcome.reason, chat.outcome.stage) == ("abstention", reason, role)
    assert detail in chat.outcome.detail
    (call,) = [call for call in chat.calls if call.status == "failed"]
    assert (call.node, call.error) == (role, chat.outcome.detail)
    assert chat.errors[-1].node == role


def test_what_was_written_before_a_failure_is_kept():
    chat, _ = held(competent_but(at("trader"), Reply(402, body=failure(402))))
    assert written(chat.stages) == ["market", "news", "fundamentals", "social", "research"]
    assert chat.stages.research.verdict.plan
    assert len(chat.calls) == 4 * 2 + 2 + 1 + 1


def test_an_answer_that_stays_unreadable_names_the_role_it_was_asked_of():
    chat, requests = held(competent_but(at("portfolio_manager"), TALK))
    assert (chat.outcome.reason, chat.outcome.stage) == ("unparseable", "portfolio_manager")
    assert chat.outcome.detail.endswith("the answer is not a JSON object, even after one repair turn")
    assert [role_of(request) for request in requests[-2:]] == ["portfolio_manager"] * 2
    assert [call.status for call in chat.calls if call.node == "portfolio_manager"] == ["ok", "ok"]
    assert len(chat.stages.risk.turns) == 3


def test_a_desk_that_hangs_times_out_at_its_deadline():
    began = time.monotonic()
    chat, _ = held(competent_but(at("trader"), HANG), limits={"desk_seconds": 1.5})
    assert time.monotonic() - began < 2.0
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "trader")
    assert chat.outcome.detail == "the desk did not finish within 1.5 s"
    (call,) = [call for call in chat.calls if call.status != "ok"]
    assert (call.node, call.status, call.latency) == ("trader", "cancelled", None)
    assert written(chat.stages) == ["market", "news", "fundamentals", "social", "research"]


def test_a_call_that_hangs_times_out_before_its_desk_does():
    began = time.monotonic()
    chat, _ = held(competent_but(at("bull_researcher"), HANG), limits={"call_seconds": 0.5, "desk_seconds": 30})
    assert time.monotonic() - began < 2.5
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "bull_researcher")
    assert chat.outcome.detail == "maker/m did not answer within 0.5 s"


def test_a_call_that_failed_and_was_made_good_does_not_take_the_blame():
    def handler(request, headers):
        if role_of(request) == "research_manager" and "response_format" in request:
            return NO_SCHEMA
        return HANG if role_of(request) == "trader" else competent_model(request, headers)

    chat, _ = held(handler, limits={"desk_seconds": 1.5})
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "trader")
    assert [error.node for error in chat.errors] == ["research_manager", "trader", "trader"]
    assert chat.errors[0].message == "HTTP 400: response_format json_schema is not supported"


def test_a_model_without_tools_still_holds_a_desk():
    chat, _ = held(competent_but(lambda request: "tools" in request, NO_TOOLS))
    assert chat.outcome.kind == "decision"
    assert chat.stages.news.degraded
    assert [use.name for use in chat.stages.news.tool_uses] == ["news_search", "news_search"]


def test_a_desk_that_is_rate_limited_for_a_while_recovers():
    seen = []

    def busy_once(request, headers):
        seen.append(role_of(request))
        first = seen.count("trader") == 1 and seen[-1] == "trader"
        slow_down = Reply(429, headers={"Retry-After": "0.05"}, body=failure(429))
        return slow_down if first else competent_model(request, headers)

    chat, _ = held(busy_once)
    assert chat.outcome.kind == "decision"
    (call,) = [call for call in chat.calls if call.node == "trader"]
    assert [(retry.error, retry.waited) for retry in call.retries] == [("HTTP 429: Provider returned error", 0.05)]


REFUSED = Reply(403, body=failure(403, "flagged"))


def test_a_reflection_is_on_the_record_with_the_past_decisions_the_portfolio_manager_was_shown():
    chat, requests = held(competent_model, lessons=[lesson()])
    assert (chat.outcome.kind, chat.errors, len(requests)) == ("decision", (), 17)
    (shown,) = chat.stages.reflection.lessons
    assert (shown.session, shown.reflection, shown.reflected) == (lesson().session, "as the data shows", chat.session)
    assert chat.stages.reflection.failure is None
    (call,) = [call for call in chat.calls if call.node == "reflection"]
    assert (call.status, call.rung) == ("ok", "json_schema")
    assert ModelChat.model_validate_json(chat.model_dump_json()) == chat


@pytest.mark.parametrize(
    "reply", [REFUSED, TALK, pytest.param(HANG, marks=pytest.mark.slow)], ids=["refused", "unreadable", "too slow"]
)
def test_a_reflection_that_fails_is_gone_without_and_the_record_says_so(reply):
    chat, requests = held(competent_but(at("reflection"), reply), lessons=[lesson()], limits={"call_seconds": 3})
    assert chat.outcome.kind == "decision"
    assert chat.stages.reflection.lessons == (lesson(),)
    assert chat.stages.reflection.failure
    deciding = next(request for request in requests if role_of(request) == "portfolio_manager")
    assert "Reflection: none was written." in deciding["messages"][-1]["content"]
    assert [(error.node, error.message) for error in chat.errors] == [("reflection", chat.stages.reflection.failure)]


def test_a_desk_that_fails_in_the_same_instant_as_its_reflection_does_not_blame_the_reflection():
    roles = ("reflection", "trader")
    chat, _ = held(competent_but(lambda request: role_of(request) in roles, REFUSED), lessons=[lesson()])
    assert (chat.outcome.kind, chat.outcome.stage) == ("abstention", "trader")


def test_a_failed_reflection_takes_no_blame_for_what_fails_later():
    chat, _ = held(
        competent_but(lambda request: role_of(request) in ("reflection", "portfolio_manager"), REFUSED),
        lessons=[lesson()],
    )
    assert (chat.outcome.kind, chat.outcome.stage) == ("abstention", "portfolio_manager")
    # The clock stands still, so calls stand in the order of their roles.
    assert [error.node for error in chat.errors] == ["portfolio_manager", "reflection", "portfolio_manager"]
    assert chat.stages.reflection.failure == "HTTP 403: flagged"


def test_one_desks_failure_touches_no_other():
    no_credit = Reply(402, body=failure(402))
    handler = competent_but(lambda request: request["model"] == "maker/b", no_credit)
    chats, _ = held(handler, "a", "b", "c")
    assert [chat.outcome.kind for chat in chats] == ["decision", "abstention", "decision"]
    assert chats[1].outcome.reason == "budget"
    assert [len(chat.calls) for chat in (chats[0], chats[2])] == [16, 16]


def test_an_error_of_a_foreign_model_class_is_the_providers():
    moody = {"chat_model": "tests.arena.llm.foreign:Moody", "arguments": {"label": "maker/moody"}}
    arena = config({"name": "m", "kind": "class", **moody})
    (chat,) = run_desks(arena, ModelPool(arena, {}))
    (call,) = [call for call in chat.calls if call.status == "failed"]
    assert (chat.outcome.reason, chat.outcome.stage) == ("provider_error", call.node)
    assert chat.outcome.detail == "LookupError: the provider's own trouble"


class Board(TypedDict, total=False):
    brief: dict
    market_report: dict
    final_trade_decision: dict


def graph_of(**nodes):
    """A graph whose nodes all begin at once."""
    graph = StateGraph(Board)
    for name, node in nodes.items():
        graph.add_node(name, node)
        graph.add_edge(START, name)
        graph.add_edge(name, END)
    return graph.compile()


def test_an_error_of_our_own_is_internal():
    async def broken(state):
        raise KeyError("market_report")

    chat = run(graph_of(trader=broken))
    assert (chat.outcome.reason, chat.outcome.detail) == ("internal", "KeyError: 'market_report'")
    assert chat.errors[0].message == chat.outcome.detail
    assert chat.calls == ()


def test_an_error_of_our_own_is_not_blamed_on_a_call_that_happened_to_be_under_way():
    with ModelServer(competent_but(at("trader"), HANG)) as server:
        arena = endpoint_config(server.base_url, "m")
        pool = ModelPool(arena, {})

        async def speak(state):
            await pool.client(arena.enabled[0]).say("bull_researcher", [HumanMessage("# Your role: trader")])

        async def broken(state):
            await asyncio.sleep(0.2)
            raise ZeroDivisionError("division by zero")

        async def hold():
            try:
                return await run_desk(
                    graph_of(speak=speak, broken=broken), brief_, stamp(), seconds=5, clock=clock, audience=Listeners()
                )
            finally:
                await pool.aclose()

        brief_ = brief()
        chat = asyncio.run(hold())
    assert (chat.outcome.reason, chat.outcome.stage) == ("internal", None)
    assert [(call.node, call.status) for call in chat.calls] == [("bull_researcher", "cancelled")]


@pytest.mark.parametrize(
    ("desk", "detail"),
    [
        (Scripted(), "KeyError: 'final_trade_decision'"),
        (
            Scripted({"m": {"final_trade_decision": {"action": "BUY"}}}),
            "ValidationError: 4 validation errors",
        ),
        (Scripted({"m": 7}), "AttributeError: 'int' object has no attribute 'items'"),
    ],
    ids=["no decision", "half a decision", "no update"],
)
def test_a_desk_that_ends_without_a_decision_is_an_internal_error_and_never_a_hold(desk, detail):
    chat = run(desk)
    assert (chat.outcome.kind, chat.outcome.reason) == ("abstention", "internal")
    assert chat.outcome.detail.startswith(detail)


def test_a_model_error_out_of_nowhere_keeps_its_reason():
    chat = run(Scripted(error=ModelError("budget", "the cap is spent")))
    assert (chat.outcome.reason, chat.outcome.detail, chat.outcome.stage) == ("budget", "the cap is spent", None)


def test_a_stage_that_is_none_ends_the_desk_and_leaves_those_before():
    report = {"summary": "Up.", "key_points": ["Up."], "metrics": [], "sentiment": 0.4, "text": "Up, and up."}
    good = {"market_analyst": {"market_report": {"report": report, "tool_uses": []}}}
    chat = run(Scripted(good, {"news_analyst": {"news_report": {"report": {}}}}))
    assert chat.outcome.reason == "internal"
    assert "ValidationError" in chat.outcome.detail
    assert written(chat.stages) == ["market"]


def test_cancelling_a_desk_cancels_it():
    class Waiting(Scripted):
        async def astream(self, start, config=None, *, stream_mode=None):
            yield {}
            await asyncio.Event().wait()

    listeners = Listeners()

    async def cancelled():
        task = asyncio.create_task(
            run_desk(Waiting(), waiting_brief, stamp(), seconds=30, clock=clock, audience=listeners)
        )
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    waiting_brief = brief()
    asyncio.run(cancelled())
    assert listeners.chats == []


def test_those_who_follow_hear_of_every_call_and_the_end():
    listeners = Listeners()
    with ModelServer(competent_model) as server:
        arena = endpoint_config(server.base_url, "m")
        pool = ModelPool(arena, {})
        desk, mine = desk_of(pool, arena.enabled[0], arena.desk), brief()

        async def hold():
            chat = await run_desk(desk, mine, stamp(), seconds=30, clock=clock, audience=listeners)
            await pool.aclose()
            return chat

        chat = asyncio.run(hold())
    first, *_, last = listeners.heard
    assert (first.stage, first.calls, first.tokens, first.outcome) == ("", 0, None, None)
    assert (last.stage, last.calls, last.outcome) == ("portfolio_manager", 16, chat.outcome)
    assert last.tokens == sum(call.tokens.prompt + call.tokens.completion for call in chat.calls)
    assert last.cost == chat.cost
    assert [heard.calls for heard in listeners.heard] == sorted(heard.calls for heard in listeners.heard)
    assert listeners.chats == [chat]


def test_where_nobody_listens_the_chat_is_told_of_alone():
    class Deaf(Listeners):
        listens = False

    listeners = Deaf()
    with ModelServer(competent_model) as server:
        arena = endpoint_config(server.base_url, "m")
        (chat,) = run_desks(arena, ModelPool(arena, {}), listeners)
    assert listeners.heard == []
    assert listeners.chats == [chat]
    assert len(chat.calls) == 16


def test_a_desk_that_was_not_started_has_no_calls():
    abstention = Abstention(reason="no_data", detail="prices are missing")
    chat = not_started(brief(), stamp(labels=("simulated",)), abstention, clock())
    assert (chat.outcome, chat.calls, chat.stages) == (abstention, (), Stages())
    assert (chat.labels, chat.cost.known, chat.started) == (("simulated",), Decimal(0), chat.finished)
