"""Things saved together: in one writing, and each told of its own."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.together import MOST, Together


class RefusedError(Exception):
    """What the writer of these tests does not take."""


class Writer:
    """Takes numbers; a writing with a negative one it refuses whole."""

    def __init__(self):
        self.writings = []
        self.let_go = threading.Event()

    def save(self, numbers):
        refused = [number for number in numbers if number < 0]
        self.writings.append(list(numbers))
        if refused:
            raise RefusedError(refused)


@pytest.fixture
def thread():
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def writer():
    return Writer()


def saved(thread, writer, *numbers, called_off=()):
    """Have numbers saved that come while the thread is busy; what each of them is told."""
    together = Together(thread, writer.save)

    async def run():
        thread.submit(writer.let_go.wait, 10)
        saving = [asyncio.create_task(together.save(number)) for number in numbers]
        await asyncio.sleep(0)
        for place in called_off:
            saving[place].cancel()
        await asyncio.sleep(0)
        writer.let_go.set()
        return await asyncio.gather(*saving, return_exceptions=True)

    return asyncio.run(run())


def test_what_comes_while_the_thread_is_busy_is_saved_in_one_writing(thread, writer):
    assert saved(thread, writer, 1, 2, 3) == [None] * 3
    assert writer.writings == [[1, 2, 3]]


def test_one_by_itself_has_a_writing_of_its_own(thread, writer):
    assert saved(thread, writer, 1) == [None]
    assert writer.writings == [[1]]


def test_more_than_one_writing_takes_is_saved_in_several(thread, writer):
    numbers = list(range(MOST + 8))
    assert saved(thread, writer, *numbers) == [None] * len(numbers)
    assert writer.writings == [numbers[:MOST], numbers[MOST:]]


def test_what_is_wrong_with_one_is_told_to_it_alone_and_the_others_are_saved(thread, writer):
    before, refused, behind = saved(thread, writer, 1, -2, 3)
    assert (before, behind) == (None, None)
    assert isinstance(refused, RefusedError)
    assert writer.writings == [[1, -2, 3], [1], [-2], [3]]


def test_a_writer_that_ends_its_generator_is_told_to_the_one_and_keeps_nobody_waiting(thread):
    class Ended(Writer):
        def save(self, numbers):
            super().save(numbers)
            if 0 in numbers:
                next(iter(()))

    writer = Ended()
    first, *others = saved(thread, writer, 0, 1, 2)
    assert isinstance(first, RuntimeError)
    assert isinstance(first.__cause__, StopIteration)
    assert others == [None] * 2
    assert writer.writings == [[0, 1, 2], [0], [1], [2]]


def test_what_was_called_off_is_not_saved_and_keeps_nobody_from_being_saved(thread, writer):
    told = saved(thread, writer, 1, 2, 3, called_off=(0,))
    assert isinstance(told[0], asyncio.CancelledError)
    assert told[1:] == [None, None]
    assert writer.writings == [[2, 3]]


def test_an_event_loop_is_woken_once_for_what_was_saved_together(thread, writer):
    together, woken = Together(thread, writer.save), []

    async def run():
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda tell, *told: (woken.append(tell), wake(tell, *told))
        thread.submit(writer.let_go.wait, 10)
        saving = [asyncio.create_task(together.save(number)) for number in (1, -2, 3)]
        await asyncio.sleep(0)
        writer.let_go.set()
        return await asyncio.gather(*saving, return_exceptions=True)

    before, refused, behind = asyncio.run(run())
    assert (before, behind, type(refused)) == (None, None, RefusedError)
    assert len(woken) == 1


def test_what_comes_from_several_event_loops_is_told_to_each(thread, writer):
    together = Together(thread, writer.save)
    writer.let_go.set()
    with ThreadPoolExecutor(4) as loops:
        told = list(loops.map(lambda number: asyncio.run(together.save(number)), range(20)))
    assert told == [None] * 20
    assert sorted(number for numbers in writer.writings for number in numbers) == list(range(20))
