"""Text as words that compare alike: what is indexed, and what is looked for."""

import unicodedata
from typing import NamedTuple

_UNSPACED = (
    *("CJK ", "HIRAGANA", "KATAKANA", "HALFWIDTH ", "HANGUL ", "IDEOGRAPHIC ", "BOPOMOFO "),
    *("THAI ", "LAO ", "KHMER ", "MYANMAR "),
)
"""How Unicode's names of the characters begin that are words by themselves.

Korean does write spaces, but glues its particles to the words, so that a word alone would not be found.
"""

_MARKS, _INVISIBLE = "Mn", "Cf"
"""Unicode's categories of accents, and of what only steers other characters."""


class _Folding(dict[int, str]):
    """What each character becomes; found out once for each."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _fold(chr(code))
        return found


_FOLDING = _Folding()


class Word(NamedTuple):
    """A folded word, and where it stands in its text."""

    text: str
    start: int
    end: int
    """Behind its last character."""


def folded(text: str) -> str:
    """The text's words, folded, with white space between them."""
    return text.translate(_FOLDING)


def words(text: str) -> list[Word]:
    """The same words with their places in the text, in code points."""
    found: list[Word] = []
    written, start, end = "", 0, 0
    for place, character in enumerate(text):
        pieces = _FOLDING[ord(character)]
        if written and not pieces:
            end = place + 1  # an accent set apart belongs to its letter
        for piece in pieces:
            if not piece.isspace():
                start, end, written = start if written else place, place + 1, written + piece
            elif written:
                found.append(Word(written, start, end))
                written = ""
    return [*found, Word(written, start, end)] if written else found


def stands_alone(word: str) -> bool:
    """Whether a folded word is a character of a script without spaces."""
    return len(word) == 1 and _unspaced(word)


def _fold(character: str) -> str:
    category = unicodedata.category(character)
    if category in {_MARKS, _INVISIBLE}:
        return ""  # accents set apart, soft hyphens, marks of direction: they part no word
    if category[0] not in "LNMS":
        return " "
    if _unspaced(character):
        return f" {unicodedata.normalize('NFKC', character)} " if category[0] in "LNM" else " "
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_kept(piece) for piece in plain)


def _kept(piece: str) -> str:
    category = unicodedata.category(piece)
    if category in {_MARKS, _INVISIBLE}:
        return ""
    if category[0] not in "LNM":
        return " "
    return f" {piece} " if _unspaced(piece) else piece


def _unspaced(character: str) -> bool:
    return character > "\u0e00" and unicodedata.name(character, "").startswith(_UNSPACED)
