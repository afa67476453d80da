"""An object as a key: what was made of it is found again for that very object, however large it is.

Of use for objects that nobody changes: what is in a desk's state, and records.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Generic, TypeVar
from weakref import ref

One = TypeVar("One")
Made = TypeVar("Made")


class Same(Generic[One]):
    """Equal to itself over the same object alone. Holds it, so that no other one can take its place in memory."""

    __slots__ = ("one",)

    def __init__(self, one: One) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.one is other.one


class WhileAlive(Generic[One, Made]):
    """What was made of objects, found again for the very same ones, and forgotten with them."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[ref[One], Made]] = {}

    def __setitem__(self, one: One, made: Made) -> None:
        # An id is free for another object only when this one is gone, and with it what is kept here.
        name, kept = id(one), self._made
        kept[name] = (ref(one, lambda _: kept.pop(name, None)), made)

    def get(self, one: One) -> Made | None:
        """What was made of it."""
        found = self._made.get(id(one))
        return found[1] if found is not None else None

    def __len__(self) -> int:
        return len(self._made)

    def clear(self) -> None:
        """Forget everything."""
        self._made.clear()


def once_for_each(most: int) -> Callable[[Callable[[One], Made]], Callable[[One], Made]]:
    """Have a function called once for each object; so many of the newest objects are remembered, and kept."""

    def once(made: Callable[[One], Made]) -> Callable[[One], Made]:
        @lru_cache(maxsize=most)
        def of(same: Same[One]) -> Made:
            return made(same.one)

        @wraps(made)
        def looked_up(one: One) -> Made:
            return of(Same(one))

        return looked_up

    return once
