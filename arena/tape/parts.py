"""Content in parts: long texts cut where people cut them, each part named by a number and stored once.

A prompt's paragraphs come again in the next prompt, and in the other contestants'. A JSON tree is folded by
taking out every long text and leaving the numbers of its parts; folding gives equal trees equal text, so whole
messages are parts in turn.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from arena.tape.plain import PLAIN

SHORTEST = 64
"""Characters below which a text stays where it is: a reference to it would be as long."""

Keep = Callable[[str], int]
"""From a part to its number; the same part has always the same."""
Fetch = Callable[[int], str]
"""From a number to its part."""

_BOUNDARY = re.compile(r"(\n(?:\n+|(?=#)))")
"""Begins with a plain line break, so that the search runs from one to the next."""


def split(text: str) -> list[str]:
    """The text in paragraphs, with what stands between them; joined they are the text again."""
    return [piece for piece in _BOUNDARY.split(text) if piece]


def fold(content: Any, keep: Keep) -> Any:
    """The tree with its long texts kept as parts."""
    if isinstance(content, str):
        if len(content) < SHORTEST:
            return content
        return {"$text": [keep(piece) if len(piece) >= SHORTEST else piece for piece in split(content)]}
    # Most of what is in a tree are names and numbers, which stay as they are.
    if isinstance(content, list):
        return [
            item if (len(item) < SHORTEST if type(item) is str else type(item) in PLAIN) else fold(item, keep)
            for item in content
        ]
    if not isinstance(content, dict):
        return content
    return {
        key: item if (len(item) < SHORTEST if type(item) is str else type(item) in PLAIN) else fold(item, keep)
        for key, item in content.items()
    }


def unfold(content: Any, fetch: Fetch) -> Any:
    """The tree that was folded."""
    if isinstance(content, list):
        return [unfold(item, fetch) for item in content]
    if not isinstance(content, dict):
        return content
    if content.keys() == {"$text"}:
        return "".join(fetch(piece) if isinstance(piece, int) else piece for piece in content["$text"])
    return {key: unfold(item, fetch) for key, item in content.items()}


def kept_tree(content: Any, keep: Keep) -> int:
    """The number of a whole tree as one part."""
    return keep(json.dumps(fold(content, keep), separators=(",", ":"), ensure_ascii=False))


def fetched_tree(number: int, fetch: Fetch) -> Any:
    """The tree that was kept under that number."""
    return unfold(json.loads(fetch(number)), fetch)


def fingerprint(part: str) -> bytes:
    """The SHA-256 a part is stored under."""
    return hashlib.sha256(_bytes(part)).digest()


def pack(parts: Sequence[str]) -> bytes:
    """Parts compressed together, which is three times as good as one by one: they share their words."""
    return zlib.compress(_bytes(json.dumps(parts, separators=(",", ":"), ensure_ascii=False)), 9)


def unpack(packed: bytes) -> list[str]:
    """The parts of a pack. zlib.error or ValueError where it is damaged."""
    return list(json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass")))


def _bytes(text: str) -> bytes:
    """A model's text may hold half of a surrogate pair, which plain UTF-8 refuses."""
    return text.encode("utf-8", "surrogatepass")
