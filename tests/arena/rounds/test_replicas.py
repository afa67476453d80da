"""Replicas in real rounds: rehearsal stand-ins on the simulated market, and models over a loopback endpoint."""

from datetime import date

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arenas import november

FIRST, SECOND = date(2025, 10, 13), date(2025, 10, 14)


def config(home, **settings):
    contestants = [
        {"name": "value", "kind": "rehearsal", "style": "value", "replicas": 3},
        {"name": "momentum", "kind": "rehearsal", "style": "momentum", "replicas": 2},
        {"name": "cautious", "kind": "rehearsal", "style": "cautious"},
        {"name": "luck", "kind": "baseline", "rule": "random", "frequency": 0.5, "replicas": 4},
    ]
    known = {"season": "trial", "home": home, "contestants": contestants, "market": {"vendors": ["simulated"]}}
    return ArenaConfig.model_validate({**known, **settings})


VALUE, MOMENTUM = [f"value~{n}" for n in (1, 2, 3)], ["momentum~1", "momentum~2"]
LUCK = [f"luck~{n}" for n in (1, 2, 3, 4)]
EVERYBODY = {"cautious", *VALUE, *MOMENTUM, *LUCK}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The home of two rounds, and what came of them."""
    home = tmp_path_factory.mktemp("replicas") / "home"
    with Arena(config(home), environ={}, clock=november) as arena:
        return home, [arena.run(["ACME"], as_of=session) for session in (FIRST, SECOND)]


def opened(home, **settings):
    return Arena(config(home, **settings), environ={}, clock=november)


def test_each_replica_has_a_chat_a_book_and_an_archive_file_of_its_own(played):
    home, results = played
    assert {chat.contestant for chat in results[0].chats} == EVERYBODY
    assert {row.contestant for row in results[1].standings.rows} == EVERYBODY
    bought = [order.contestant for order in results[0].orders if order.contestant.startswith("value")]
    assert set(bought) == set(VALUE)
    assert sorted(file.name.split(".")[0] for file in (home / "archive/trial/2025-10-13/ACME").iterdir()) == sorted(
        EVERYBODY
    )


def test_a_model_has_one_vote_which_is_its_first_replicas(played):
    for vote in played[1][0].consensus:
        assert sum(vote.votes.values()) == 3
        assert vote.notes == (
            "without a vote, for a model counts once: momentum~2, value~2, value~3 (a replica after the first)",
        )


def test_random_replicas_draw_for_themselves(played):
    chosen = {
        name: [
            (chat.session, chat.ticker, chat.outcome.action)
            for result in played[1]
            for chat in result.chats
            if chat.contestant == name
        ]
        for name in LUCK
    }
    assert len({str(said) for said in chosen.values()}) > 1


def test_a_name_asks_all_its_replicas_and_a_number_one(tmp_path):
    with opened(tmp_path) as arena:
        one = arena.run(["ACME"], as_of=FIRST, contestants=["value~2", "cautious"])
        all_of_it = arena.run(["ACME"], as_of=FIRST, contestants=["value"])
        listed = {row.contestant for row in arena.chats(contestant="value")}
        with pytest.raises(UsageError, match=r"no contestant value~4; the configuration has .*value~3"):
            arena.run(["ACME"], as_of=FIRST, contestants=["value~4"])
    assert {chat.contestant for chat in one.chats} == {"cautious", "value~2"}
    assert [sum(vote.votes.values()) for vote in one.consensus] == [1]
    assert {chat.contestant for chat in all_of_it.chats} == listed == set(VALUE)
    assert [sum(vote.votes.values()) for vote in all_of_it.consensus] == [2]  # the first of value, and cautious
    assert len(all_of_it.replayed) == 1


def test_replicas_of_another_configuration_do_not_vote_beside_those_of_this_one(tmp_path):
    with opened(tmp_path) as arena:
        arena.run(["ACME"], as_of=FIRST, contestants=["value", "cautious"])
    alone = [{"name": "value", "kind": "rehearsal", "style": "value"}]
    with opened(tmp_path, contestants=alone) as arena:
        (vote,) = arena.run(["ACME"], as_of=FIRST).consensus
    assert sum(vote.votes.values()) == 2  # value as it is now, and cautious, which is configured no longer


def test_an_estimate_counts_each_replica(tmp_path):
    with opened(tmp_path) as arena:
        rows = {row.contestant: row.calls for row in arena.estimate(["ACME"], as_of=FIRST).contestants}
    assert rows == dict.fromkeys([*VALUE, *MOMENTUM, "cautious"], 16)


@pytest.mark.slow
def test_rounds_of_replicas_replay_equal_whole_and_by_name(played):
    home, results = played
    with opened(home) as arena:
        assert arena.replay_round(["ACME"], as_of=SECOND).equal
        part = arena.replay_round(["ACME"], as_of=SECOND, contestants=["value"])
        assert arena.replay(next(chat.id for chat in results[0].chats if chat.contestant == "value~3")).equal
    assert part.equal
    assert {chat.chat_id.split(".")[3] for chat in part.chats} == set(VALUE)


def test_a_season_plans_replicas_and_goes_on_with_them(tmp_path):
    with opened(tmp_path) as arena:
        report = arena.season_run(["ACME"], FIRST, FIRST, contestants=["value", "cautious"])
        assert report.plan.contestants == ("cautious", *VALUE)
        assert arena.season_resume().rounds == ()


def test_in_studio_a_name_is_its_first_replicas_desk(tmp_path):
    with opened(tmp_path) as arena:
        assert arena.lone_desk("value").name == "value~1"
        assert arena.lone_desk("value~3").name == "value~3"
        assert "desk_value~2" in arena.graph.get_graph().draw_mermaid()
        with pytest.raises(KeyError):
            arena.lone_desk("nobody")


def test_the_report_splits_what_is_the_models_from_what_is_chance(played):
    with opened(played[0]) as arena:
        split = arena.report().replicas
    assert [(line.contestant, line.replicas) for line in sorted(split.models, key=lambda line: line.contestant)] == [
        ("cautious", 1),
        ("momentum", 2),
        ("value", 3),
    ]
    figures = {figure.name: figure for figure in split.figures}
    # Stand-ins always do the same, so all that differs is between them.
    assert (figures["variance_within"].value, figures["intraclass_correlation"].value) == (0.0, 1.0)
    assert figures["f_ratio"].note == "replicas did the same in every session"


def test_over_an_endpoint_every_replica_is_asked_for_itself(tmp_path):
    rows = [{"name": "m", "endpoint": "e", "model": "maker/m", "replicas": 2, "desk": "single"}]
    with ModelServer(competent_model) as server:
        settings = config(tmp_path, contestants=rows, endpoints={"e": {"base_url": server.base_url}})
        with Arena(settings, environ={}, clock=november) as arena:
            result = arena.run(["ACME"], as_of=FIRST)
    assert len(server.requests) == 2
    assert server.requests[0].body == server.requests[1].body
    assert [chat.contestant for chat in result.chats] == ["m~1", "m~2"]
