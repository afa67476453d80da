"""A desk run in two halves: the same ModelChat as in one go, whatever its model does."""

import asyncio
import re
from datetime import timedelta

import pytest

from arena.contest import not_started, run_desk, run_research
from arena.llm.pool import ModelPool
from arena.records.desk import RESEARCH_ROLES, ResearchBrief
from arena.records.outcome import Abstention
from arena.records.research import Research
from arena.tape.comparing import chat_differences
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.desks import Listeners, brief, clock, desk_of, endpoint_config, facts, stamp
from tests.arena.llm.endpoint import failure, said

TALK = Reply(body=said("I would rather talk."))
HANG = Reply(delay=60, body=said())
NO_CREDIT = Reply(402, body=failure(402, "no credit"))


def role_of(request):
    prompt = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    return re.findall(r"^# Your role: (.+)$", prompt, re.MULTILINE)[-1].replace("risk ", "").replace(" ", "_")


def at(role, reply):
    return lambda request, headers: reply if role_of(request) == role else competent_model(request, headers)


def no_schemas(request, headers):
    refused = Reply(400, body=failure(400, "response_format json_schema is not supported"))
    return refused if "response_format" in request else competent_model(request, headers)


def no_tools(request, headers):
    refused = Reply(404, body=failure(404, "No endpoints found that support tool use"))
    return refused if "tools" in request else competent_model(request, headers)


def research_brief():
    whole = brief()
    return ResearchBrief(**{name: getattr(whole, name) for name in ResearchBrief.model_fields})


def held(handler, *, halves, seconds=30.0, audience=None, **settings):
    """The chat of a desk over a model server, the research it went on from, and the requests of each half."""
    whole, part, shown = brief(), research_brief(), facts()
    with ModelServer(handler) as server:
        arena = endpoint_config(server.base_url, "m", **settings)
        pool = ModelPool(arena, {})

        async def hold():
            desk = desk_of(pool, arena.enabled[0], arena.desk)
            research, first = None, 0
            hall = audience or Listeners()
            if halves:
                told = await run_research(
                    desk, part, basis="b", free=False, seconds=seconds, clock=clock, audience=Listeners()
                )
                # As the store gives it back.
                research, first = Research.model_validate_json(told.model_dump_json()), len(server.requests)
                assert research == told
            chat = await run_desk(
                desk,
                whole,
                stamp(),
                seconds=seconds,
                clock=clock,
                audience=hall,
                facts=shown,
                research=research,
            )
            await pool.aclose()
            return chat, research, first

        chat, research, first = asyncio.run(hold())
    roles = [role_of(request.body) for request in server.requests]
    return chat, research, (roles[:first], roles[first:])


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(competent_model, id="decides"),
        pytest.param(at("research_manager", NO_CREDIT), id="the research manager fails"),
        pytest.param(at("trader", NO_CREDIT), id="the trader fails"),
        pytest.param(no_schemas, id="no schemas", marks=pytest.mark.slow),
        pytest.param(no_tools, id="no tools", marks=pytest.mark.slow),
        pytest.param(at("bear_researcher", TALK), id="prose", marks=pytest.mark.slow),
        pytest.param(at("research_manager", TALK), id="an unreadable verdict", marks=pytest.mark.slow),
        pytest.param(at("portfolio_manager", TALK), id="an unreadable decision", marks=pytest.mark.slow),
    ],
)
def test_both_halves_come_to_the_chat_that_one_go_comes_to(handler):
    chat, research, (before, after) = held(handler, halves=True)
    straight, _, (_, requests) = held(handler, halves=False)
    assert chat_differences(chat, straight) == ()
    assert chat.id == research.id
    assert sorted(before + after) == sorted(requests)
    assert set(before) <= RESEARCH_ROLES
    assert not set(after) & RESEARCH_ROLES


def test_research_that_failed_ends_its_desk_which_asks_nobody_again():
    chat, research, (before, after) = held(at("research_manager", NO_CREDIT), halves=True)
    assert (len(before), after) == (11, [])
    assert chat.outcome == research.failure
    assert (chat.outcome.reason, chat.outcome.stage) == ("budget", "research_manager")
    assert chat.calls == research.calls
    assert [turn.speaker for turn in chat.stages.research.turns] == ["bull", "bear"]
    assert [error.node for error in chat.errors] == ["research_manager"] * 2


@pytest.mark.slow
def test_what_the_research_took_counts_for_the_desks_time():
    chat, research, _ = held(at("trader", HANG), halves=True, seconds=3.0)
    assert 0 < research.seconds < 3
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "trader")
    assert chat.outcome.detail == "the desk did not finish within 3 s"
    late, research, (_, after) = held(at("bull_researcher", HANG), halves=True, seconds=3.0)
    assert after == []
    assert (late.outcome.detail, late.outcome.stage) == ("the desk did not finish within 3 s", "bull_researcher")


def test_those_who_follow_hear_of_the_research_as_done():
    listeners = Listeners()
    chat, research, _ = held(competent_model, halves=True, audience=listeners)
    first, *_, last = listeners.heard
    assert (first.stage, first.calls, first.cost) == ("", len(research.calls), research.cost)
    assert first.tokens == sum(call.tokens.prompt + call.tokens.completion for call in research.calls)
    assert first.seconds >= round(research.seconds, 3)
    assert (last.calls, last.cost, last.outcome) == (16, chat.cost, chat.outcome)
    assert listeners.chats == [chat]


def test_a_desk_that_gets_no_further_than_its_research_keeps_it():
    _, research, _ = held(competent_model, halves=True)
    chat = not_started(brief(), stamp(), Abstention(reason="timeout", detail="too late"), clock(), research)
    assert (chat.id, chat.calls, chat.stages) == (research.id, research.calls, research.stages)
    assert chat.outcome.detail == "too late"


def test_the_wait_for_the_round_is_no_time_at_work():
    chat, _, _ = held(competent_model, halves=True)
    hour = timedelta(hours=1)
    later = [
        call if call.node in RESEARCH_ROLES else call.model_copy(update={"started": call.started + hour})
        for call in chat.calls
    ]
    waited = chat.model_copy(update={"calls": tuple(later), "finished": chat.finished + hour})
    latest = max(call.latency for call in chat.calls if call.node in RESEARCH_ROLES)
    # The clock stands still: all that passes is the hour, but for the answer that the research waited for last.
    assert waited.seconds == pytest.approx(latest, abs=1e-5)
    assert chat.seconds == 0
