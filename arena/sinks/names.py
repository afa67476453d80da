"""Which sinks a configuration names. Importing this is quick: nothing is made here."""

from arena.config.model import ArenaConfig
from arena.config.sinks import NotifySettings

PREFIX = "apprise."
"""Before the names of services that apprise speaks to."""

SUPABASE = "supabase"
"""The sink that gets a copy of what is stored."""


def message_sinks(settings: NotifySettings) -> tuple[str, ...]:
    """The names of the sinks that get messages."""
    named = (("telegram", settings.telegram), ("slack", settings.slack))
    services = (f"{PREFIX}{name}" for name in sorted(settings.apprise))
    return (*(name for name, section in named if section is not None), *services)


def copied_to(config: ArenaConfig) -> tuple[str, ...]:
    """The names of the sinks that get a copy of what is stored."""
    return () if config.supabase is None else (SUPABASE,)


def configured(config: ArenaConfig) -> tuple[str, ...]:
    """The names of all sinks."""
    return (*message_sinks(config.notify), *copied_to(config))
