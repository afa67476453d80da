"""The Arena a command line means, or as much of it as a command needs."""

from typing import TYPE_CHECKING

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say
from arena.config.model import ArenaConfig
from arena.lookup import Lookup

if TYPE_CHECKING:
    from arena.app import Arena


def arena_of(given: Given, *, record: bool = True, refresh: bool = False) -> "Arena":
    """The arena; what the reader must know of its configuration is said on stderr. Raises ConfigError.

    `record` keeps the tape of what is played; `refresh` asks the vendors anew.
    """
    from arena.app import Arena  # noqa: PLC0415  brings the graphs, which looking things up does without

    return Arena(_config(given), record=record, refresh=refresh)


def lookup_of(given: Given) -> Lookup:
    """What can be asked of the same arena without playing anything, at once. Raises ConfigError."""
    return Lookup(_config(given))


def _config(given: Given) -> ArenaConfig:
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    return found.config
