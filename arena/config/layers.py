"""What is laid over a configuration file: the environment first, then the options of the command line."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from arena.config.document import Document, Loc, Place
from arena.config.model import ArenaConfig
from arena.config.settings import record_within
from arena.records.base import Record


@dataclass(frozen=True)
class Override:
    """A value from outside the file."""

    value: object
    """In any form the file could have it in."""
    origin: str
    """Where it comes from, such as `option --as-of`."""


def layered(document: Document, environ: Mapping[str, str], overrides: Mapping[str, Override]) -> Document:
    """The document with ARENA_HOME and the overrides (by dotted path) laid over it, paths with `~` spelled out."""
    values = _without_empty_sections(document.values, ArenaConfig)
    laid = replace(document, values=values, places=dict(document.places))
    if home := environ.get("ARENA_HOME"):
        laid = _put(laid, ("home",), Override(home, "environment ARENA_HOME"))
    for path, override in overrides.items():
        laid = _put(laid, tuple(path.split(".")), override)
    _spell_out_tilde(laid.values, ("home",), environ)
    _spell_out_tilde(laid.values, ("market", "files", "folder"), environ)
    return laid


def _without_empty_sections(values: Mapping[str, Any], record: type[Record]) -> dict[str, Any]:
    """A section whose settings are all commented out is YAML's null; it means its defaults."""
    kept: dict[str, Any] = {}
    for key, value in values.items():
        field = record.model_fields.get(key)
        inner = record_within(field.annotation) if field else None
        if value is None and inner and field and not field.is_required():
            continue
        section = inner and field and isinstance(field.default, Record) and isinstance(value, dict)
        kept[key] = _without_empty_sections(value, inner) if section and inner else deepcopy(value)
    return kept


def _put(document: Document, loc: Loc, override: Override) -> Document:
    around: Any = document.values
    for key in loc[:-1]:
        around = around.setdefault(key, {}) if isinstance(around, dict) else None
    if not isinstance(around, dict):
        # What stands in the file there is no section: the file's own error says so, and no value is lost.
        return document
    around[loc[-1]] = override.value
    kept = {place: given for place, given in document.places.items() if place[: len(loc)] != loc}
    return replace(document, places={**kept, loc: Place(override.origin)})


def _spell_out_tilde(values: Any, loc: Loc, environ: Mapping[str, str]) -> None:
    *around, last = loc
    for key in around:
        values = values.get(key) if isinstance(values, dict) else None
    path = values.get(last) if isinstance(values, dict) else None
    if isinstance(path, str) and path.startswith("~/") and (home := environ.get("HOME")):
        values[last] = f"{home}/{path[2:]}"
