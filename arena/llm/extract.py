"""The JSON object in what a model wrote: tolerant of its wrapping, never of its meaning.

Fences, a thought in front, full-width punctuation, an array of one, JSON inside a string: all of
these are read. What could be read in two ways is not: two different objects, a name given twice
with different values, a draft inside a thought that never ended. NaN and infinities are not JSON.
"""

import json
import math
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from arena.llm.characters import clean_json, is_clean

_OPENED = re.compile(r"^\s*<(think|thinking|thought)>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:think|thinking|thought)>", re.IGNORECASE)
_FENCED = re.compile(r"```(?:json)?[ \t]*\r?\n(.*?)```", re.DOTALL | re.IGNORECASE)
_FULL_WIDTH = str.maketrans("“”＂：，｛｝［］", '""":,{}[]')  # noqa: RUF001 -- these characters are the subject
_UNPARSEABLE = (ValueError, RecursionError)  # a model that got stuck on "[" nests deeper than Python reads


class NoObjectError(ValueError):
    """There is no JSON object, or more than one; the message is fit to show to the model."""


def object_in(text: str) -> dict[str, Any]:
    """The one JSON object in a model's text. Raises NoObjectError."""
    said = _after_thought(text.replace("\ufeff", "")).strip()
    for candidate in chain([said], _outermost(said)) if said else ():
        if (found := _object(candidate)) is not None:
            return found
    raise NoObjectError("the answer is not a JSON object")


def object_at_end(thought: str) -> str | None:
    """The JSON object a thought ends with, as text; None where it ends otherwise.

    Some models leave the content empty and write their answer at the end of their reasoning. A draft
    in its middle is no answer.
    """
    said = thought.strip()
    if not said:
        return None
    fenced = [block.group(1) for block in _FENCED.finditer(said) if block.end() == len(said)]
    *_, from_last_line = ("", *(said[start.start() :] for start in re.finditer(r"^\{", said, re.MULTILINE)))
    for candidate in (said, *fenced, from_last_line):
        try:
            if _object(candidate) is not None:
                return candidate
        except NoObjectError:
            return None
    return None


def arguments_in(sent: object) -> dict[str, Any] | str:
    """A tool call's arguments as an object, else as the text they are.

    Endpoints send an object, nothing at all, text inside a string, or empty objects before the real one.
    """
    text = sent if isinstance(sent, str) else json.dumps(sent)
    if not text.strip():
        return {}
    try:
        found = _unwrapped(loads(text))
    except _UNPARSEABLE:
        found = _last_of_row(text)
    return {} if found is None else found if isinstance(found, dict) else text


def loads(text: str) -> Any:
    """Parse what a model wrote. Raises ValueError for what is no JSON, NaN and infinities included."""
    found = json.loads(text, strict=False, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unambiguous)
    return found if is_clean(text) else clean_json(found)


def _after_thought(text: str) -> str:
    ends = [mark.end() for mark in _CLOSED.finditer(text)]
    if _OPENED.match(text):
        if not ends:
            raise NoObjectError("the answer is a thought that never ended")
        return text[ends[0] :]
    # Some templates open the thought themselves, so that only its end is in the text.
    return text[ends[-1] :] if ends and not text.lstrip().startswith("{") else text


def _outermost(said: str) -> Iterator[str]:
    blocks = {block.strip() for block in _FENCED.findall(said)}
    objects = {json.dumps(found, sort_keys=True): block for block in blocks if (found := _object(block)) is not None}
    if len(objects) > 1:
        raise NoObjectError("the answer holds more than one JSON object")
    yield from objects.values()
    between = said[said.find("{") : said.rfind("}") + 1]
    yield between
    yield between.translate(_FULL_WIDTH)
    yield said.translate(_FULL_WIDTH)


def _object(candidate: str) -> dict[str, Any] | None:
    try:
        found = _unwrapped(loads(candidate))
    except NoObjectError:
        raise
    except _UNPARSEABLE:
        return None
    return found if isinstance(found, dict) else None


def _unwrapped(found: object) -> object:
    """One value sent as a JSON string or as an array of one."""
    if isinstance(found, str):
        try:
            return _unwrapped(loads(found))
        except NoObjectError:
            raise
        except _UNPARSEABLE:
            return found
    return found[0] if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) else found


def _last_of_row(text: str) -> object:
    """The only object with members in a row such as `{}{"a": 1}`; the text itself for anything else."""
    rest, found = text.strip(), []
    decoder = json.JSONDecoder(
        strict=False, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unambiguous
    )
    while rest:
        try:
            value, end = decoder.raw_decode(rest)
        except _UNPARSEABLE:
            return text
        found.append(value)
        rest = rest[end:].lstrip()
    filled = [value for value in found if value != {}]
    alone = len(filled) == 1 and all(isinstance(value, dict) for value in found)
    return clean_json(filled[0]) if alone else text


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large")
    return number


def _unambiguous(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found and found[name] != value:
            raise NoObjectError(f"the answer gives {name!r} twice, with different values")
        found[name] = value
    return found
