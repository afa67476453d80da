"""What changed between two snapshots: section by section, fact by fact.

Facts that have a name of their own (a bar's session, a statement's kind and period, an article's address) are
compared under it; others are there or not. When vendors were asked is no difference, as it is not in the hash.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arena.records.base import Record, canonical_json
from arena.records.market import MarketSnapshot

_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "bars": ("session",),
    "dividends": ("ex_date",),
    "splits": ("ex_date",),
    "statements": ("kind", "period", "fiscal_end"),
    "reports": ("reported",),
    "items": ("published", "title"),
    "days": ("day",),
    "posts": ("posted", "author"),
}
"""The fields that name a fact, by the section's field that holds it."""

_RETRIEVED = "retrieved"


class Change(Record):
    """One difference. What one side does not have is None."""

    section: str
    """A section's name, or `snapshot` for what is about all of them."""
    what: str
    """Such as `status`, or `bars 2025-10-14`."""
    before: str | None
    after: str | None
    """Of a fact that is on both sides, both name only the fields that differ."""


class SnapshotDiff(Record):
    """All differences between two snapshots: none exactly where their hashes are equal."""

    before: str
    """The hash of the first."""
    after: str
    """The hash of the second."""
    changes: tuple[Change, ...]

    @property
    def equal(self) -> bool:
        """Whether the two hold the same."""
        return not self.changes


def compare(before: MarketSnapshot, after: MarketSnapshot) -> SnapshotDiff:
    """What the second has otherwise than the first."""
    one, other = before.model_dump(mode="json"), after.model_dump(mode="json")
    sections = before.sections().keys()
    changes = [
        *_fields("snapshot", *({k: v for k, v in side.items() if k not in sections} for side in (one, other))),
        *(change for name in sections for change in _fields(name, one[name], other[name])),
    ]
    return SnapshotDiff(before=before.hash, after=after.hash, changes=tuple(changes))


def _fields(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    # What a masked snapshot says beside what any other does is left out where it is not said.
    for field in {**before, **after}:
        one: Any = before.get(field)
        other: Any = after.get(field)
        if field == _RETRIEVED or one == other:
            continue
        if isinstance(one, dict):
            yield from _by_name(section, field, one, other)
        elif isinstance(one, list):
            yield from _facts(section, field, one, other)
        else:
            yield Change(section=section, what=field, before=_text(one), after=_text(other))


def _facts(section: str, field: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    changes = list(_by_name(section, field, _named(field, before), _named(field, after)))
    if changes:
        yield from changes
    else:
        yield Change(section=section, what=field, before="in this order", after="in another order")


def _named(field: str, facts: Sequence[Any]) -> dict[str, Any]:
    """Facts by name; a name that occurs again is numbered, so that none gets lost."""
    seen: Counter[str] = Counter()
    named = {}
    for fact in facts:
        name = _name(field, fact)
        seen[name] += 1
        named[name if seen[name] == 1 else f"{name} ({seen[name]})"] = fact
    return named


def _name(field: str, fact: Any) -> str:
    if not isinstance(fact, dict):
        return str(fact)
    return " ".join(str(fact[part]) for part in _NAMED_BY[field]) if field in _NAMED_BY else _text(fact) or ""


def _by_name(section: str, field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        if name in before and name in after and before[name] == after[name]:
            continue
        one, other = before.get(name), after.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            one, other = _differing(one, other), _differing(other, one)
        yield Change(section=section, what=f"{field} {name}", before=_text(one), after=_text(other))


def _differing(fact: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a fact that the other has not; nested facts, such as line items, likewise."""
    parts = {}
    for field, value in fact.items():
        if field in other and value == other[field]:
            continue
        both = isinstance(value, dict) and isinstance(other.get(field), dict)
        parts[field] = _differing(value, other[field]) if both else value
    return parts


def _text(value: Any) -> str | None:
    """A value as it is shown; None for none."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {'none' if part is None else _text(part)}" for name, part in value.items())
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, list) else canonical_json({"": value})[4:-1]
