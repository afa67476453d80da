import asyncio
from datetime import UTC, datetime

import pytest

from arena.llm.faults import Fault
from arena.llm.lines import Access, DayOff, Line
from tests.agents.surroundings import VirtualClockLoop


def virtually(coroutine):
    """Run on a clock on which waiting takes no time."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(coroutine)


async def send(line, seconds, ends, *, down=False):
    """One request over the line; what it ended in, and when."""
    async with line.place() as trial:
        if isinstance(trial, Fault):
            ends.append((asyncio.get_running_loop().time(), trial.message))
            return
        await asyncio.sleep(seconds)
        if down:
            trial.failed("refused")
        else:
            trial.answered()
    ends.append((asyncio.get_running_loop().time(), "answered"))


def sent(line_of, count, seconds, **more):
    async def all_at_once():
        line, ends = line_of(), []
        await asyncio.gather(*(send(line, seconds, ends, **more) for _ in range(count)))
        return ends

    return virtually(all_at_once())


def test_no_more_requests_are_under_way_than_the_endpoint_allows():
    ends = sent(lambda: Line("e", concurrency=2), 6, 10.0)
    assert [at for at, _ in ends] == pytest.approx([10, 10, 20, 20, 30, 30])


def test_without_limits_nobody_waits():
    assert {round(at) for at, _ in sent(lambda: Line("e"), 50, 10.0)} == {10}


def test_requests_are_spaced_evenly_over_the_minute():
    ends = sent(lambda: Line("e", requests_per_minute=30), 4, 0.0)
    assert [at for at, _ in ends] == pytest.approx([0, 2, 4, 6], abs=0.01)


def test_a_request_that_gave_up_waiting_leaves_its_turn_to_the_next():
    async def given_up():
        line, ends = Line("e", requests_per_minute=6), []
        first, second, third = (asyncio.ensure_future(send(line, 0.0, ends)) for _ in range(3))
        await asyncio.sleep(5)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        return ends

    assert [at for at, _ in virtually(given_up())] == pytest.approx([0, 10], abs=0.01)


def test_those_who_wait_for_their_turn_are_told_at_once_when_the_endpoint_goes_down():
    ends = sent(lambda: Line("e", requests_per_minute=1, breaker_failures=1), 5, 0.0, down=True)
    assert ends[0][1] == "answered"  # the one that found it down
    assert all("is down" in message for _, message in ends[1:])
    assert ends[-1][0] < 61


def test_an_endpoint_that_is_down_is_named_with_why_and_until_when():
    async def fail_twice():
        line = Line("openrouter", breaker_failures=2, breaker_seconds=30)
        for _ in range(2):
            assert line.why_not() is None
            async with line.place() as trial:
                trial.failed("HTTP 503: overloaded")
        async with line.place() as refused:
            return line.why_not(), refused

    fault, refused = asyncio.run(fail_twice())
    assert fault == refused
    assert fault.message == (
        "the endpoint openrouter is down after 2 failures in a row, "
        "the last: HTTP 503: overloaded; it is tried again in 30 s"
    )
    assert (fault.verdict, fault.reason, fault.free) == ("final", "provider_error", True)


def test_while_an_endpoint_is_probed_the_others_are_told_so():
    async def probe():
        line = Line("e", breaker_failures=1, breaker_seconds=0.01)
        async with line.place() as trial:
            trial.failed("x")
        await asyncio.sleep(0.02)
        async with line.place():
            return line.why_not()

    assert "tried again right now" in asyncio.run(probe()).message


def test_a_day_off_ends_at_the_next_midnight_utc():
    now = [datetime(2025, 11, 3, 21, 30, tzinfo=UTC)]
    day_off = DayOff(lambda: now[0])
    assert day_off.why_not() is None
    day_off.take("free-models-per-day")
    fault = day_off.why_not()
    assert (fault.reason, fault.verdict) == ("rate_limited", "final")
    assert fault.message == (
        "no more calls before 2025-11-04 00:00 UTC, since a daily limit is reached: free-models-per-day"
    )
    now[0] = datetime(2025, 11, 4, tzinfo=UTC)
    assert day_off.why_not() is None


def test_one_contestants_day_off_is_nobody_elses():
    async def both():
        line = Line("e")
        mine, other = Access(line), Access(line)
        mine.day_off.take("spent")
        return mine.why_not(), other.why_not()

    mine, other = asyncio.run(both())
    assert mine is not None
    assert other is None
