"""Untrusted text made fit for a page: what models, vendors and people wrote is shown, never obeyed.

Jinja escapes markup. What is left are characters that HTML cannot hold or that would reorder what stands beside them.
"""

import re

from markupsafe import Markup

_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
"""Control characters, and marks that reorder text; every element with foreign text finds its own direction."""
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which UTF-8 refuses."""
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKS = re.compile(
    r"^[ \t]*(?:#{1,6}\s+|>\s?|[-*+]\s+|\|?[\s:|-]{3,}$)|\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", re.MULTILINE
)
_LINKS = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")


def shown(text: str) -> str:
    """The text without what a page cannot hold; newlines and tabs stay."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", _NOT_SHOWN.sub("", _NEWLINES.sub("\n", text)))


def one_line(text: str, limit: int | None = None) -> str:
    """The shown text on one line, cut at a word with an ellipsis where it is longer than `limit` characters."""
    line = " ".join(shown(text if limit is None else text[: limit * 8]).split())
    if limit is None or len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:.") + "…"


def gist(text: str, limit: int) -> str:
    """The beginning of untrusted Markdown on one line, without the marks of headings, emphasis, lists and code."""
    plain = _MARKS.sub("", shown(text[: limit * 8]))
    return one_line(_LINKS.sub(r"\1", plain), limit)


def finalized(value: object) -> object:
    """What Jinja does to every value it puts on a page, before it escapes it: nothing unsafe, and no `None`."""
    if value is None:
        return ""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
