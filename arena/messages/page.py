"""A message without any markup: lines of spans. Whoever sends it writes it in its service's own way.

Text of strangers (models, vendors, tickers, names) becomes a span by `quoted`, which makes it harmless to read: no
control characters, no marks that turn the order of letters around. Markup is escaped where it is written.
"""

import re
import unicodedata
from collections.abc import Sequence

from arena.market.text import clean
from arena.records.base import Record

FIRST_STRONG, POP = "\u2068", "\u2069"
"""Around text that runs from right to left, so that what stands beside it stays where it is."""

NOTHING = "\u200b"
"""A space of no width: what stands on both sides of it is no word together."""

_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


class Span(Record):
    """A run of text in one style."""

    text: str
    bold: bool = False
    href: str | None = None
    """The address it leads to."""


Line = tuple[Span, ...]


class Page(Record):
    """The lines of a message, or of a part of one."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Without any style, the addresses in brackets."""
        return "\n".join("".join(map(_plain, line)) for line in self.lines)


def line(*parts: str | Span) -> Line:
    """A line of plain and of styled text."""
    return tuple(Span(text=part) if isinstance(part, str) else part for part in parts)


def heading(text: str) -> Line:
    """A line in bold."""
    return (Span(text=text, bold=True),)


def is_heading(one: Line) -> bool:
    """Whether a line is all bold, and so belongs to what follows it."""
    return bool(one) and all(span.bold for span in one)


def quoted(text: str, longest: int | None = None) -> str:
    """A stranger's text on one line, cut at a word with an ellipsis where it has more than `longest` characters.

    It calls nobody: Telegram, and Discord by way of apprise, would tell @someone or @everyone that they were meant.
    """
    words = _MENTION.sub(f"@{NOTHING}", clean(text, len(text)))
    if longest is not None and len(words) > longest:
        head = words[: max(longest - 1, 0)]
        words = (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:.") + "…"
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in words):
        return f"{FIRST_STRONG}{words}{POP}"
    return words


def listed(names: Sequence[str]) -> str:
    """Strangers' names in a row."""
    return ", ".join(map(quoted, names))


def address(text: str) -> str:
    """An address with everything percent-encoded that could end it early."""
    return re.sub(r"[\s\"'<>|\\^`{}\x00-\x1f\x7f-\U0010ffff]", _encoded, text)


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _plain(span: Span) -> str:
    return f"{span.text} ({span.href})" if span.href else span.text
