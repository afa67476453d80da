"""Rewriting many forms of a text in one pass, so that nothing is rewritten twice."""

import re
from collections.abc import Callable, Iterable

Found = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]
"""A form, and what a match of it becomes: None leaves it to whatever other form begins there or later."""


def rewritten(text: str, forms: Iterable[Found]) -> str:
    """The text with what matches rewritten: from left to right, of forms that begin together the first."""
    known = tuple(forms)
    matches = [(m.start(), place, m) for place, (pattern, _) in enumerate(known) for m in pattern.finditer(text)]
    parts: list[str] = []
    end = 0
    for start, place, match in sorted(matches, key=lambda one: one[:2]):
        if start < end or (new := known[place][1](match)) is None:
            continue
        parts += [text[end:start], new]
        end = match.end()
    return "".join((*parts, text[end:]))
