"""Desks of one agent in real rounds: beside full desks of the same stand-ins, and over a loopback endpoint."""

import asyncio
from datetime import date

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.chat import Stages
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import failure
from tests.arenas import november

DAY = date(2025, 10, 14)
STYLES = ("momentum", "value")
ALONE = tuple(f"{style}-alone" for style in STYLES)


def config(home, **settings):
    full = [{"name": style, "kind": "rehearsal", "style": style} for style in STYLES]
    single = [{**one, "name": f"{one['name']}-alone", "desk": "single"} for one in full]
    rules = [{"name": "crowd", "kind": "baseline", "rule": "consensus"}]
    known = {"season": "trial", "home": home, "contestants": [*full, *single, *rules]}
    return ArenaConfig.model_validate({**known, "market": {"vendors": ["simulated"]}, **settings})


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The home of a round, and what came of it."""
    home = tmp_path_factory.mktemp("single") / "home"
    with Arena(config(home), environ={}, clock=november) as arena:
        return home, arena.run(["NVDA"], as_of=DAY)


def chat_of(result, contestant):
    return next(chat for chat in result.chats if chat.contestant == contestant)


def test_it_decides_in_one_call_and_its_chat_says_so(played):
    for name in ALONE:
        chat = chat_of(played[1], name)
        assert chat.outcome.kind == "decision"
        assert chat.labels == ("rehearsal", "simulated", "single")
        assert [call.node for call in chat.calls] == ["single_agent"]
        assert chat.stages == Stages(single=chat.stages.single)
        assert "price_history" in {use.name for use in chat.stages.single.tool_uses}


def test_a_full_desks_chat_is_written_as_it_was_before_there_were_others(played):
    stages = chat_of(played[1], "value").model_dump(mode="json")["stages"]
    assert list(stages) == ["market", "news", "fundamentals", "social", "research", "trader", "risk"]


def test_it_trades_a_book_of_its_own(played):
    rows = {row.contestant: row for row in played[1].standings.rows}
    assert rows.keys() == {*STYLES, *ALONE, "crowd"}
    assert {order.contestant for order in played[1].orders} >= {"value-alone"}
    assert rows["value-alone"].labels == ("rehearsal", "simulated", "single")


def test_it_has_no_vote_and_the_vote_says_so(played):
    (vote,) = played[1].consensus
    assert sum(vote.votes.values()) == len(STYLES)
    assert vote.notes == ("without a vote, for a model counts once: momentum-alone, value-alone (a desk of one agent)",)


def test_one_that_is_configured_no_longer_still_has_none(played, tmp_path):
    """Who voted is told by the stored chats' labels where the configuration does not tell it."""
    result = played[1]
    with Arena(config(tmp_path / "home"), environ={}, clock=november) as arena:
        arena.run(["NVDA"], as_of=DAY, contestants=["value", "value-alone"])
        later = config(tmp_path / "home").contestants
        shorter = config(tmp_path / "home").model_copy(
            update={"contestants": tuple(one for one in later if one.name == "momentum")}
        )
    with Arena(shorter, environ={}, clock=november) as arena:
        (vote,) = arena.run(["NVDA"], as_of=DAY).consensus
    assert vote.votes == result.consensus[0].votes


def test_its_figures_are_held_against_what_it_was_shown(played):
    assert all(not chat.unsupported for chat in played[1].chats)


def test_an_estimate_counts_its_one_call(played, tmp_path):
    with Arena(config(tmp_path / "home"), environ={}, clock=november) as arena:
        rows = {row.contestant: row for row in arena.estimate(["NVDA"], as_of=DAY).contestants}
    assert {name: row.calls for name, row in rows.items()} == {**dict.fromkeys(STYLES, 16), **dict.fromkeys(ALONE, 1)}
    (call,) = chat_of(played[1], "value-alone").calls
    sent = sum(len(message.text) for message in call.prompt) / 4
    assert 0.9 * sent < rows["value-alone"].prompt_tokens < 1.3 * sent


@pytest.mark.slow
def test_chat_and_round_replay_equal_from_the_tape(played):
    home, result = played
    with Arena(config(home), environ={}, clock=november) as arena:
        assert arena.replay(chat_of(result, "value-alone").id).equal
        assert arena.replay_round(["NVDA"], as_of=DAY).equal


def test_by_itself_in_studio_it_is_shown_the_same(played):
    home, result = played
    with Arena(config(home), environ={}, clock=november) as arena:
        desk = arena.lone_desk("momentum-alone")
        state = asyncio.run(desk.ainvoke({"ticker": "NVDA", "session": DAY.isoformat()}))
    shown = chat_of(result, "momentum-alone").stages.single
    assert state["single_agent_view"] == shown.model_dump(mode="json")
    assert state["final_trade_decision"]["kind"] == "decision"


def over(server, home, **settings):
    contestants = [{"name": "m", "endpoint": "e", "model": "maker/m", "desk": "single"}]
    endpoints = {"e": {"base_url": server.base_url}}
    return config(home, contestants=contestants, endpoints=endpoints, limits={"retries": 0}, **settings)


def test_over_an_endpoint_it_is_one_request_with_all_the_facts(tmp_path):
    with ModelServer(competent_model) as server, Arena(over(server, tmp_path), environ={}, clock=november) as arena:
        (chat,) = arena.run(["NVDA"], as_of=DAY).chats
        (request,) = server.requests
    assert chat.outcome.kind == "decision"
    user = request.body["messages"][-1]
    assert user["content"].count("<vendor_text>") >= 3
    assert chat.stages.single.tool_uses[0].result in user["content"]


def test_a_failure_of_its_one_call_is_an_abstention_at_its_desk(tmp_path):
    refusing = ModelServer(lambda request, headers: Reply(403, body=failure(403, "moderated")))
    with refusing as server, Arena(over(server, tmp_path), environ={}, clock=november) as arena:
        (chat,) = arena.run(["NVDA"], as_of=DAY).chats
    assert (chat.outcome.kind, chat.outcome.reason, chat.outcome.stage) == ("abstention", "refused", "single_agent")
    assert chat.stages == Stages()


def test_without_a_required_section_it_is_not_asked(tmp_path):
    with ModelServer(competent_model) as server:
        known = {"vendors": ["files"], "files": {"folder": tmp_path}, "require": ["news"]}
        (tmp_path / "NVDA.csv").write_text("session,open,high,low,close,volume\n2025-10-14,1,1,1,1,1\n")
        with Arena(over(server, tmp_path / "home", market=known), environ={}, clock=november) as arena:
            (chat,) = arena.run(["NVDA"], as_of=DAY).chats
        assert server.requests == []
    assert (chat.outcome.reason, chat.labels) == ("no_data", ("single",))
