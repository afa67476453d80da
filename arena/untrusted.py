"""Untrusted text made fit to be shown: what models, vendors and people wrote is read, never obeyed."""

import re
import unicodedata

_STRING = r"[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"
_ESCAPE = re.compile(
    rf"(?:\x1b\]|\x9d){_STRING}"  # OSC: titles, links, the clipboard
    rf"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f]){_STRING}"  # DCS, SOS, PM, APC: strings for the terminal
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, erasing
    r"|\x1b[ -/]*[0-~]?"
)
"""Whole sequences; of one that never ends only the beginning goes, so that no text hides behind it."""
_NEWLINES = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a terminal show text in another order than it is written."""


def clean(text: str) -> str:
    """The text without escape sequences, control characters and reordering marks; newlines stay, tabs are spaces."""
    plain = _NEWLINES.sub("\n", _ESCAPE.sub("", text)).replace("\t", " ")
    return "".join(_shown(character) for character in plain)


def one_line(text: str, limit: int | None = None) -> str:
    """The cleaned text on one line, cut at a word with an ellipsis where it is longer than `limit` characters."""
    line = " ".join(clean(text).split())
    if limit is None or len(line) <= limit:
        return line
    head = line[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:.") + "…"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or (category not in {"Cc", "Cs"} and character not in _BIDI):
        return character
    return "\N{REPLACEMENT CHARACTER}" if category == "Cs" else ""
