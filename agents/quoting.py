"""Text from outside, made fit for a prompt: it cannot pass for anything but what it is.

Articles, company names and vendors' own messages may hold whatever their authors like. On its way
into a prompt such text becomes one line without invisible characters, so that it can forge no
heading and no table row, and without angle brackets or the fence's name, so that it can neither
close its fence nor open another, however it is spelled or nested.
"""

import re
import unicodedata
from collections.abc import Iterable

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Control and format characters, in which instructions can hide from people, and halves of surrogate pairs."""

_BRACKETS = str.maketrans(
    dict.fromkeys("<\uff1c\ufe64\u2329\u27e8\u3008", "\u2039")
    | dict.fromkeys(">\uff1e\ufe65\u232a\u27e9\u3009", "\u203a")
)
"""Angle brackets and what is drawn like one, to the single guillemets that no mark is written with."""

_FENCE_NAME = re.compile(r"(vendor)[\W_]*(text)", re.IGNORECASE)


def one_line(text: str) -> str:
    """Outside text on one line, with nothing invisible, no angle brackets and no fence's name in it."""
    visible = "".join(c for c in " ".join(text.split()) if unicodedata.category(c) not in _UNSEEN)
    return _FENCE_NAME.sub(r"\1 \2", visible.translate(_BRACKETS))


def fenced(lines: Iterable[str]) -> str:
    """Outside text line by line between marks that it cannot close itself."""
    return "\n".join(["<vendor_text>", *map(one_line, lines), "</vendor_text>"])


def cell(text: str) -> str:
    """Outside text as one cell of a comma-separated table, quoted where it holds a comma or a quote."""
    plain = one_line(text)
    return '"' + plain.replace('"', '""') + '"' if "," in plain or '"' in plain else plain
