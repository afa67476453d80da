"""Characters that no store and no other endpoint takes: NUL, and halves of surrogate pairs.

Models write them as escapes inside JSON. They are put right where text comes in, so that nothing
behind has to think of them: NUL is dropped, a pair that came in two pieces is joined, and a half
without its other becomes U+FFFD.
"""

import re
from typing import Any

_TROUBLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and without lone surrogates."""
    if _holds_none(text):
        return text
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _holds_none(text: str) -> bool:
    # Python knows of each text whether it is ASCII; the search takes a hundred times as long.
    return "\x00" not in text if text.isascii() else not _TROUBLE.search(text)


def is_clean(json_text: str) -> bool:
    """Whether the strings in a JSON text can hold no such character: neither is one in it, nor any escape by code."""
    return "\\u" not in json_text and _holds_none(json_text)


def clean_json(value: Any) -> Any:
    """The same for every string in parsed JSON, names of members included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean(name): clean_json(item) for name, item in value.items()}
    return value
