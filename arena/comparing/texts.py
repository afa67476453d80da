"""Two texts word by word where they are close, and side by side where they are not."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from arena.records.comparing import ChangedText, OtherText, Piece, SameText

CLOSE = 0.5
"""The similarity from which on the words of two texts are compared; below, hardly a sentence is left whole."""
MANY = 4000
"""Words of a text from which on only words that are rare in it are matched: longer texts would take minutes."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Characters of scripts without spaces, each of which is a word here."""
_WORDS = re.compile(rf"(?:[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W\d_])+|\d+(?:[.,]\d+)*|\S)\s*|\s+")
"""A word with the white space behind it: by itself that would match everywhere, and take long to."""


def compare_texts(name: str, one: str | None, other: str | None) -> SameText | ChangedText | OtherText:
    """The two compared under a name; None is a text that is not there."""
    if one == other and one is not None:
        return SameText(name=name, text=one)
    if one is None or other is None:
        return OtherText(name=name, similarity=0, one=one, other=other)
    first, second = _WORDS.findall(one), _WORDS.findall(other)
    matcher = SequenceMatcher(None, first, second, autojunk=max(len(first), len(second)) > MANY)
    # The two bounds are cheap, and most texts of different models fail them.
    similarity = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    if similarity >= CLOSE:
        similarity = matcher.ratio()
    if similarity < CLOSE:
        return OtherText(name=name, similarity=similarity, one=one, other=other)
    return ChangedText(name=name, similarity=similarity, pieces=tuple(_pieces(matcher, first, second)))


def similarity_of(one: str, other: str) -> float:
    """The part of all words, of both together, that two texts share in order, 0 to 1; signs are no words."""
    first, second = ([word for word in _WORDS.findall(text) if word[0].isalnum()] for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _pieces(matcher: SequenceMatcher[str], first: Sequence[str], second: Sequence[str]) -> list[Piece]:
    found = []
    for _, begun, ended, begins, ends in matcher.get_opcodes():
        removed, added = "".join(first[begun:ended]), "".join(second[begins:ends])
        if removed == added:
            found.append(Piece(kind="same", text=removed))
            continue
        if removed:
            found.append(Piece(kind="removed", text=removed))
        if added:
            found.append(Piece(kind="added", text=added))
    return found
