import gc

from arena.collector import YOUNG, at_rest


def test_the_collector_rests_while_any_round_is_played():
    before = gc.get_threshold()
    with at_rest():
        with at_rest():
            assert gc.get_threshold()[0] == YOUNG
        assert gc.get_threshold()[0] == YOUNG
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
