import pytest

from arena.records.replica import base_of, listed, meant_by, number_of, replica_name


@pytest.mark.parametrize(("name", "base", "number"), [("claude~2", "claude", 2), ("gpt-5.1", "gpt-5.1", None)])
def test_whose_replica_a_name_is_of_stands_in_it(name, base, number):
    assert (base_of(name), number_of(name)) == (base, number)
    assert number is None or replica_name(base, number) == name


def test_a_name_means_itself_or_all_its_replicas():
    known = ("claude~1", "claude~2", "claude-b", "gpt")
    assert meant_by("claude", known) == ("claude~1", "claude~2")
    assert meant_by("claude~2", known) == ("claude~2",)
    assert meant_by("gpt", known) == ("gpt",)
    assert meant_by("gpt~1", known) == meant_by("clau", known) == ()


def test_replicas_in_a_row_are_listed_by_their_first_and_last():
    luck = [f"luck~{n}" for n in range(1, 21)]
    assert listed([*luck, "gpt"]) == "gpt, luck~1 to luck~20"
    assert listed(["a~1", "a~2", "b~2", "b~3", "b~5"]) == "a~1, a~2, b~2, b~3, b~5"
    assert listed(["a~10", "a~9", "a~8"]) == "a~8 to a~10"
