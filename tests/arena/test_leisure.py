"""Leisure: what is done while an event loop has nothing else to do, and in which order."""

import asyncio
import gc
import threading
import time
import weakref
from contextvars import ContextVar

from arena.leisure import QUIET_SECONDS, Leisure


def at_work(seconds):
    """Keep this thread at work for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def until(found, seconds=5.0):
    """Wait until that is so."""
    async with asyncio.timeout(seconds):
        while not found():  # noqa: ASYNC110 -- it is the loop that is waited for
            await asyncio.sleep(QUIET_SECONDS)


def test_work_is_done_in_its_turn_on_a_loop_that_is_idle():
    leisure, done = Leisure(), []

    async def run():
        for number in range(5):
            leisure.add(lambda number=number: done.append(number))
        assert done == []
        await until(lambda: len(done) == 5)

    asyncio.run(run())
    assert done == list(range(5))


def test_work_waits_while_the_loop_is_busy():
    leisure, done = Leisure(), []

    async def busy():
        for _ in range(100):
            at_work(QUIET_SECONDS / 20)
            await asyncio.sleep(0)
        return list(done)

    async def run():
        working = asyncio.create_task(busy())
        leisure.add(lambda: done.append("at leisure"))
        assert await working == []
        await until(lambda: done)

    asyncio.run(run())
    assert done == ["at leisure"]


def test_a_loop_that_waits_for_another_thread_is_not_busy():
    leisure, done, let_go = Leisure(), [], threading.Event()

    def reckons():
        while not let_go.is_set():
            sum(range(1000))

    async def run():
        reckoning = asyncio.create_task(asyncio.to_thread(reckons))
        leisure.add(lambda: done.append("at leisure"))
        try:
            await until(lambda: done)
        finally:
            let_go.set()
            await reckoning

    asyncio.run(run())
    assert done == ["at leisure"]


def test_what_comes_between_two_works_has_its_turn():
    leisure, order = Leisure(), []

    async def run():
        def first():
            order.append("first")
            asyncio.get_running_loop().call_soon(order.append, "other")

        leisure.add(first)
        leisure.add(lambda: order.append("second"))
        await until(lambda: len(order) == 3)

    asyncio.run(run())
    assert order == ["first", "other", "second"]


def test_work_may_bring_more_work():
    leisure, done = Leisure(), []

    async def run():
        leisure.add(lambda: leisure.add(lambda: done.append("more")))
        await until(lambda: done)

    asyncio.run(run())
    assert done == ["more"]


def test_work_that_fails_is_told_of_by_the_loop_and_keeps_no_other_from_its_turn():
    leisure, done, told = Leisure(), [], []

    def fails():
        raise ValueError("a bug")

    async def run():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
        leisure.add(fails)
        leisure.add(lambda: done.append("second"))
        await until(lambda: done)

    asyncio.run(run())
    assert [str(error) for error in told] == ["a bug"]


def test_work_is_done_in_the_context_it_is_added_in():
    leisure, found, desk = Leisure(), [], ContextVar("desk")

    async def of(name):
        desk.set(name)
        leisure.add(lambda: found.append(desk.get()))

    async def run():
        await asyncio.gather(asyncio.create_task(of("first")), asyncio.create_task(of("second")))
        await until(lambda: len(found) == 2)

    asyncio.run(run())
    assert found == ["first", "second"]


def test_each_event_loop_has_its_own_work():
    leisure, done = Leisure(), []

    async def run(number):
        leisure.add(lambda: done.append(number))
        await until(lambda: number in done)

    for number in (1, 2):
        asyncio.run(run(number))
    assert done == [1, 2]


def test_a_loop_that_ends_before_it_is_quiet_leaves_nothing_behind():
    leisure, done = Leisure(), []

    async def run():
        leisure.add(lambda: done.append("at leisure"))

    loop = asyncio.new_event_loop()
    loop.run_until_complete(run())
    loop.close()
    gone = weakref.ref(loop)
    del loop
    gc.collect()
    assert done == []
    assert gone() is None
