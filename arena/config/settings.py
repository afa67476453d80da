"""ArenaConfig as a tree: which keys are known where, and the value of every setting."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from arena.config.contestants import (
    BaselineContestant,
    ClassContestant,
    ContestantBase,
    EndpointContestant,
    RehearsalContestant,
)
from arena.config.document import Loc
from arena.config.executors import LangGraphExecutor, LocalExecutor, RayExecutor
from arena.config.model import ArenaConfig
from arena.records.base import Record

CONTESTANT_KINDS: Mapping[str, type[ContestantBase]] = {
    "endpoint": EndpointContestant,
    "class": ClassContestant,
    "rehearsal": RehearsalContestant,
    "baseline": BaselineContestant,
}

EXECUTOR_KINDS: Mapping[str, type[Record]] = {
    "local": LocalExecutor,
    "langgraph": LangGraphExecutor,
    "ray": RayExecutor,
}

_KINDS: Mapping[str, type[Record]] = {**CONTESTANT_KINDS, **EXECUTOR_KINDS}


def record_within(annotation: object) -> type[Record] | None:
    """The record a field holds: itself, or one of it, or many; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    return next((record for part in get_args(annotation) if (record := record_within(part))), None)


def record_at(root: type[Record], loc: Loc) -> type[Record]:
    """The record that pydantic's `loc`, the tags of kinds included, leads into from `root`."""
    record, tagged = root, False
    for key in loc:
        if tagged and key in _KINDS:
            record = _KINDS[str(key)]
        elif field := record.model_fields.get(str(key)):
            record = record_within(field.annotation) or record
        tagged = isinstance(key, int) or key == "executor"
    return record


def settings(config: ArenaConfig) -> Iterator[tuple[Loc, str, object]]:
    """Every setting with its Loc, its dotted path (contestants by name) and its value, in the order of the model."""
    return _leaves(config, (), ())


def _leaves(value: object, loc: Loc, path: tuple[str, ...]) -> Iterator[tuple[Loc, str, object]]:
    inner = list(_inside(value))
    if not inner:
        yield loc, ".".join(path), value
    for key, name, part in inner:
        yield from _leaves(part, (*loc, key), (*path, name))


def _inside(value: Any) -> Iterator[tuple[str | int, str, object]]:
    match value:
        case Record():
            yield from ((name, name, getattr(value, name)) for name in type(value).model_fields)
        case dict() if all(isinstance(part, Record) for part in value.values()):
            yield from ((name, name, part) for name, part in value.items())
        case tuple() if all(isinstance(part, ContestantBase) for part in value):
            yield from ((number, part.name, part) for number, part in enumerate(value))
