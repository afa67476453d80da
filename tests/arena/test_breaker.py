import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.breaker import Breaker, Down, Trial


def test_failures_in_a_row_open_it_and_it_says_how_many_and_the_last():
    breaker = Breaker(3, 30)
    for why in ("HTTP 500", "HTTP 502", "HTTP 503"):
        assert breaker.down() is None
        with breaker.request() as trial:
            trial.failed(why)
    failures, last, seconds = breaker.down()
    assert (failures, last) == (3, "HTTP 503")
    assert 29 < seconds <= 30
    assert isinstance(breaker.request(), Down)


def test_an_answer_between_failures_starts_the_count_anew():
    breaker = Breaker(2, 30)
    for ends in ("failed", "answered", "failed"):
        with breaker.request() as trial:
            trial.failed("x") if ends == "failed" else trial.answered()
    assert breaker.down() is None


def test_requests_sent_before_the_last_answer_do_not_count():
    breaker = Breaker(2, 30)
    early = [breaker.request() for _ in range(5)]
    time.sleep(0.002)
    breaker.request().answered()
    for trial in early:
        trial.failed("no answer within the deadline")
    assert breaker.down() is None


def test_one_request_fails_once_however_often_that_is_told():
    breaker = Breaker(2, 30)
    trial = breaker.request()
    trial.failed("no answer within the deadline")
    trial.failed("and then an error")
    assert breaker.down() is None


def opened(seconds):
    breaker = Breaker(1, seconds)
    breaker.request().failed("x")
    return breaker


def test_one_probe_goes_first_and_its_answer_closes_it():
    breaker = opened(0.01)
    assert breaker.down() is not None
    time.sleep(0.02)
    assert breaker.down() is None
    with breaker.request() as probe:
        assert breaker.down().seconds == 0
        probe.answered()
    assert breaker.down() is None


def test_of_many_threads_one_probes():
    breaker = opened(0.01)
    time.sleep(0.02)
    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(lambda _: breaker.request(), range(50)))
    assert [type(one) for one in sent].count(Trial) == 1


def test_a_probe_that_fails_opens_it_again():
    breaker = opened(0.05)
    time.sleep(0.06)
    with breaker.request() as probe:
        probe.failed("still")
    assert breaker.down().last == "still"


def test_a_probe_that_was_given_up_leaves_the_next_to_another():
    breaker = opened(0.01)
    time.sleep(0.02)
    with pytest.raises(KeyboardInterrupt), breaker.request():
        raise KeyboardInterrupt
    assert breaker.down() is None
