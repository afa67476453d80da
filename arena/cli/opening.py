"""The Arena a command line means."""

from collections.abc import Iterator
from contextlib import contextmanager

from arena.app import Arena
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say


@contextmanager
def arena_of(given: Given, *, record: bool = True, refresh: bool = False) -> Iterator[Arena]:
    """The arena, closed at the end; what the reader must know of its configuration is said on stderr, and in the end
    what could not be sent. Raises ConfigError.

    `record` keeps the tape of what is played; `refresh` asks the vendors anew.
    """
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    with Arena(found.config, record=record, refresh=refresh) as arena:
        yield arena
    for left in arena.leftovers():
        say(f"{left}; see `arena outbox`", "note: ")
