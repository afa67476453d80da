"""A stage's JSON as what can be compared one by one: values, and texts, each under a name."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

_CHOICES = frozenset({"kind", "action", "stance", "reason", "stage", "stop_loss", "take_profit", "rating"})
"""Fields whose text is a value, not prose."""
_NAMES = frozenset({"speaker", "round"})
"""Fields that only name a part."""
_UNNAMED = frozenset({"report", "turns", "verdict"})
"""Parts of which a stage has one, so that their names would add nothing to those of their fields."""


class Flat(NamedTuple):
    """What is in a stage, in its order."""

    values: dict[str, str | None]
    """Choices and figures as they are shown."""
    texts: dict[str, tuple[str, ...]]
    """Prose, and lists of points."""


def flattened(part: Any) -> Flat:
    """A stage, given as JSON, in names such as `summary`, `bull, round 1` or `figure RSI`."""
    flat = Flat({}, {})
    _take(flat, (), "", part)
    return flat


def _take(flat: Flat, names: tuple[str, ...], field: str, part: Any) -> None:
    name = ", ".join(names) or "text"
    if isinstance(part, Mapping):
        for inner, value in part.items():
            if inner not in _NAMES:
                _take(flat, _named(names, inner, part), inner, value)
    elif field == "tool_uses":
        flat.values["looks"] = "; ".join(map(_look, part)) or None
    elif field == "metrics":
        flat.values.update({f"figure {one['name']}": f"{one['value']} {one['unit']}".strip() for one in part})
    elif isinstance(part, list) and any(isinstance(item, Mapping) for item in part):
        for place, item in enumerate(part, 1):
            _take(flat, (*names, *_own_name(item, place)), field, item)
    elif isinstance(part, list):
        flat.texts[name] = tuple(map(str, part))
    elif isinstance(part, str) and field not in _CHOICES:
        flat.texts[name] = (part,) if part else ()
    else:
        flat.values[name] = _shown(part)


def _named(names: tuple[str, ...], field: str, part: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a field: a speech is named by its speaker alone."""
    if field in _UNNAMED or (field == "text" and "speaker" in part):
        return names
    return (*names, field.replace("_", " "))


def _own_name(item: Any, place: int) -> tuple[str, ...]:
    if isinstance(item, Mapping) and "speaker" in item:
        return (str(item["speaker"]), f"round {item.get('round', place)}")
    return (str(place),)


def _look(use: Mapping[str, Any]) -> str:
    return f"{use['name']} {use['arguments']}{' (refused)' if use['failed'] else ''}"


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else json.dumps(value)
