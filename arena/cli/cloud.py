"""What the commands of `arena supabase` do."""

import os
import sys
from collections.abc import Sequence

from arena.cli.given import loaded
from arena.cli.leaving import sent
from arena.cli.options import Given
from arena.cli.screen import ReaderGoneError, say
from arena.errors import UsageError
from arena.figures import plural
from arena.sinks.building import key_in
from arena.sinks.supabase import Supabase
from arena.sinks.tables import keep_leaderboard, schema
from arena.store import Store


def print_schema(*, allow_prompts: bool) -> None:
    """Print the migration."""
    try:
        sys.stdout.write(schema(allow_prompts=allow_prompts))
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None


def push_seasons(given: Given, seasons: Sequence[str] | None, *, as_json: bool) -> int:
    """Queue all that is stored of these seasons, or of all, and send it; returns the exit code.

    Raises UsageError where the copy is not configured or a season is not stored, StoreError where there is no store.
    """
    config = loaded(given).config
    if config.supabase is None:
        raise UsageError("no cloud copy is configured: add `supabase: {}` to the configuration file")
    for variable in (config.supabase.url_env, config.supabase.key_env):
        key_in(os.environ, variable)
    with Store.open_existing(config.home) as store:
        stored = store.seasons()
        if unknown := sorted(set(seasons or ()) - set(stored)):
            raise UsageError(f"nothing is stored of the season {', '.join(unknown)}; there are {', '.join(stored)}")
        for season in seasons or stored:
            keep_leaderboard(store, season)
        queued = sum(store.queue_season(season, Supabase.name) for season in seasons or stored)
    say(f"{plural(queued, 'record')} to send")
    return sent(config, only=Supabase.name, as_json=as_json)
