"""Pydantic's complaints about a document as sentences a person can act on.

Each says where the value is, what was found and what is expected; the value of a setting
that names or holds a key is never repeated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from arena.config.document import Document, Loc, Problem
from arena.config.model import ArenaConfig
from arena.config.secrets import HIDDEN, holds_secret, names_secret
from arena.config.settings import CONTESTANT_KINDS, EXECUTOR_KINDS, record_at, record_within
from arena.records.base import Record
from arena.records.meanings import meaning

_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of reasonable size",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2025-10-14",
    "date_parsing": "a date such as 2025-10-14",
    "date_from_datetime_parsing": "a date such as 2025-10-14",
    "date_from_datetime_inexact": "a date such as 2025-10-14",
    "path_type": "a path",
    "tuple_type": "a list",
    "dict_type": "settings of its own, indented below it",
    "model_type": "settings of its own, indented below it",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "at least {min_length} in the list",
}

PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": (
        "letters, digits, dot, dash and underscore, 64 at most, the first a letter or digit"
    ),
    r"^[A-Za-z_][A-Za-z0-9_]*$": "the name of an environment variable, such as OPENROUTER_API_KEY",
    r"^https?://": "an address that begins with http:// or https://",
    r"^(?:auto|[^\s/:]+:[0-9]{1,5})$": "host:port of a Ray cluster, such as 10.0.0.1:6379, or auto",
    r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$": "a time of the day such as '22:00', in quotes",
    r"^(?:-?[0-9]{1,20}|@[A-Za-z0-9_]{2,64})$": "a chat's number such as '-1001234567890', in quotes, or its @name",
    r"^#?[^\s#]{1,80}$": "a channel's id such as C0123456789, or its name such as '#arena', in quotes",
    r"^[A-Za-z0-9_]{2,32}$": "the name of a subreddit, 2 to 32 letters, digits and underscores",
    r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$": "an import path such as package.module:ClassName",
}
"""What the patterns of the model ask for, in words."""

_KINDS = {"contestant_kind": CONTESTANT_KINDS, "executor_kind": EXECUTOR_KINDS}
"""The kinds there are, by the complaint about another one."""

_TAGGED_AFTER = {"contestants": 2, "executor": 1}
"""How deep the tag of a union stands in pydantic's `loc`."""

_ALL_BUT_THE_SAME = 0.85
"""How alike two words are of which one is the other with a letter too many or too few."""


def problems_of(error: ValidationError, document: Document, root: type[Record]) -> Iterator[Problem]:
    """One Problem for each of pydantic's complaints about `document.values` as a `root`."""
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            # Pydantic counts only the valid entries; what is wrong with the others is said already.
            continue
        raw = detail["loc"]
        at: Loc = _without_tag(raw, root) + tuple(detail.get("ctx", {}).get("at", ()))
        if detail["type"] in _KINDS:
            at = (*at, "kind")
        yield Problem(document.place(at), _sentence(detail, at, document, root))


def checked_for_secrets(document: Document) -> Document:
    """The document, with a Problem for each value that looks like a key or stands where one would."""
    return replace(document, problems=(*document.problems, *_secrets(document.values, (), document)))


def _secrets(value: object, loc: Loc, document: Document) -> Iterator[Problem]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _secrets(key, (*loc, key), document) if holds_secret(key) else ()
                yield from _secrets(inner, (*loc, key), document)
        case list():
            for number, inner in enumerate(value):
                yield from _secrets(inner, (*loc, number), document)
        case bool():
            return
        case str() | int() if holds_secret(str(value)) or (loc and value != "" and names_secret(str(loc[-1]))):
            advice = "keys belong in the environment or in .env, and api_key_env names the variable"
            yield Problem(document.place(loc), f"{document.path(loc)} looks like a secret; {advice}")


def _without_tag(loc: Loc, root: type[Record]) -> Loc:
    # Pydantic puts the union's tag after the position in the list, or after the field; the file has no such level.
    place = _TAGGED_AFTER.get(str(loc[0])) if root is ArenaConfig and loc else None
    return loc if place is None else loc[:place] + loc[place + 1 :]


def _sentence(detail: ErrorDetails, at: Loc, document: Document, root: type[Record]) -> str:
    path = document.path(at)
    match detail["type"]:
        case "extra_forbidden":
            return _unknown_key(detail["loc"], document.path(at[:-1]), root)
        case "missing":
            told = meaning(record_at(root, detail["loc"][:-1]), str(at[-1]))
            return f"{path} is missing{f': {_lower_first(told)}' if told else ''}".rstrip(".")
        case "misfit" | "value_error":
            return f"{path}: {detail['msg'].removeprefix('Value error, ')}"
        case "contestant_kind" | "executor_kind":
            return f"{path} is {_chosen(detail['input']['kind'], list(_KINDS[detail['type']]))}"
        case "literal_error":
            return f"{path} is {_chosen(detail['input'], _choices(detail['ctx']['expected']))}"
    return f"{path} is {_shown(detail['input'], at)}; expected {_expected(detail)}"


def _expected(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    kind, found = detail["type"], detail["input"]
    if kind == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]]
    if kind == "string_type" and isinstance(found, int | float):
        return "text; write it in quotes"
    if kind in _EXPECTED:
        return _EXPECTED[kind].format(**context)
    return _lower_first(detail["msg"])


def _unknown_key(raw: Loc, parent: str, root: type[Record]) -> str:
    key, known = str(raw[-1]), list(record_at(root, raw[:-1]).model_fields)
    # All but the same word is a slip of the pen; a word of another section is one that stands in the wrong place.
    slip, home, meant = nearest(key, known, _ALL_BUT_THE_SAME), _section_of(key, root), nearest(key, known)
    misplaced = home is not None and slip is None
    hint = f"; it belongs under {home}." if misplaced else f"; did you mean {meant!r}?" if meant else "."
    return f"unknown key {key!r}{f' in {parent}' if parent else ''}{hint} Known keys: {', '.join(known)}"


def _section_of(key: str, root: type[Record]) -> str | None:
    sections = {name: record_within(field.annotation) for name, field in root.model_fields.items()}
    return next((name for name, record in sections.items() if record and key in record.model_fields), None)


def _chosen(found: object, choices: Sequence[str]) -> str:
    meant = nearest(found, choices) if isinstance(found, str) else None
    hint = f"; did you mean {meant!r}?" if meant else ""
    return f"{_shown(found, ())}; expected {' or '.join([', '.join(choices[:-1]), choices[-1]])}{hint}"


def _choices(expected: str) -> list[str]:
    return [choice.strip(" '") for choice in expected.replace(" or ", ", ").split(",")]


def nearest(word: str, known: Sequence[str], likeness: float = 0.6) -> str | None:
    """The known word that was most likely meant; None where none is alike enough, 0 to 1."""
    folded = {name.lower(): name for name in known}
    close = get_close_matches(word.lower().replace("-", "_"), folded, n=1, cutoff=likeness)
    return folded[close[0]] if close else None


def _shown(found: object, at: Loc) -> str:
    if any(isinstance(key, str) and (names_secret(key) or key.endswith("_env")) for key in at):
        return HIDDEN
    match found:
        case None | []:
            return "empty"
        case str():
            return repr(found if len(found) <= 60 else f"{found[:57]}...")
        case list() | tuple():
            return "a list"
        case dict():
            return "a group of settings"
    return _plain(found)


def _plain(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
