"""Replicas: one contestant that plays several times, each time with a book of its own, as NAME~1, NAME~2 and so on.

No configured name may hold the mark, so whose replica somebody is can be read from the name wherever it is stored.
"""

from collections.abc import Iterable
from itertools import groupby

MARK = "~"


def replica_name(base: str, number: int) -> str:
    """What the replica of that number, from 1, is called."""
    return f"{base}{MARK}{number}"


def base_of(name: str) -> str:
    """The configured contestant behind a name: of a replica whose replica it is, else the name itself."""
    return name.partition(MARK)[0]


def number_of(name: str) -> int | None:
    """Which replica the name is of; None for a contestant that has none."""
    number = name.partition(MARK)[2]
    return int(number) if number.isdecimal() else None


def meant_by(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known names that a name means: itself, or all replicas of it; none where nobody is called so."""
    names = tuple(known)
    return (name,) if name in names else tuple(one for one in names if base_of(one) == name)


def listed(names: Iterable[str]) -> str:
    """Names for people, in order; three or more replicas in a row as `claude~1 to claude~5`."""
    ordered = sorted(names, key=lambda name: (base_of(name), number_of(name) or 0))
    told: list[str] = []
    for _, found in groupby(ordered, key=base_of):
        some = list(found)
        numbers = [number_of(name) for name in some]
        in_a_row = len(some) >= 3 and numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + len(some)))
        told += [f"{some[0]} to {some[-1]}"] if in_a_row else some
    return ", ".join(told)
