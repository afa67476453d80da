import gc
import weakref

import pytest

from arena.collector import ROUND, YOUNG, at_rest, look_less_often


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.collect(0)
    gc.set_threshold(*before)


def test_the_collector_rests_while_any_round_is_played():
    with at_rest():
        with at_rest():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


class Cycle:
    """Something that only the collector can end."""

    def __init__(self):
        self.itself = self


def collections():
    return gc.get_stats()[0]["collections"]


def test_nothing_is_looked_through_while_a_round_is_played_nor_at_its_end():
    before = collections()
    with at_rest():
        left = [[] for _ in range(2 * YOUNG)]
    more = [[] for _ in range(YOUNG // 2)]
    assert collections() == before
    assert len(left) == 4 * len(more)


def test_what_a_round_leaves_in_cycles_goes_when_as_much_was_made_as_before_any_look():
    with at_rest():
        gone = weakref.ref(Cycle())
    assert gone() is not None
    more = [[] for _ in range(2 * YOUNG)]
    assert gone() is None
    assert gc.get_threshold() == (YOUNG, 10, 10)
    assert len(more) == 2 * YOUNG


def test_what_a_round_leaves_in_cycles_goes_when_the_next_one_begins():
    with at_rest():
        gone = weakref.ref(Cycle())
    with at_rest():
        assert gone() is None


def test_a_round_of_ever_so_many_desks_does_not_keep_all_cycles_until_its_end():
    with at_rest():
        assert gc.get_threshold() == (ROUND, 10, 10)


def test_who_has_it_look_even_less_often_keeps_that():
    gc.set_threshold(YOUNG * 2, 5, 5)
    look_less_often()
    assert gc.get_threshold() == (YOUNG * 2, 5, 5)
    with at_rest():
        pass
    gc.collect(0)
    assert gc.get_threshold() == (YOUNG * 2, 5, 5)


def test_what_somebody_wishes_after_a_round_is_kept():
    with at_rest():
        pass
    gc.set_threshold(5 * YOUNG)
    gc.collect(0)
    assert gc.get_threshold()[0] == 5 * YOUNG


def test_a_collector_that_is_switched_off_stays_off():
    gc.set_threshold(0)
    with at_rest():
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold()[0] == 0
