"""What masked desks, and desks of one agent, are shown of their past in a season of several rounds."""

import shutil
from datetime import date, timedelta

import pytest

from arena.app import Arena
from arena.audit import audit_season
from arena.config.model import ArenaConfig
from tests.arenas import november

pytestmark = pytest.mark.slow

DAYS = tuple(date(2025, 10, day) for day in (13, 14, 15))
ROWS = (
    {"name": "value"},
    {"name": "value-masked", "mask": True},
    {"name": "alone", "desk": "single"},
    {"name": "alone-masked", "desk": "single", "mask": True},
)


def opened(home, **settings):
    rows = [{"kind": "rehearsal", "style": "value", **row} for row in ROWS]
    known = {"season": "trial", "home": home, "contestants": rows, "market": {"vendors": ["simulated"]}}
    return Arena(
        ArenaConfig.model_validate({**known, "memory": {"horizon": 1}, **settings}), environ={}, clock=november
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The home of a season, and its chats by contestant in order of session."""
    home = tmp_path_factory.mktemp("remembering") / "home"
    with opened(home) as arena:
        arena.season_run(["NVDA"], DAYS[0], DAYS[-1])
        return home, chats_of(arena)


def chats_of(arena):
    told = sorted((arena.chat(row.id) for row in arena.chats(season="trial")), key=lambda chat: chat.session)
    return {row["name"]: [chat for chat in told if chat.contestant == row["name"]] for row in ROWS}


def lessons(chat):
    return chat.stages.reflection.lessons if chat.stages.reflection is not None else ()


def sent(chat):
    return "\n".join(message.text for call in chat.calls for message in call.prompt)


@pytest.mark.parametrize("name", ["value", "alone"])
def test_a_masked_desk_remembers_the_same_on_moved_days_and_decides_alike(played, name):
    for plain, masked in zip(played[1][name], played[1][f"{name}-masked"], strict=True):
        assert plain.outcome == masked.outcome
        weeks = timedelta(weeks=masked.masked.weeks)
        assert [(one.session, one.until) for one in lessons(masked)] == [
            (one.session + weeks, one.until + weeks) for one in lessons(plain)
        ]
        figures = ("return_pct", "benchmark_return_pct", "close", "close_after", "reasoning", "reflection")
        assert [[getattr(one, name) for name in figures] for one in lessons(masked)] == [
            [getattr(one, name) for name in figures] for one in lessons(plain)
        ]


def test_what_a_masked_desk_learnt_is_found_again_in_the_next_round(played):
    *_, last = played[1]["value-masked"]
    newer, older = lessons(last)
    moved = timedelta(weeks=last.masked.weeks)
    assert (newer.reflected - moved, older.reflected - moved) == (DAYS[2], DAYS[1])
    assert [call.node for call in last.calls].count("reflection") == 1


def test_no_request_of_a_masked_desk_tells_ticker_benchmark_or_year(played):
    for name in ("value", "alone"):
        assert "Your past decisions on" in sent(played[1][name][-1])
        assert all(word in sent(played[1][name][-1]) for word in ("NVDA", "SPY", "2025-10-13"))
        for chat in played[1][f"{name}-masked"]:
            assert [word for word in ("NVDA", "SPY", "2025") if word in sent(chat)] == []


def test_a_desk_of_one_agent_is_shown_its_past_decisions_and_reflects_on_none(played):
    for name in ("alone", "alone-masked"):
        counts = [len(lessons(chat)) for chat in played[1][name]]
        assert counts == [0, 1, 2]
        for chat in played[1][name]:
            assert [call.node for call in chat.calls] == ["single_agent"]
            assert all(one.reflection is None for one in lessons(chat))
            for one in lessons(chat):
                assert f"On {one.session}: {one.action}" in sent(chat)


def test_the_auditor_finds_nothing_and_every_chat_and_round_replays_equal(played):
    report = audit_season(played[0], "trial")
    assert report.findings == ()
    with opened(played[0]) as arena:
        for chats in played[1].values():
            assert arena.replay(chats[-1].id).equal
        assert arena.replay_round(["NVDA"], as_of=DAYS[-1]).equal


def test_whoever_takes_off_the_mask_remembers_nothing_of_what_was_said_under_it(played, tmp_path):
    home = shutil.copytree(played[0], tmp_path / "home")
    swapped = [{"kind": "rehearsal", "style": "value", **row, "mask": not row.get("mask", False)} for row in ROWS]
    with opened(home, contestants=swapped) as arena:
        chats = arena.run(["NVDA"], as_of=date(2025, 10, 16)).chats
    assert {chat.contestant: lessons(chat) for chat in chats} == dict.fromkeys((row["name"] for row in ROWS), ())
