"""The sinks that a configuration names, made with the keys of an environment."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import NamedTuple

import httpx2

from arena.config.model import ArenaConfig
from arena.config.sinks import NotifySettings
from arena.errors import ConfigError, MissingKeyError
from arena.sinks.lane import Lane
from arena.sinks.names import PREFIX, message_sinks
from arena.sinks.services import Service
from arena.sinks.sink import Mailbox, Messenger, Sink
from arena.sinks.slack import Slack
from arena.sinks.supabase import Supabase
from arena.sinks.telegram import Telegram
from arena.sinks.wire import connections


class Messengers(NamedTuple):
    """What could be made, and what could not."""

    made: Mapping[str, Messenger]
    """By name."""
    missing: Mapping[str, str]
    """Why not, and what to do, by name."""


class Sinks(NamedTuple):
    """The same of all sinks."""

    made: tuple[Sink, ...]
    missing: Mapping[str, str]


def sinks(config: ArenaConfig, environ: Mapping[str, str], client: httpx2.AsyncClient) -> Sinks:
    """Every configured sink that can be made with what the environment holds."""
    found = messengers(config, environ, client)
    made: list[Sink] = [Mailbox(name, messenger) for name, messenger in found.made.items()]
    missing = dict(found.missing)
    if config.supabase is not None:
        try:
            url = key_in(environ, config.supabase.url_env)
            made.append(Supabase(config.supabase, url, key_in(environ, config.supabase.key_env), client))
        except MissingKeyError as error:
            missing[Supabase.name] = str(error)
    return Sinks(tuple(made), missing)


def messengers(config: ArenaConfig, environ: Mapping[str, str], client: httpx2.AsyncClient) -> Messengers:
    """Every configured messenger that can be made with what the environment holds."""
    made: dict[str, Messenger] = {}
    missing: dict[str, str] = {}
    for name in message_sinks(config.notify):
        try:
            made[name] = _messenger(name, config.notify, environ, client)
        except (ConfigError, MissingKeyError) as error:
            missing[name] = str(error)
    return Messengers(made, missing)


async def open_lanes(
    config: ArenaConfig, environ: Mapping[str, str], clock: Callable[[], datetime], stack: AsyncExitStack
) -> tuple[tuple[Lane, ...], Mapping[str, str]]:
    """A lane to every sink that can be made, and why the others cannot; what is held open is closed with the stack."""
    client = await stack.enter_async_context(connections())
    found = sinks(config, environ, client)
    quiet = config.notify.quiet_hours
    return tuple(Lane(config.home, sink, config.outbox, clock, quiet=quiet) for sink in found.made), found.missing


def _messenger(name: str, notify: NotifySettings, environ: Mapping[str, str], client: httpx2.AsyncClient) -> Messenger:
    if name == "telegram" and notify.telegram is not None:
        return Telegram(notify.telegram, key_in(environ, notify.telegram.token_env), client)
    if name == "slack" and notify.slack is not None:
        return Slack(notify.slack, key_in(environ, notify.slack.token_env), client)
    variable = notify.apprise[name.removeprefix(PREFIX)].url_env
    return Service(key_in(environ, variable), variable)


def key_in(environ: Mapping[str, str], variable: str) -> str:
    """The key that a variable holds. Raises MissingKeyError."""
    key = environ.get(variable, "").strip()
    if not key:
        raise MissingKeyError(f"{variable} is not set; export {variable}=... or put it in .env")
    return key
