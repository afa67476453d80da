"""A configuration as it was written: plain values, and for each the place it came from.

This is the border between files and ArenaConfig. Every complaint about a value is made
with its Place, so that a person always learns which line to change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.config.secrets import redacted
from arena.errors import ConfigError

Loc = tuple[str | int, ...]
"""The way to a value from the top: keys, and positions in lists."""


@dataclass(frozen=True)
class Place:
    """Where a value was given."""

    source: str
    """The file as the person named it, or `environment NAME`, or `option --name`."""
    line: int | None = None
    """From 1; None where the source has no lines."""
    key: str | None = None
    """What the source calls the value, where that is not its path in ArenaConfig."""

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """Something wrong with what was written, in one sentence."""

    place: Place
    message: str

    def __str__(self) -> str:
        return redacted(f"{self.place}: {self.message}")


@dataclass(frozen=True)
class Document:
    """Values on their way to ArenaConfig."""

    values: dict[str, Any]
    places: Mapping[Loc, Place]
    """Of every value, and of the whole under the empty Loc."""
    problems: tuple[Problem, ...] = ()
    """What was found wrong so far; collected, so that a person learns of all at once."""
    notes: tuple[str, ...] = ()
    """What a reader must know about how the values came to be, one sentence each."""

    def place(self, loc: Loc) -> Place:
        """Where the value was given, or the innermost value around it that was."""
        return next(self.places[loc[:end]] for end in range(len(loc), -1, -1) if loc[:end] in self.places)

    def holds(self, loc: Loc) -> bool:
        """Whether the value was given at all."""
        found: Any = self.values
        for key in loc:
            inside = key in found if isinstance(found, dict) else isinstance(found, list) and key in range(len(found))
            if not inside:
                return False
            found = found[key]
        return True

    def path(self, loc: Loc) -> str:
        """How to call the value towards people: in its source's words, else dotted, contestants by name."""
        place = self.places.get(loc)
        if place and place.key:
            return place.key
        match loc:
            case ("contestants", int(number), *rest):
                return f"contestants{self._contestant(number)}{_dotted(tuple(rest))}"
        return _dotted(loc).removeprefix(".")

    def _contestant(self, number: int) -> str:
        listed = self.values.get("contestants")
        written = listed[number] if isinstance(listed, list) and number < len(listed) else None
        name = written.get("name") if isinstance(written, dict) else None
        return f".{name}" if isinstance(name, str) else f"[{number}]"


def _dotted(loc: Loc) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in loc)


def refusal(problems: Iterable[Problem]) -> ConfigError:
    """One error for all problems, a line each, in the order of the file."""
    ordered = sorted(problems, key=lambda problem: (problem.place.line or 0, problem.place.source))
    return ConfigError("\n".join(dict.fromkeys(map(str, ordered))))
