"""From a configuration file to a LoadedConfig: defaults, the file, the environment, the command line.

The file is YAML of the 1.2 core schema: `true`, `false`, `null` and decimal numbers are
what they look like, all else is text. So a contestant may be called `no`, and a date is
read by the setting that wants a date. JSON is accepted as it is nearly YAML, AI-Trader's
JSON by its shape. Keys given twice, unknown keys and anything like a secret are refused.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from arena.config import ai_trader
from arena.config.document import Document, Loc, Place, Problem, refusal
from arena.config.finding import shown
from arena.config.layers import Override, layered
from arena.config.model import ArenaConfig
from arena.config.problems import checked_for_secrets, problems_of
from arena.config.secrets import redacted
from arena.config.settings import settings
from arena.errors import ConfigError

_NO_OVERRIDES: Mapping[str, Override] = MappingProxyType({})

_STRING = "tag:yaml.org,2002:str"
_SCALARS: Mapping[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "tag:yaml.org,2002:null": (re.compile(r"(?:~|null|Null|NULL|)\Z"), lambda _: None),
    "tag:yaml.org,2002:bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), lambda text: text[0] in "tT"),
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z"), int),
    "tag:yaml.org,2002:float": (
        re.compile(r"[-+]?(?=[^.eE]*[.eE])(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z"),
        float,
    ),
}


@dataclass(frozen=True)
class LoadedConfig:
    """A configuration, and where each of its settings was given."""

    config: ArenaConfig
    origins: Mapping[str, str]
    """By dotted path, contestants by name: `configs/arena.yaml:12`, `environment ARENA_HOME`, `option --as-of`
    or `default`."""
    notes: tuple[str, ...] = ()
    """What a reader must know about how the file was understood, one sentence each."""


def load(
    path: Traversable, environ: Mapping[str, str], overrides: Mapping[str, Override] = _NO_OVERRIDES
) -> LoadedConfig:
    """The configuration in the file, with the environment and then the overrides (by dotted path) laid over it.

    Raises:
        ConfigError: The file cannot be read or understood; all that is wrong with it, a line each.
    """
    document = read(path)
    document = ai_trader.translate(document) if ai_trader.recognises(document) else checked_for_secrets(document)
    document = layered(document, environ, overrides)
    config, problems = _validated(document)
    if config is None or problems:
        raise refusal(problems)
    return LoadedConfig(config, MappingProxyType(_origins(config, document)), document.notes)


def _validated(document: Document) -> tuple[ArenaConfig | None, list[Problem]]:
    problems = list(document.problems)
    try:
        return ArenaConfig.model_validate(document.values), problems
    except ValidationError as error:
        # Not raised from here: pydantic's error repeats the input, and with it what may be a key.
        return None, [*problems, *problems_of(error, document, ArenaConfig)]


def _origins(config: ArenaConfig, document: Document) -> dict[str, str]:
    return {path: str(document.place(loc)) if document.holds(loc) else "default" for loc, path, _ in settings(config)}


def read(path: Traversable) -> Document:
    """The file's values with their lines.

    Raises:
        ConfigError: It cannot be opened, is not UTF-8 or not YAML, or holds no settings.
    """
    file, is_json = shown(path), path.name.lower().endswith(".json")
    text = _text(path, file)
    # YAML allows no tab before a token. JSON does, and has none inside strings.
    node = _composed(text.replace("\t", " ") if is_json else text, file, "JSON" if is_json else "YAML")
    if node is None:
        raise ConfigError(f"{file} is empty; it needs at least `contestants`")
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{file}:{node.start_mark.line + 1}: expected settings such as `season: main` at the top")
    reading = _Reading(file)
    return Document(reading.mapping(node, ()), reading.places, tuple(reading.problems))


def _text(path: Traversable, file: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"no file {file}") from None
    except IsADirectoryError:
        raise ConfigError(f"{file} is a folder; name a YAML file") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error


class _CoreLoader(yaml.SafeLoader):
    """Resolves the core schema's scalars instead of YAML 1.1's. Used to compose, never to construct."""

    yaml_implicit_resolvers = {None: [(tag, pattern) for tag, (pattern, _) in _SCALARS.items()]}


def _composed(text: str, file: str, language: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        raise ConfigError(redacted(f"{place}: not valid {language}: {_in_words(error)}")) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{file}:{line}: not valid {language}: a control character is not allowed") from None
    except RecursionError:
        raise ConfigError(f"{file}: not valid {language}: nested too deeply") from None


def _in_words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "'\\t'" in problem:
        return "a tab stands where only spaces may; indent with spaces"
    hint = "; text with such a character wants quotes" if "cannot start any token" in problem else ""
    return ", ".join(part for part in (error.context, problem) if part) + hint


class _Reading:
    """One pass over a composed file: the places of its values, and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Loc, Place] = {(): Place(file)}
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        """The values by key; keys are text whatever they look like."""
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = self._key(key_node), key_node.start_mark.line + 1
            if key is None:
                continue
            if key in values:
                first = self.places[*loc, key].line
                self._complain(key_node, f"the key {key!r} was already given in line {first}")
            self.places[*loc, key] = Place(self.file, line)
            values[key] = self._value(value_node, (*loc, key))
        return values

    def _key(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return self._string(node)
        self._complain(node, "a key must be plain text")
        return None

    def _value(self, node: yaml.Node, loc: Loc) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            return self._complain(node, "an alias refers to what it is part of")
        self._open.add(id(node))
        value = self.mapping(node, loc) if isinstance(node, yaml.MappingNode) else self._sequence(node, loc)
        self._open.remove(id(node))
        return value

    def _sequence(self, node: yaml.Node, loc: Loc) -> list[Any]:
        self.places.update(
            {(*loc, number): Place(self.file, part.start_mark.line + 1) for number, part in enumerate(node.value)}
        )
        return [self._value(part, (*loc, number)) for number, part in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag == _STRING:
            return self._string(node)
        pattern, convert = _SCALARS.get(node.tag, (None, None))
        if pattern is None or convert is None or not pattern.match(node.value):
            return self._complain(node, f"the tag {node.tag} is not allowed here")
        if len(node.value) > 400:
            return self._complain(node, "the number is too long")
        value = convert(node.value)
        if isinstance(value, float) and not math.isfinite(value):
            return self._complain(node, "the number is too large")
        return value

    def _string(self, node: yaml.ScalarNode) -> str | None:
        text: str = node.value
        try:
            # JSON writes characters above U+FFFF as two escapes, which YAML leaves apart.
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._complain(node, "half a character (a lone surrogate) is not text")
            return None

    def _complain(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(Place(self.file, node.start_mark.line + 1), message))
