"""Two chats stage by stage. Stages and fields are taken as they come, so that those to come are compared too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from arena import figures
from arena.comparing.flattening import Flat, flattened
from arena.comparing.texts import CLOSE, compare_texts, similarity_of
from arena.records.chat import ModelChat
from arena.records.comparing import ChatDiff, Difference, OtherText, StageDiff, TextDiff

_SETTING = (
    *("snapshot_hash", "prompts_hash", "config_hash", "code_version"),
    *("season", "session", "as_of", "ticker", "contestant", "model", "quick_model", "labels"),
)
"""What a chat was asked with; the facts, the prompts and the settings first."""


def compare_chats(one: ModelChat, other: ModelChat) -> ChatDiff:
    """What the two have otherwise: the setting, then the outcome, then every stage that either has.

    Ids and times are no difference. The order of points in a list is none either.
    """
    settings = [(name, _shown(getattr(one, name)), _shown(getattr(other, name))) for name in _SETTING]
    first, second = one.model_dump(mode="json"), other.model_dump(mode="json")
    stages = dict.fromkeys([*first["stages"], *second["stages"]])
    pairs = [(name, first["stages"].get(name), second["stages"].get(name)) for name in stages]
    pairs.append(("imported texts", _imported(first), _imported(second)))
    return ChatDiff(
        one=one.id,
        other=other.id,
        setting=tuple(Difference(name=name, one=a, other=b) for name, a, b in settings if a != b),
        shared=tuple(name for name, a, b in settings if a == b and a is not None),
        effort=tuple(_differences(_effort(one), _effort(other))),
        stages=(
            _stage("decision", first["outcome"], second["outcome"]),
            *(_stage(name, a, b) for name, a, b in pairs if a is not None or b is not None),
        ),
    )


def _stage(stage: str, one: Any, other: Any) -> StageDiff:
    first, second = (Flat({}, {}) if part is None else flattened(part) for part in (one, other))
    values, texts = tuple(_differences(first.values, second.values)), tuple(_texts(first.texts, second.texts))
    missing = "one" if one is None else "other" if other is None else None
    equal = missing is None and not values and all(text.kind == "same" for text in texts)
    return StageDiff(stage=stage, equal=equal, missing=missing, values=values, texts=texts)


def _differences(one: Mapping[str, str | None], other: Mapping[str, str | None]) -> Iterator[Difference]:
    for name in dict.fromkeys([*one, *other]):
        if one.get(name) != other.get(name):
            yield Difference(name=name, one=one.get(name), other=other.get(name))


def _texts(one: Mapping[str, Sequence[str]], other: Mapping[str, Sequence[str]]) -> Iterator[TextDiff]:
    for name in dict.fromkeys([*one, *other]):
        first, second = one.get(name, ()), other.get(name, ())
        if len(first) > 1 or len(second) > 1:
            yield from _points(name, first, second)
        elif first or second:
            yield compare_texts(name, next(iter(first), None), next(iter(second), None))


def _points(name: str, one: Sequence[str], other: Sequence[str]) -> Iterator[TextDiff]:
    """Points of two lists, each beside the one most like it: in the first's order, then what is left."""
    left = [point for point in other if point not in one]
    for point in one:
        near = point if point in other else max(left, key=partial(similarity_of, point), default=None)
        if near == point:
            yield compare_texts(name, point, near)
        elif near is not None and similarity_of(point, near) >= CLOSE:
            left.remove(near)
            yield compare_texts(name, point, near)
        else:
            yield OtherText(name=name, similarity=0, one=point, other=None)
    yield from (OtherText(name=name, similarity=0, one=None, other=point) for point in left)


def _imported(chat: Mapping[str, Any]) -> Any:
    return (chat["imported"] or {}).get("texts") or None


def _effort(chat: ModelChat) -> dict[str, str | None]:
    return {
        "calls": str(len(chat.calls)),
        "prompt tokens": _sum(call.tokens.prompt for call in chat.calls),
        "answer tokens": _sum(call.tokens.completion for call in chat.calls),
        "cost": figures.cost(chat.cost),
        "time": figures.seconds((chat.finished - chat.started).total_seconds()),
    }


def _sum(counts: Iterator[int | None]) -> str | None:
    """The sum of the counts that were told; None where none was."""
    told = [count for count in counts if count is not None]
    return str(sum(told)) if told else None


def _shown(value: Any) -> str | None:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return value.isoformat() if isinstance(value, date) else str(value) or None
