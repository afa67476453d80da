"""The file `arena config init` writes: the packaged configuration with every other setting beside it.

Generated from ArenaConfig, so each comment is the field's own docstring and no setting is
left out. Settings at their default are commented out with `#` and no space; prose has one.
"""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from arena.config.contestants import ModelContestantBase
from arena.config.explain import yaml_text
from arena.config.finding import packaged
from arena.config.loading import read
from arena.config.model import ArenaConfig
from arena.config.settings import CONTESTANT_KINDS, EXECUTOR_KINDS, record_within
from arena.records.base import Record
from arena.records.meanings import meaning

_HEADER = (
    "ModelChat Arena: who competes, on which facts, by which rules.",
    "",
    "A line with # and no space is a setting at its default or an example: take the # away to use it. Relative "
    "paths count from the folder the arena is run in. Keys never stand here: they come from the environment or "
    "from .env, by the names given as api_key_env.",
)
_WIDTH = 100

_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "class": {
        "name": "another",
        "kind": "class",
        "chat_model": "langchain_openai:ChatOpenAI",
        "arguments": {"model": "gpt-5"},
    },
    "rehearsal": {"name": "stand-in", "kind": "rehearsal", "style": "momentum"},
    "baseline": {"name": "buy-and-hold", "kind": "baseline", "rule": "buy_and_hold"},
}
_OFF: Mapping[str, Mapping[str, Any]] = {
    "files": {"folder": "my-prices"},
    "telegram": {"chat_id": "-1001234567890"},
    "slack": {"channel": "#arena"},
    "quiet_hours": {"start": "22:00", "end": "07:00"},
    "supabase": {},
}
"""Sections that are off unless they are there, each with an example."""
_NAMED: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "prices": {"maker/model": {"prompt": 3, "completion": 15}},
    "apprise": {"mail": {"url_env": "MAIL_APPRISE_URL"}},
}
"""Settings by names of one's own, each with an example."""


def starter_text() -> str:
    """A commented YAML file that loads to the same ArenaConfig as the packaged `arena`."""
    given = read(packaged("arena")).values
    lines = [line for paragraph in _HEADER for line in _prose(paragraph, 0)]
    for name in ArenaConfig.model_fields:
        lines += ["", *_setting(ArenaConfig, name, given, 0)]
    return "\n".join(lines) + "\n"


def _setting(record: type[Record], name: str, given: Mapping[str, Any], indent: int) -> Iterator[str]:
    field = record.model_fields[name]
    inner, pad = record_within(field.annotation), " " * indent
    yield from _prose(meaning(record, name) or (inner.__doc__ if inner else None) or "", indent)
    if name == "contestants":
        yield "contestants:"
        yield from _contestants(given[name])
    elif name == "endpoints" and inner:
        yield "endpoints:"
        for endpoint, settings in given[name].items():
            yield f"  {endpoint}:"
            yield from _block(inner, settings, 4)
    elif name == "executor":
        yield "executor:"
        yield from _executor()
    elif name in _NAMED and inner:
        yield from _named(name, inner, given.get(name), indent)
    elif inner and isinstance(field.default, Record):
        yield f"{pad}{name}:"
        yield from _block(inner, given.get(name, {}), indent + 2)
    elif inner:
        yield from map(_commented, (f"{pad}{name}:", *_block(inner, _OFF[name], indent + 2)))
    elif name in given:
        yield from _given(name, given[name], indent)
    else:
        yield f"{pad}#{name}: {yaml_text(field.default)}"


def _executor() -> Iterator[str]:
    """The default, and every other kind in words: two kinds cannot stand beside each other."""
    default, *others = EXECUTOR_KINDS.items()
    yield from _block(default[1], {}, 2)
    for kind, record in others:
        yield from _prose(f"{kind}: {record.__doc__}", 2)
        fields = [(name, meaning(record, name)) for name in record.model_fields if name != "kind"]
        for name, told in fields:
            yield from _prose(f"{name}: {told}", 2)


def _named(
    name: str, record: type[Record], given: Mapping[str, Mapping[str, Any]] | None, indent: int
) -> Iterator[str]:
    """What is given by name, else an example."""
    pad = " " * indent
    lines = [f"{pad}{name}:"]
    for key, settings in (given or _NAMED[name]).items():
        lines += [f"{pad}  {yaml_text(key)}:", *_block(record, settings, indent + 4)]
    yield from lines if given else map(_commented, lines)


def _block(record: type[Record], given: Mapping[str, Any], indent: int) -> Iterator[str]:
    """What is given first, then the rest, each in the order of the model."""
    for name in sorted(record.model_fields, key=lambda name: name not in given):
        yield from _setting(record, name, given, indent)


def _given(name: str, value: object, indent: int) -> Iterator[str]:
    pad = " " * indent
    if not isinstance(value, dict):
        yield f"{pad}{name}: {yaml_text(value)}"
        return
    yield f"{pad}{name}:"
    yield from (f"{pad}  {key}: {yaml_text(part)}" for key, part in value.items())


def _contestants(given: list[dict[str, Any]]) -> Iterator[str]:
    """The first with every setting it could have, the others as short as they are, one example of each other kind."""
    first, *others = given
    yield from _item(_block(CONTESTANT_KINDS["endpoint"], first, 4))
    for contestant in others:
        yield from _item(line for name, value in contestant.items() for line in _given(name, value, 4))
    for kind, example in _EXAMPLES.items():
        record = CONTESTANT_KINDS[kind]
        own = [name for name in record.model_fields if name not in ModelContestantBase.model_fields]
        yield ""
        yield from _prose(record.__doc__ or "", 2)
        yield "  #- name: " + yaml_text(example["name"])
        for name in own:
            yield from map(_commented, _setting(record, name, example, 4))


def _item(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a mapping as an item of a list: its first setting gets the dash."""
    dashed = False
    for line in lines:
        if dashed or line.lstrip().startswith("#"):
            yield line
        else:
            yield f"{line[:2]}- {line[4:]}"
            dashed = True


def _commented(line: str) -> str:
    text = line.lstrip()
    return line if text.startswith("#") else f"{line[: len(line) - len(text)]}#{text}"


def _prose(text: str, indent: int) -> Iterator[str]:
    pad = " " * indent
    yield from (f"{pad}# {line}".rstrip() for line in wrap(" ".join(text.split()), _WIDTH - indent) or [""])
