"""A desk that runs elsewhere leaves the record it would have left here."""

import asyncio

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.contest import run_desk
from arena.llm.toll import FreeToll
from arena.remote.elsewhere import Elsewhere
from arena.remote.errand import Errand
from arena.remote.graph_way import GraphWay
from arena.tape.comparing import chat_differences
from arena.tape.plain import message_to_plain
from arena.tape.recorder import Recorder
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from bench.streaming import streaming
from tests.arena.desks import SESSION, Listeners, brief, clock, facts, stamp
from tests.arena.llm.endpoint import failure, said
from tests.arena.remote.neighbour import Neighbour
from tests.arena.test_contest import at, competent_but

ALONE = {"name": "m", "kind": "rehearsal", "style": "value", "desk": "single"}
REHEARSED = {"name": "m", "kind": "rehearsal", "style": "value"}
MOODY = {"name": "m", "kind": "class", "chat_model": "tests.arena.llm.foreign:Moody", "arguments": {"label": "m"}}
AT_ENDPOINT = {"name": "m", "endpoint": "e", "model": "maker/m"}
NOBODY = "http://127.0.0.1:9/v1"
FREE = {"toll": lambda _: FreeToll(), "held": lambda _: False}
ODD = "In Zürich or 東京, 0.1 \u2028 of it: 🚀."


def arena(home, contestant, base_url=NOBODY, **settings):
    config = ArenaConfig.model_validate(
        {
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": [contestant],
            "market": {"vendors": ["simulated"]},
            "limits": {"retries": 1, "retry_delay": 0.01, "call_seconds": 5},
            **settings,
        }
    )
    return Arena(config, environ={}, clock=clock)


async def held(desk, audience, seconds, *labels):
    """A desk's chat, and what its tape would hold."""
    recorder = Recorder()
    seat = recorder.desk(desk), brief(), stamp(labels=labels)
    chat = await run_desk(*seat, seconds=seconds, clock=clock, audience=audience, facts=facts("ACME"))
    return chat, recorder.exchanges()


def here_and_there(tmp_path, contestant, base_url=NOBODY, *, seconds=10.0, **limits):
    """The same desk here and elsewhere, as chat and exchanges each; and who followed the one elsewhere."""
    labels = ("rehearsal", "simulated") if contestant in (REHEARSED, ALONE) else ()
    limits = {"retries": 1, "retry_delay": 0.01, "call_seconds": 5, **limits}
    followed, known = Listeners(), facts("ACME")

    async def snapshot(name):
        assert name == known.hash
        return known

    async def both():
        here, there = (arena(tmp_path / name, contestant, base_url, limits=limits) for name in ("here", "there"))
        await here._shelf.keep(known)
        neighbour = await asyncio.to_thread(Neighbour, there)
        away = Elsewhere(GraphWay(neighbour), here.config.contestants, **FREE, snapshot=snapshot)
        async with here, there:
            mine = await held(here.desks["m"], Listeners(), seconds, *labels)
            return mine, await held(away.desks(here.config.desk)["m"], followed, seconds, *labels)

    return *asyncio.run(both()), followed.heard


def anonymous(message):
    """A message as the tape writes it, without the id of the run it came of."""
    return None if message is None else {**message_to_plain(message), "id": None}


def timeless(exchanges):
    """Exchanges role by role, without ids and moments."""
    told = [
        (e.role, e.request, e.model, e.rung, [*map(anonymous, e.prompt)], anonymous(e.reply), e.trouble, e.failed)
        for e in exchanges
    ]
    return sorted(told, key=lambda row: row[:2])


def same(mine, theirs):
    assert chat_differences(mine[0], theirs[0]) == ()
    assert timeless(mine[1]) == timeless(theirs[1])
    assert {e.call_id for e in theirs[1]} == {call.id for call in theirs[0].calls}


def test_a_rehearsed_desk_is_the_same_elsewhere_and_is_followed_call_by_call(tmp_path):
    mine, theirs, heard = here_and_there(tmp_path, REHEARSED)
    same(mine, theirs)
    assert theirs[0].outcome.kind == "decision"
    assert [progress.calls for progress in heard] == sorted(progress.calls for progress in heard)
    assert {"market_analyst", "trader", "portfolio_manager"} <= {progress.stage for progress in heard}


def test_a_desk_of_one_agent_is_the_same_elsewhere(tmp_path):
    mine, theirs, _ = here_and_there(tmp_path, ALONE)
    same(mine, theirs)
    assert [call.node for call in theirs[0].calls] == ["single_agent"]


def test_of_a_masked_desk_nothing_but_the_mask_is_sent_elsewhere(tmp_path):
    masked = {**ALONE, "mask": True, "replicas": 2}
    here, there = (arena(tmp_path / name, masked) for name in ("here", "there"))
    neighbour = Neighbour(there)
    shelf = here._shelf
    here._elsewhere = Elsewhere(GraphWay(neighbour), here.config.with_desks, **FREE, snapshot=shelf.snapshot)
    with here, there:
        chats = here.run(["ACME"], as_of=SESSION).chats
    errands = [Errand.unpacked(asked["errand"]) for asked in neighbour.asked]
    assert [errand.contestant for errand in errands] == ["m~1", "m~2"]
    for errand, chat in zip(errands, chats, strict=True):
        assert chat.outcome.kind == "decision"
        assert "ACME" not in errand.model_dump_json()
        assert str(SESSION) not in errand.model_dump_json()
        assert errand.snapshot.hash == chat.snapshot_hash


@pytest.mark.slow
def test_what_a_model_says_arrives_letter_by_letter_and_cent_by_cent(tmp_path):
    def odd(request, headers):
        reply = competent_model(request, headers)
        message = reply.body["choices"][0]["message"]
        if message.get("content") and not message["content"].startswith("{"):
            message["content"] = ODD
        return reply

    with ModelServer(odd) as server:
        mine, theirs, _ = here_and_there(tmp_path, AT_ENDPOINT, server.base_url)
    same(mine, theirs)
    assert theirs[0].stages.research.turns[0].text == ODD
    assert theirs[0].cost.known == mine[0].cost.known > 0
    assert {call.cost_source for call in theirs[0].calls} == {"endpoint"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "reply", "reason"),
    [
        ("trader", Reply(500, body="boom"), "provider_error"),
        ("research_manager", Reply(body=said("I would rather talk.")), "unparseable"),
        ("portfolio_manager", Reply(403, body=failure(403, "flagged")), "refused"),
    ],
)
def test_a_failure_elsewhere_is_the_failure_it_would_have_been_here(tmp_path, role, reply, reason):
    with ModelServer(competent_but(at(role), reply)) as server:
        # Waits are by chance, and on record.
        mine, theirs, _ = here_and_there(tmp_path, AT_ENDPOINT, server.base_url, retry_delay=0)
    same(mine, theirs)
    assert (theirs[0].outcome.kind, theirs[0].outcome.reason, theirs[0].outcome.stage) == ("abstention", reason, role)


@pytest.mark.slow
def test_an_error_of_a_foreign_package_keeps_its_name_and_is_its_models(tmp_path):
    mine, theirs, _ = here_and_there(tmp_path, MOODY)
    assert theirs[0].outcome.detail == mine[0].outcome.detail == "LookupError: the provider's own trouble"
    assert theirs[0].outcome.reason == mine[0].outcome.reason == "provider_error"


@pytest.mark.slow
def test_a_desk_that_is_late_is_called_off_with_its_open_call_on_record(tmp_path):
    with ModelServer(competent_but(at("trader"), Reply(delay=30, body=said()))) as server:
        mine, theirs, _ = here_and_there(tmp_path, AT_ENDPOINT, server.base_url, seconds=4)
    assert chat_differences(mine[0], theirs[0]) == ()
    assert (theirs[0].outcome.reason, theirs[0].outcome.stage) == ("timeout", "trader")
    assert [call.status for call in theirs[0].calls].count("cancelled") == 1


@pytest.mark.slow
def test_words_are_heard_from_elsewhere_as_they_come(tmp_path):
    with ModelServer(streaming(competent_model)) as server:
        mine, theirs, heard = here_and_there(tmp_path, AT_ENDPOINT, server.base_url, stream=True)
    same(mine, theirs)
    assert [progress.said.words for progress in heard if progress.said is not None]
