"""Research that runs ahead beside masks, memory, replicas and desks of one agent: the same season as without."""

import asyncio
from collections import Counter

import pytest

from arena.audit import audit_season
from arena.config.model import ArenaConfig
from arena.records.desk import RESEARCH_ROLES
from arena.store import Store
from bench.competent_model import competent_model
from tests.arena.season.comparing import the_same
from tests.arena.season.desks import HANG, Models, competent_but
from tests.arena.season.test_ahead import MONDAY, TUESDAY, WEDNESDAY, arena_at, ready, stopped
from tests.arenas import rehearsal_arena

MASKED = {"name": "masked", "kind": "rehearsal", "style": "momentum", "mask": True}
ALONE = {"name": "alone", "kind": "rehearsal", "style": "value", "desk": "single", "mask": True}
TWICE = {"name": "twice", "kind": "rehearsal", "style": "newsreader", "replicas": 2}


def season(home, *contestants, ahead=2, **more) -> ArenaConfig:
    return rehearsal_arena(
        home, contestants=list(contestants), limits={"ahead": ahead}, memory={"horizon": 1, "lessons": 2}, **more
    )


def test_a_masked_season_with_a_memory_is_the_same_whether_its_research_runs_ahead_or_not(tmp_path):
    for home, ahead, researched in (("without", 0, [0, 0]), ("with", 2, [0, 1])):
        with arena_at(season(tmp_path / home, MASKED, ahead=ahead)) as arena:
            report = arena.season_run(["NVDA"], MONDAY, TUESDAY)
            assert [played.researched for played in report.rounds] == researched
            chats = [arena.chat(row.id) for row in arena.chats(session=TUESDAY)]
            assert all(chat.stages.reflection.lessons[0].masked for chat in chats)
    the_same(tmp_path / "with", tmp_path / "without")


@pytest.mark.slow
def test_a_season_of_all_kinds_of_players_is_the_same_and_holds_up(tmp_path):
    rows = (MASKED, ALONE, TWICE, {"name": "momentum", "kind": "rehearsal", "style": "momentum"})
    for home, ahead, researched in (("without", 0, [0, 0, 0]), ("with", 2, [0, 8, 8])):
        with arena_at(season(tmp_path / home, *rows, ahead=ahead), record=True) as arena:
            report = arena.season_run(["NVDA", "AAPL"], MONDAY, WEDNESDAY)
            # Those of one agent have no research half; of each other player and ticker there is one.
            assert [played.researched for played in report.rounds] == researched
            for row in arena.chats(session=WEDNESDAY):
                assert arena.replay(row.id).equal
            assert arena.replay_round(["NVDA", "AAPL"], as_of=WEDNESDAY).equal
        assert audit_season(tmp_path / home, "trial").findings == ()
    the_same(tmp_path / "with", tmp_path / "without")


@pytest.mark.slow
def test_each_replica_has_research_of_its_own_which_is_picked_up_once(tmp_path):
    replicated = [{"name": "a", "endpoint": "e", "model": "maker/a", "max_tokens": 500, "replicas": 2}]

    def config(home, models, ahead):
        known = models.config(home, ahead, memory={"horizon": 1})
        return ArenaConfig.model_validate({**known.model_dump(), "contestants": replicated})

    told: list[str] = []
    with Models() as models:
        usual, models.handler = models.handler, competent_but(HANG, MONDAY, role="trader")
        with arena_at(config(tmp_path / "stopped", models, 2)) as arena:
            asyncio.run(stopped(arena, lambda store: ready(store) == {TUESDAY: 2, WEDNESDAY: 2}))
        with Store.open_existing(tmp_path / "stopped") as store:
            mine = {(one.session, one.contestant) for one in store.ready_research("trial")}
        assert mine == {(day, name) for day in (TUESDAY, WEDNESDAY) for name in ("a~1", "a~2")}
        models.handler = usual
        before = Counter(models.asked)
        with arena_at(config(tmp_path / "stopped", models, 2)) as arena:
            arena.season_resume(on_pick_up=told.append)
        asked = {place for place, number in models.asked.items() if number > before[place]}
        with arena_at(config(tmp_path / "whole", models, 0)) as arena:
            arena.season_run(["NVDA"], MONDAY, WEDNESDAY, benchmark="none")
    assert told[-1] == "4 research halves of later rounds were ready"
    assert not {place for place in asked if place[0] != MONDAY.isoformat() and place[2] in RESEARCH_ROLES}
    the_same(tmp_path / "stopped", tmp_path / "whole")


@pytest.mark.slow
def test_research_of_a_player_that_is_masked_since_is_put_aside(tmp_path):
    with Models(competent_but(HANG, MONDAY, role="trader")) as models:
        plain = models.config(tmp_path, names=("a",))
        with arena_at(plain) as arena:
            asyncio.run(stopped(arena, lambda store: ready(store) == {TUESDAY: 1}, TUESDAY))
        models.handler = competent_model
        row = plain.contestants[0].model_copy(update={"mask": True})
        with arena_at(plain.model_copy(update={"contestants": (row,)})) as arena:
            notes = arena.season_resume().notes
            assert "settings, prompts or code have changed" in " ".join(notes)
            assert {chat.masked is not None for chat in map(arena.chat, (row.id for row in arena.chats()))} == {True}
