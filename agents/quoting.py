"""Text from outside, made fit for a prompt: it cannot pass for anything but what it is.

Articles, company names and vendors' own messages may hold whatever their authors like. On its way
into a prompt such text becomes one line without characters that show nothing, so that it can forge no
heading and no table row, and without angle brackets or the fence's name, so that it can neither
close its fence nor open another, however it is spelled or nested.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Control and format characters, in which instructions can hide from people, and halves of surrogate pairs."""

_BLANK = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            0x115F,  # Hangul fillers
            0x1160,
            0x3164,
            0xFFA0,
            0x17B4,  # Khmer inherent vowels
            0x17B5,
            0x2800,  # Braille blank
            *range(0x180B, 0x1810),  # Mongolian variation selectors
            *range(0xFE00, 0xFE10),  # variation selectors
            *range(0xE0000, 0xE1000),  # tags, more variation selectors, and what is reserved beside them
        ),
    )
)
"""Characters of other categories that show nothing: Unicode's default ignorable ones, and Braille's blank."""

_BRACKETS = str.maketrans(
    dict.fromkeys("<\uff1c\ufe64\u2329\u27e8\u3008", "\u2039")
    | dict.fromkeys(">\uff1e\ufe65\u232a\u27e9\u3009", "\u203a")
)
"""Angle brackets and what is drawn like one, to the single guillemets that no mark is written with."""

_FENCE_NAME = re.compile(r"(vendor)[\W_]*(text)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """Outside text on one line, without angle brackets and the fence's name.

    Dropped are control and format characters, surrogates, and what Unicode calls default ignorable, so emoji
    lose their variation. Combining marks and characters drawn alike stay.
    """
    line = " ".join(text.split())
    # Of ASCII all that prints is seen, and that is most of what is quoted.
    visible = line if line.isascii() and line.isprintable() else "".join(filter(_is_seen, line))
    return _FENCE_NAME.sub(r"\1 \2", visible.translate(_BRACKETS))


def _is_seen(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in _UNSEEN


def fenced(lines: Iterable[str]) -> str:
    """Outside text line by line between marks that it cannot close itself."""
    return "\n".join(["<vendor_text>", *map(one_line, lines), "</vendor_text>"])


def cell(text: str) -> str:
    """Outside text as one cell of a comma-separated table, quoted where it holds a comma or a quote."""
    plain = one_line(text)
    return '"' + plain.replace('"', '""') + '"' if "," in plain or '"' in plain else plain
