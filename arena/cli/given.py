"""From what a command line gave to a configuration, and to the commands to suggest next."""

import os
import shlex
from pathlib import Path

from arena.cli.options import Given
from arena.config.finding import find_config, packaged
from arena.config.layers import Override
from arena.config.loading import LoadedConfig, load
from arena.config.model import ArenaConfig


def loaded(given: Given) -> LoadedConfig:
    """The configuration, with the options laid over it under their names. Raises ConfigError."""
    file = packaged(given.packaged) if given.packaged else find_config(given.config, Path())
    options: dict[str, Override] = {}
    if given.season is not None:
        options["season"] = Override(given.season, "option --season")
    if given.home is not None:
        options["home"] = Override(str(given.home), "option --home")
    if given.as_of is not None:
        options["as_of"] = Override(given.as_of.isoformat(), "option --as-of")
    if given.stream is not None:
        options["limits.stream"] = Override(given.stream, "option --stream")
    if given.ahead is not None:
        options["limits.ahead"] = Override(given.ahead, "option --ahead")
    for name, value in given.trading.items():
        options[f"trading.{name}"] = Override(value, f"option --{name.replace('_', '-')}")
    return load(file, os.environ, options)


def suggestion(given: Given, config: ArenaConfig, *words: str) -> str:
    """A command to try next, with the options it needs to find the same home."""
    default = ArenaConfig.model_fields["home"].default
    plain = given == Given(season=given.season, as_of=given.as_of, stream=given.stream, ahead=given.ahead)
    found = plain or (config.home == default and not Path("arena.yaml").exists())
    return shlex.join(("arena", *words, *(() if found else ("--home", str(config.home)))))
