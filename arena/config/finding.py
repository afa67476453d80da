"""Which configuration file is meant: the one asked for, the folder's own, or one that comes with the arena."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import configs
from arena.errors import ConfigError

PACKAGED = ("arena", "demo", "local")
"""The configurations that come with the arena, by name."""


def find_config(option: Path | None, folder: Path) -> Traversable:
    """The file to load: `--config`, else `arena.yaml` in `folder`, else the packaged `arena`.

    An option that is no file may be the name of a packaged configuration. With `Path()` as
    the folder the file is later named in messages as the person named it.

    Raises:
        ConfigError: The option is neither a file nor a packaged configuration.
    """
    if option is None:
        own = folder / "arena.yaml"
        return own if own.exists() else packaged("arena")
    if (folder / option).is_file():
        return folder / option
    if str(option) in PACKAGED:
        return packaged(str(option))
    if (folder / option).exists():
        raise ConfigError(f"{option} is not a file; name a YAML file, or one of {', '.join(PACKAGED)}")
    raise ConfigError(f"no file {option}; name a YAML file, or one of {', '.join(PACKAGED)}, which come with the arena")


def packaged(name: str) -> Traversable:
    """The packaged configuration of that name."""
    return files(configs) / f"{name}.yaml"


def shown(path: Traversable) -> str:
    """How a file is named to people: packaged ones as configs/NAME, without the folder they are installed in."""
    return f"configs/{path.name}" if path == files(configs) / path.name else str(path)
