import gc
import weakref

import pytest

from arena.collector import ROUND, YOUNG, at_rest, look_less_often


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


def test_nothing_is_looked_through_while_a_round_is_played_and_its_cycles_go_when_it_has_ended():
    class Cycle:
        pass

    with at_rest():
        before = gc.get_stats()[0]["collections"]
        cycle = Cycle()
        cycle.itself, gone = cycle, weakref.ref(cycle)
        del cycle
        left = [[] for _ in range(2 * YOUNG)]
        assert gc.get_stats()[0]["collections"] == before
        assert gone() is not None
    assert gc.get_threshold() == (YOUNG, 10, 10)
    assert left[0] == []
    assert gone() is None


def test_what_few_desks_leave_is_not_looked_through_at_once():
    with at_rest():
        before = gc.get_stats()[0]["collections"]
        left = [[] for _ in range(YOUNG // 2)]
    assert gc.get_stats()[0]["collections"] == before
    assert len(left) == YOUNG // 2


def test_a_round_of_ever_so_many_desks_does_not_keep_all_cycles_until_its_end():
    with at_rest():
        assert gc.get_threshold() == (ROUND, 10, 10)


def test_who_has_it_look_even_less_often_keeps_that():
    gc.set_threshold(YOUNG * 2, 5, 5)
    look_less_often()
    assert gc.get_threshold() == (YOUNG * 2, 5, 5)
    with at_rest():
        pass
    assert gc.get_threshold() == (YOUNG * 2, 5, 5)
