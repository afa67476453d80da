import asyncio
import time
from datetime import UTC, datetime

import pytest

from arena.llm.breaker import Breaker
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


def test_failures_in_a_row_open_the_breaker_and_the_message_says_which_why_and_until_when():
    breaker = Breaker("openrouter", 3, 30)
    for _ in range(3):
        assert breaker.why_not() is None
        with breaker.request() as trial:
            trial.failed("HTTP 503: overloaded")
    fault = breaker.why_not()
    assert fault.message == (
        "the endpoint openrouter is down after 3 failures in a row, "
        "the last: HTTP 503: overloaded; it is tried again in 30 s"
    )
    assert (fault.verdict, fault.reason, fault.free) == ("final", "provider_error", True)


def test_an_answer_between_failures_starts_the_count_anew():
    breaker = Breaker("e", 2, 30)
    for ends in ("failed", "answered", "failed"):
        with breaker.request() as trial:
            trial.failed("x") if ends == "failed" else trial.answered()
    assert breaker.why_not() is None


def test_requests_sent_before_the_last_answer_do_not_count():
    breaker = Breaker("e", 2, 30)
    early = [breaker.request() for _ in range(5)]
    time.sleep(0.002)
    breaker.request().answered()
    for trial in early:
        trial.failed("no answer within the call's deadline")
    assert breaker.why_not() is None


def opened(seconds):
    breaker = Breaker("e", 1, seconds)
    breaker.request().failed("x")
    return breaker


def test_one_probe_goes_first_and_its_answer_closes_the_breaker():
    breaker = opened(0.01)
    assert breaker.why_not() is not None
    time.sleep(0.02)
    assert breaker.why_not() is None
    with breaker.request() as probe:
        assert "tried again right now" in breaker.why_not().message
        probe.answered()
    assert breaker.why_not() is None


def test_a_probe_that_fails_opens_the_breaker_again():
    breaker = opened(0.05)
    time.sleep(0.06)
    with breaker.request() as probe:
        probe.failed("still")
    assert "the last: still" in breaker.why_not().message


def test_a_probe_that_was_given_up_leaves_the_next_to_another():
    breaker = opened(0.01)
    time.sleep(0.02)
    with pytest.raises(asyncio.CancelledError), breaker.request():
        raise asyncio.CancelledError
    assert breaker.why_not() is None


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
