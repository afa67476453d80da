"""One round of a season at a time, whoever plays it."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from arena.app import Arena
from arena.errors import UsageError
from arena.rounds.turn import OpenFloor, SeasonTurn, Turn, current_turn, taking
from tests.arenas import Clock, rehearsal_arena

AFTER = Clock("2025-11-20T12:00:00")


def test_two_that_play_the_same_round_at_once_make_one_round(tmp_path: Path) -> None:
    async def both() -> list[object]:
        config = rehearsal_arena(tmp_path)
        async with Arena(config, environ={}, clock=AFTER) as one, Arena(config, environ={}, clock=AFTER) as other:
            return list(
                await asyncio.gather(
                    *(arena.arun(["NVDA", "META"], as_of=date(2025, 10, 14)) for arena in (one, other))
                )
            )

    first, second = asyncio.run(both())
    assert sorted(map(len, (first.replayed, second.replayed))) == [0, 10]
    assert first.chats == second.chats
    assert first.standings == second.standings


def test_who_waits_too_long_is_told_so(tmp_path: Path) -> None:
    async def second() -> None:
        first = SeasonTurn(tmp_path, "main", 1)
        await first.begin()
        with pytest.raises(UsageError, match="another run has been playing in the season main"):
            await SeasonTurn(tmp_path, "main", 0.3).begin()
        await SeasonTurn(tmp_path, "other", 0.3).begin()
        first.end()
        await SeasonTurn(tmp_path, "main", 0.3).begin()

    asyncio.run(second())


def test_a_turn_that_several_steps_ask_for_at_once_is_one_turn(tmp_path: Path) -> None:
    async def asked_for_thrice() -> None:
        turn, next_one = SeasonTurn(tmp_path, "main", 1), SeasonTurn(tmp_path, "main", 0)
        await asyncio.gather(*(turn.begin() for _ in range(3)))
        turn.end()
        await next_one.begin()
        next_one.end()
        next_one.end()

    asyncio.run(asked_for_thrice())


def test_a_turn_holds_for_what_is_begun_inside_and_for_nothing_else(tmp_path: Path) -> None:
    async def turns() -> tuple[Turn, Turn]:
        turn = SeasonTurn(tmp_path, "main", 1)

        async def inside() -> Turn:
            return current_turn()

        with taking(turn):
            begun = asyncio.create_task(inside())
        assert await begun is turn
        return await begun, current_turn()

    inside, outside = asyncio.run(turns())
    assert isinstance(inside, SeasonTurn)
    assert isinstance(outside, OpenFloor)


def test_a_refused_run_leaves_the_turn_to_the_next(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=AFTER) as arena:
        arena.run(["NVDA"], as_of=date(2025, 10, 15))
        with pytest.raises(UsageError):
            arena.run(["NVDA"], as_of=date(2025, 10, 14))
        assert len(arena.run(["NVDA"], as_of=date(2025, 10, 16)).chats) == 5
