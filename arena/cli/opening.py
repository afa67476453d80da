"""The Arena a command line means, or as much of it as a command needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say
from arena.config.model import ArenaConfig
from arena.lookup import Lookup

if TYPE_CHECKING:
    from arena.app import Arena


@contextmanager
def arena_of(given: Given, *, record: bool = True, refresh: bool = False) -> "Iterator[Arena]":
    """The arena, closed at the end; what the reader must know of its configuration is said on stderr, and in the end
    what could not be sent. Raises ConfigError.

    `record` keeps the tape of what is played; `refresh` asks the vendors anew.
    """
    from arena.app import Arena  # noqa: PLC0415  brings the graphs, which looking things up does without

    with Arena(_config(given), record=record, refresh=refresh) as arena:
        yield arena
    _say_leftovers(arena)


@contextmanager
def lookup_of(given: Given) -> Iterator[Lookup]:
    """What can be asked of the same arena without playing anything, at once; likewise. Raises ConfigError."""
    with Lookup(_config(given)) as lookup:
        yield lookup
    _say_leftovers(lookup)


def _config(given: Given) -> ArenaConfig:
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    return found.config


def _say_leftovers(lookup: Lookup) -> None:
    for left in lookup.leftovers():
        say(f"{left}; see `arena outbox`", "note: ")
