"""Objects as keys: what was made of one is found for that very one, and kept no longer than it is of use."""

import gc

from arena.same import Same, WhileAlive, once_for_each


class Thing:
    """Equal to every other one, and without a hash."""

    __hash__ = None

    def __eq__(self, other):
        return isinstance(other, Thing)


def test_equal_objects_are_not_the_same():
    one, other = Thing(), Thing()
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert Same(one) != one


def test_a_function_is_called_once_for_each_of_the_newest_objects():
    asked = []

    @once_for_each(most=2)
    def made(one):
        asked.append(one)
        return len(asked)

    first, second, third = Thing(), Thing(), Thing()
    assert [made(one) for one in (first, second, first, third, second, first)] == [1, 2, 1, 3, 4, 5]


def test_what_was_made_of_an_object_is_found_while_it_lives_and_forgotten_with_it():
    made, one, other = WhileAlive(), Thing(), Thing()
    made[one], made[other] = 1, 2
    made[one] = 3
    assert (made.get(one), made.get(other), made.get(Thing()), len(made)) == (3, 2, None, 2)
    del one
    gc.collect()
    assert (made.get(other), len(made)) == (2, 1)
    made.clear()
    assert made.get(other) is None


def test_another_object_in_its_place_in_memory_is_not_taken_for_it():
    made = WhileAlive()
    for number in range(1000):
        thing = Thing()
        assert made.get(thing) is None
        made[thing] = number
        del thing
    gc.collect()
    assert len(made) == 0
