"""The one object scripts use: sync and async, and the same records as everywhere."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from arena.app import Arena
from arena.errors import ConfigError, UsageError
from arena.records.progress import Progress
from tests.arenas import Clock, rehearsal_arena

AFTER = Clock("2025-11-20T12:00:00")
DAY = date(2025, 10, 14)


def test_sync_and_async_return_equal_records(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path / "sync"), environ={}, clock=AFTER) as arena:
        waited = arena.run(["NVDA"], as_of=DAY)

    async def played() -> object:
        async with Arena(rehearsal_arena(tmp_path / "async"), environ={}, clock=AFTER) as arena:
            result = await arena.arun(["NVDA"], as_of=DAY)
            assert (await arena.aboard()) == result.standings
            assert (await arena.achat(result.chats[0].id)) == result.chats[0]
            assert len(await arena.achats(ticker="NVDA")) == 5
            return result.model_dump(exclude={"chats", "orders"})

    assert asyncio.run(played()) == waited.model_dump(exclude={"chats", "orders"})


def test_the_same_brief_gives_the_same_chat_but_for_times_and_ids(tmp_path: Path) -> None:
    def chats(home: str) -> list[object]:
        with Arena(rehearsal_arena(tmp_path / home), environ={}, clock=AFTER) as arena:
            times = {"id": True, "started": True, "finished": True}
            each = {"__all__": {"id", "started", "latency"}}
            return [
                (chat.model_dump(exclude={**times, "calls": each}), sorted((c.node, c.reply) for c in chat.calls))
                for chat in arena.run(["NVDA"], as_of=DAY).chats
            ]

    first, second = chats("one"), chats("two")
    assert [stages["stages"] for stages, _ in first] == [stages["stages"] for stages, _ in second]
    assert [said for _, said in first] == [said for _, said in second]


def test_inside_an_event_loop_the_sync_methods_say_which_to_await(tmp_path: Path) -> None:
    async def inside() -> None:
        with Arena(rehearsal_arena(tmp_path), environ={}) as arena, pytest.raises(UsageError, match="await"):
            arena.run(["NVDA"])

    asyncio.run(inside())


@pytest.mark.slow
def test_one_arena_serves_several_event_loops_one_after_another(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=AFTER) as arena:
        for day in (13, 14, 15):
            assert len(arena.run(["NVDA"], as_of=date(2025, 10, day)).chats) == 5


def test_progress_is_told_for_every_desk_up_to_its_outcome(tmp_path: Path) -> None:
    told: list[Progress] = []
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=AFTER) as arena:
        result = arena.run(["NVDA"], as_of=DAY, on_progress=told.append)
    for chat in result.chats:
        mine = [progress for progress in told if progress.contestant == chat.contestant]
        assert (mine[0].stage, mine[0].outcome) == ("", None)
        assert mine[-1].outcome == chat.outcome
        assert mine[-1].calls == len(chat.calls)
        assert mine[-1].tokens is None  # a rehearsal model uses none, and none are invented
        assert {"market_analyst", "trader", "portfolio_manager"} <= {progress.stage for progress in mine}


def test_a_packaged_configuration_loads_by_name_and_settings_lie_over_it(tmp_path: Path) -> None:
    with Arena.load("demo", {"home": tmp_path / "home", "trading.fill": "next_close"}) as arena:
        assert (arena.config.season, arena.config.trading.fill) == ("demo", "next_close")
    with pytest.raises(ConfigError, match="tradng"):
        Arena.load("demo", {"tradng.fill": "next_close"})


def test_a_snapshot_can_be_looked_at_without_playing_and_writes_nothing(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path / "home"), environ={}, clock=AFTER) as arena:
        seen = arena.snapshot("NVDA", DAY)
        assert seen.session == DAY
        assert not (tmp_path / "home").exists()
        assert arena.run(["NVDA"], as_of=DAY).chats[0].snapshot_hash == seen.hash
        assert arena.snapshot("NVDA", DAY) == seen
