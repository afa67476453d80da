"""Names as one part of an address, and back: safe in a URL, in a file's name and on every file system.

Seasons, tickers and contestants may be called anything where they were imported. Letters, digits, dash, underscore
and inner dots stay; of everything else stand the UTF-8 bytes, each as a tilde and two hexadecimal digits. A tilde
alone is the empty name.
"""

import re

from arena.errors import UsageError

_PLAIN = re.compile(r"[A-Za-z0-9_-]")
_SLUG = re.compile(r"(?:[A-Za-z0-9_.-]|~[0-9a-f]{2})+|~")


def slug(name: str) -> str:
    """The name as one part of an address; never empty, never a dot alone."""
    parts = [character if _PLAIN.fullmatch(character) else _bytes(character) for character in name]
    for place in range(1, len(parts) - 1):
        if name[place] == ".":
            parts[place] = "."
    return "".join(parts) or "~"


def unslug(text: str) -> str:
    """The name that a part of an address stands for. UsageError for what is no such part."""
    if not _SLUG.fullmatch(text):
        raise UsageError(f"{text[:80]!r} is no name in an address of these pages")
    if text == "~":
        return ""
    raw = b"".join(
        bytes.fromhex(piece[1:]) if piece.startswith("~") else piece.encode()
        for piece in re.findall(r"~[0-9a-f]{2}|[^~]+", text)
    )
    return raw.decode("utf-8", "surrogatepass")


def _bytes(character: str) -> str:
    return "".join(f"~{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
