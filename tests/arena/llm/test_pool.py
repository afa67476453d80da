import asyncio
import gc
import importlib
import warnings
from itertools import pairwise

import pytest
from langchain_core.messages import HumanMessage

from arena.errors import ConfigError, MissingKeyError
from arena.llm.pool import ModelPool
from arena.records.desk import AnalystReport, ResearchVerdict, TraderPlan
from arena.records.outcome import Decision
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.desks import config, endpoint_config, run_desks
from tests.arena.llm.endpoint import failure, said, scripted

COMMUNITY = "langchain_community.chat_models.fake:FakeListChatModel"
KEYED = {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "SOME_KEY"}
AT_KEYED = {"name": "m", "endpoint": "e", "model": "maker/m"}

REPORT = AnalystReport(
    summary="Quiet.", key_points=("Nothing moved.",), metrics=(), sentiment=0.1, text="Nothing moved at all."
)
VERDICT = ResearchVerdict(
    stance="balanced", strongest_bull_point="It is cheap.", strongest_bear_point="It is dull.", plan="Wait."
)
PLAN = TraderPlan(
    action="HOLD", fraction=0, entry="None.", stop_loss=None, take_profit=None, reasoning="Nothing moves."
)
DECISION = Decision(action="HOLD", fraction=0, confidence=0.6, reasoning="Nothing moves.", key_risks=("boredom",))


def as_written(record):
    return record.model_dump_json(exclude={"kind"})


DESK_IN_ORDER = [
    *[as_written(REPORT)] * 4,
    *["I say so."] * 2,
    as_written(VERDICT),
    as_written(PLAN),
    *["I say so."] * 3,
    as_written(DECISION),
]
"""What twelve calls of a desk without tools are answered."""


@pytest.fixture
def community():
    """The package imports with a word on its own end, which is no concern of ours."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`langchain-community` is being sunset", category=DeprecationWarning)
        importlib.import_module("langchain_community.chat_models.fake")


def of_class(path, **arguments):
    return config({"name": "m", "kind": "class", "chat_model": path, "arguments": arguments})


def speak(pool, settings, text="NVDA?"):
    """One sentence from the first contestant, with the connections closed behind it."""

    async def one():
        try:
            return await pool.client(settings.enabled[0]).say("trader", [HumanMessage(text)])
        finally:
            await pool.aclose()

    return asyncio.run(one())


def test_a_community_chat_model_without_tools_holds_a_whole_desk_by_the_prompt_rung(community):
    settings = of_class(COMMUNITY, responses=DESK_IN_ORDER)
    (chat,) = run_desks(settings, ModelPool(settings, {}))
    assert chat.outcome == DECISION
    assert chat.stages.market.degraded
    assert chat.stages.market.tool_uses  # it was shown the data, since it could not look
    assert [call.rung for call in chat.calls if call.rung] == ["prompt"] * 7
    assert {call.cost for call in chat.calls} == {None}


def test_a_chat_model_of_another_package_is_asked_through_its_own_bind_tools():
    settings = of_class("tests.arena.llm.foreign:OwnDialect", label="maker/own")
    (chat,) = run_desks(settings, ModelPool(settings, {}))
    assert chat.outcome.kind == "decision"
    assert {call.rung for call in chat.calls} == {"tool_call", None}
    assert not chat.stages.market.degraded
    assert [use.name for use in chat.stages.market.tool_uses] == ["price_history", "indicator"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("no_such_package.models:Model", "cannot be imported: No module named 'no_such_package'"),
        ("tests.arena.llm.foreign:Missing", "has no attribute 'Missing'"),
        ("tests.arena.llm.foreign:NOT_A_CLASS", "is not a LangChain chat model class"),
        ("pathlib:Path", "is not a LangChain chat model class"),
    ],
)
def test_an_import_path_that_leads_nowhere_is_a_configuration_error(path, told):
    settings = of_class(path)
    with pytest.raises(ConfigError, match=told) as caught:
        ModelPool(settings, {}).check(settings.enabled)
    assert str(caught.value).startswith(f"contestant m: {path}")


def test_a_chat_model_that_cannot_be_made_is_a_configuration_error():
    settings = of_class("tests.arena.llm.foreign:OwnDialect", labels="a word it does not know", api_key="sk-1234567")
    with pytest.raises(ConfigError) as caught:
        ModelPool(settings, {}).check(settings.enabled)
    assert str(caught.value) == (
        "contestant m: tests.arena.llm.foreign:OwnDialect cannot be made with its arguments: label: Field required"
    )


@pytest.mark.parametrize("environ", [{}, {"SOME_KEY": "  "}, {"OTHER_KEY": "sk-1234567"}])
def test_a_missing_key_is_named_before_anything_is_asked(environ):
    settings = config(AT_KEYED, endpoints={"e": KEYED})
    with pytest.raises(MissingKeyError, match="m needs the key in SOME_KEY, which is not set"):
        ModelPool(settings, environ).check(settings.enabled)


def test_keys_are_asked_only_of_those_who_need_one():
    settings = config(
        {"name": "a", "kind": "rehearsal", "style": "value"},
        {"name": "b", "endpoint": "open", "model": "maker/b"},
        {**AT_KEYED, "name": "c"},
        endpoints={"e": KEYED, "open": {"base_url": "http://127.0.0.1:9/v1"}},
    )
    ModelPool(settings, {}).check(settings.enabled[:2])
    ModelPool(settings, {"SOME_KEY": "k"}).check(settings.enabled)


def test_a_contestant_speaks_with_its_own_settings_and_key():
    with ModelServer(scripted(said("Hold."))) as server:
        row = {**AT_KEYED, "temperature": 0.2, "max_tokens": 321, "extra_body": {"reasoning": {"effort": "low"}}}
        endpoint = {**KEYED, "base_url": server.base_url, "headers": {"X-Title": "ModelChat Arena"}}
        settings = config(row, endpoints={"e": endpoint})
        assert speak(ModelPool(settings, {"SOME_KEY": " my-key\n"}), settings) == "Hold."
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer my-key"
    assert request.headers["x-title"] == "ModelChat Arena"
    assert {name: request.body[name] for name in ("model", "temperature", "max_tokens", "reasoning")} == {
        "model": "maker/m",
        "temperature": 0.2,
        "max_tokens": 321,
        "reasoning": {"effort": "low"},
    }


def test_the_quick_roles_speak_through_the_quick_model():
    with ModelServer(competent_model) as server:
        settings = endpoint_config(server.base_url, "m")
        contestant = settings.enabled[0].model_copy(update={"quick_model": "maker/small"})

        async def both():
            pool = ModelPool(settings, {})
            await pool.client(contestant).say("bull_researcher", [HumanMessage("NVDA?")])
            await pool.client(contestant).answer("portfolio_manager", [HumanMessage("NVDA?")], Decision)
            await pool.aclose()

        asyncio.run(both())
    assert [request.body["model"] for request in server.requests] == ["maker/small", "maker/m"]


def test_a_contestant_fixed_to_one_rung_is_asked_by_no_other():
    with ModelServer(competent_model) as server:
        settings = endpoint_config(server.base_url, "m")
        contestant = settings.enabled[0].model_copy(update={"structured": "json_mode"})

        async def judge():
            pool = ModelPool(settings, {})
            await pool.client(contestant).answer("research_manager", [HumanMessage("NVDA?")], ResearchVerdict)
            await pool.aclose()

        asyncio.run(judge())
    assert server.requests[0].body["response_format"] == {"type": "json_object"}


def test_a_pool_serves_one_event_loop_after_another_and_leaves_nothing_open():
    with ModelServer(scripted(said("Hold."))) as server:
        settings = endpoint_config(server.base_url, "m")
        pool = ModelPool(settings, {})
        assert [speak(pool, settings) for _ in range(3)] == ["Hold."] * 3
    gc.collect()  # a connection left open would warn here, and warnings are errors


def test_a_loop_that_ended_without_closing_does_not_trouble_the_next():
    with ModelServer(scripted(said("Hold."))) as server:
        settings = endpoint_config(server.base_url, "m")
        pool = ModelPool(settings, {})

        async def one(pool):
            return await pool.client(settings.enabled[0]).say("trader", [HumanMessage("NVDA?")])

        assert asyncio.run(one(pool)) == "Hold."
        assert speak(pool, settings) == "Hold."
        with warnings.catch_warnings():
            # Whoever ran the first loop did not close what it opened, and Python says so.
            warnings.simplefilter("ignore", ResourceWarning)
            del pool
            gc.collect()


def test_one_loop_keeps_one_client_a_contestant():
    settings = config(
        {"name": "a", "kind": "rehearsal", "style": "value"}, {"name": "b", "kind": "rehearsal", "style": "value"}
    )
    pool = ModelPool(settings, {})

    async def clients():
        a, b = settings.enabled
        same, other = pool.client(a) is pool.client(a), pool.client(a) is pool.client(b)
        await pool.aclose()
        return same, other

    assert asyncio.run(clients()) == (True, False)


def test_twenty_contestants_are_answered_at_once():
    names = [f"m{number:02}" for number in range(20)]
    with ModelServer(competent_model, delay=0.3) as server:
        settings = endpoint_config(server.base_url, *names)
        pool = ModelPool(settings, {})

        async def all_speak():
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(pool.client(c).say("trader", [HumanMessage("NVDA?")]) for c in settings.enabled))
            took = asyncio.get_running_loop().time() - began
            await pool.aclose()
            return took

        assert asyncio.run(all_speak()) < 2
    assert sorted(request.body["model"] for request in server.requests) == [f"maker/{name}" for name in names]


def asked_at_once(settings, pool, times=1):
    """What every contestant says to the same question, asked `times` at once, errors included, and the seconds."""

    async def all_speak():
        loop = asyncio.get_running_loop()
        began = loop.time()
        said_back = await asyncio.gather(
            *(pool.client(c).say("trader", [HumanMessage("NVDA?")]) for c in settings.enabled for _ in range(times)),
            return_exceptions=True,
        )
        took = loop.time() - began
        await pool.aclose()
        return said_back, took

    return asyncio.run(all_speak())


def test_contestants_share_the_places_of_their_endpoint():
    with ModelServer(scripted(said("Hold.")), delay=0.1) as server:
        endpoints = {"loopback": {"base_url": server.base_url, "concurrency": 2}}
        rows = [{"name": name, "endpoint": "loopback", "model": f"maker/{name}"} for name in ("a", "b", "c")]
        settings = config(*rows, endpoints=endpoints)
        answers, took = asked_at_once(settings, ModelPool(settings, {}), times=2)
    assert answers == ["Hold."] * 6
    assert 0.3 <= took < 1.5  # three times two at once


def test_an_endpoint_with_a_request_rate_is_asked_no_faster():
    with ModelServer(scripted(said("Hold."))) as server:
        endpoints = {"loopback": {"base_url": server.base_url, "requests_per_minute": 240}}
        rows = [{"name": name, "endpoint": "loopback", "model": f"maker/{name}"} for name in ("a", "b")]
        settings = config(*rows, endpoints=endpoints)
        asked_at_once(settings, ModelPool(settings, {}), times=2)
    times = sorted(request.at for request in server.requests)
    assert all(later - earlier > 0.1 for earlier, later in pairwise(times))


def test_an_endpoint_that_is_down_is_given_up_soon_and_for_all():
    with ModelServer(scripted(Reply(503, body="busy"))) as server:
        limits = {"breaker_failures": 4, "breaker_seconds": 60, "retry_delay": 0.3, "retries": 5}
        settings = endpoint_config(server.base_url, "a", "b", "c", limits=limits)
        pool = ModelPool(settings, {})
        errors, took = asked_at_once(settings, pool)
    assert {error.reason for error in errors} == {"provider_error"}
    assert any("the endpoint loopback is down after" in str(error) for error in errors)
    assert len(server.requests) <= 6
    assert took < 2


def test_a_daily_limit_outlives_the_event_loop_and_is_the_contestants_own():
    spent = Reply(429, body=failure(429, "free-models-per-day"))

    def by_model(request, headers):
        return spent if request["model"] == "maker/a" else Reply(body=said("Hold."))

    with ModelServer(by_model) as server:
        settings = endpoint_config(server.base_url, "a", "b")
        pool = ModelPool(settings, {})
        for _ in range(2):
            (mine, others), _ = asked_at_once(settings, pool)
            assert (mine.reason, others) == ("rate_limited", "Hold.")
    assert [request.body["model"] for request in server.requests].count("maker/a") == 1


def test_a_model_that_is_known_to_have_no_tools_is_not_asked_with_any():
    with ModelServer(competent_model) as server:
        settings = endpoint_config(server.base_url, "m")
        contestant = settings.enabled[0].model_copy(update={"model": "deepseek/deepseek-r1-distill-llama-70b"})

        async def judge():
            pool = ModelPool(settings, {})
            client = pool.client(contestant)
            await client.answer("research_manager", [HumanMessage("NVDA?")], ResearchVerdict)
            await pool.aclose()
            return client.has_tools

        assert asyncio.run(judge()) is False
    assert not {"tools", "response_format"} & server.requests[0].body.keys()


def replicated(server, **settings):
    rows = [{"name": "m", "endpoint": "loopback", "model": "maker/m", "replicas": 3, **settings}]
    return config(*rows, endpoints={"loopback": {"base_url": server.base_url}})


def test_replicas_share_the_places_of_their_contestant():
    with ModelServer(scripted(said("Hold.")), delay=0.1) as server:
        settings = replicated(server, concurrency=1)
        answers, took = asked_at_once(settings, ModelPool(settings, {}))
    assert answers == ["Hold."] * 3
    assert took >= 0.3  # one after the other


def test_a_daily_limit_that_one_replica_meets_holds_for_all():
    with ModelServer(lambda request, headers: Reply(429, body=failure(429, "free-models-per-day"))) as server:
        settings = replicated(server, concurrency=1)
        errors, _ = asked_at_once(settings, ModelPool(settings, {}))
    assert {error.reason for error in errors} == {"rate_limited"}
    assert len(server.requests) == 1
