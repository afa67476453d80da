"""News of the store, for pages that are open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

from arena.store import Store
from arena.web import live
from arena.web.live import Newsroom
from arena.web.reader import Reader
from tests.arena.web.stored import SESSIONS, config_for, write_round, write_season

NAMES = ("claude", "gpt", "qwen")


def test_listeners_hear_the_state_at_once_and_after_each_change_and_nobody_looks_for_nobody(tmp_path: Path) -> None:
    write_season(tmp_path, sessions=SESSIONS[:1])
    reader = Reader(config_for(tmp_path))

    async def listened() -> list[str]:
        newsroom = Newsroom(reader, look=0.02)
        async with aclosing(newsroom.news()) as first, aclosing(newsroom.news()) as second:
            heard = [await anext(first), await anext(second)]
            with Store.open(tmp_path) as store:
                write_round(store, "main", SESSIONS[1], NAMES, ("NVDA",), "news")
            heard += [await _within(first), await _within(second)]
            assert newsroom.looking
        assert not newsroom.looking
        return heard

    first, second, then, also_then = asyncio.run(listened())
    reader.close()
    assert first == second == first.strip() + "\n\n"
    assert first.startswith("event: state\ndata: ")
    assert then == also_then != first


def test_only_so_many_may_listen(tmp_path: Path) -> None:
    reader = Reader(config_for(tmp_path))

    async def crowded() -> None:
        newsroom = Newsroom(reader)
        crowd = [newsroom.news() for _ in range(live.LISTENERS)]
        for one in crowd:
            assert await anext(one) == "event: state\ndata: \n\n"  # there is no store yet
        assert newsroom.full
        await crowd.pop().aclose()
        assert not newsroom.full
        for one in crowd:
            await one.aclose()

    asyncio.run(crowded())
    reader.close()


def test_a_room_that_closes_lets_its_listeners_go(tmp_path: Path) -> None:
    reader = Reader(config_for(tmp_path))

    async def listened() -> list[str]:
        newsroom = Newsroom(reader, look=0.02)
        heard = []
        async for event in newsroom.news():
            heard.append(event)
            newsroom.close()
        return heard

    assert len(asyncio.run(listened())) == 1
    reader.close()


def test_a_listener_that_waits_is_let_go_at_once_and_not_at_the_next_look(tmp_path: Path) -> None:
    reader = Reader(config_for(tmp_path))

    async def listened() -> int:
        newsroom = Newsroom(reader, look=600)
        news = newsroom.news()
        await _within(news)
        waiting = asyncio.create_task(_rest_of(news))
        await asyncio.sleep(0.05)
        # As from a signal's handler: in whatever the loop is doing.
        await asyncio.to_thread(newsroom.close)
        return len(await asyncio.wait_for(waiting, 10))

    assert asyncio.run(listened()) == 0
    reader.close()


async def _rest_of(news: AsyncIterator[str]) -> list[str]:
    return [event async for event in news]


async def _within(news: AsyncIterator[str]) -> str:
    async with asyncio.timeout(10):
        return await anext(news)
