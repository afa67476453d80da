import pytest

from bench.growth import growth

pytestmark = pytest.mark.slow


def test_what_rounds_leave_on_the_disk_grows_with_their_number_alone_and_the_tape_is_pruned_to_a_size():
    lines = list(growth(10))
    assert [line.told() for line in lines if not line.holds] == []
    assert len([line for line in lines if line.bound is not None]) == 9


def test_a_tape_whose_chats_share_most_of_their_words_is_pruned_to_a_size_too():
    pruned = list(growth(40, contestants=1))[-1]
    assert pruned.what == "tape after it, to what was asked"
    assert pruned.found <= pruned.bound
