"""The Arena a command line means."""

from arena.app import Arena
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say


def arena_of(given: Given, *, record: bool = True, refresh: bool = False) -> Arena:
    """The arena; what the reader must know of its configuration is said on stderr. Raises ConfigError.

    `record` keeps the tape of what is played; `refresh` asks the vendors anew.
    """
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    return Arena(found.config, record=record, refresh=refresh)
