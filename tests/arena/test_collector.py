import gc

import pytest

from arena.collector import YOUNG, at_rest, look_less_often


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_the_collector_rests_while_any_round_is_played():
    with at_rest():
        with at_rest():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


def test_what_a_round_leaves_is_not_looked_through_at_its_end():
    with at_rest():
        before = gc.get_stats()[0]["collections"]
        left = [[] for _ in range(YOUNG // 2)]
    assert gc.get_threshold() == (YOUNG, 10, 10)
    assert gc.get_stats()[0]["collections"] == before
    assert len(left) == YOUNG // 2


def test_who_has_it_look_even_less_often_keeps_that():
    gc.set_threshold(YOUNG * 2, 5, 5)
    look_less_often()
    assert gc.get_threshold() == (YOUNG * 2, 5, 5)
