"""What a person's question means: phrases that must all be in a passage. No text of theirs reaches SQLite as syntax."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from arena.errors import UsageError
from arena.search.folding import Word, folded, stands_alone

LONGEST = 400
"""Characters of a question."""
MOST = 32
"""Phrases of a question."""
PREFIX_FROM = 4
"""Letters from which on a word also finds longer ones: `margin` finds margins, `AI` finds AI alone."""

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')


class Phrase(NamedTuple):
    """Words that must stand next to each other, in this order."""

    words: tuple[str, ...]
    """Folded."""
    open_ended: bool
    """Whether the last word may go on."""


def phrases(question: str) -> tuple[Phrase, ...]:
    """The phrases of a question: what stands in double quotes, and every other word by itself.

    Signs between letters make one phrase of what they part (10-K, P/E), and so does writing without spaces. Raises
    UsageError for a question without a letter or a digit, and for one that is too long.
    """
    if len(question) > LONGEST:
        raise UsageError(f"a question of {len(question):,} characters is too long; ask for {LONGEST} at most")
    found = dict.fromkeys(filter(None, map(_phrase, _PARTS.finditer(question))))
    if not found:
        raise UsageError("there is nothing to search for: name a word, or several that stand together")
    if len(found) > MOST:
        raise UsageError(f"{len(found)} words are too many to search for at once; name {MOST} at most")
    return tuple(found)


def expression(asked: Sequence[Phrase]) -> str:
    """The phrases in FTS5's syntax, all of which a passage must hold; folded words hold letters and digits alone."""
    return " AND ".join(f'"{" ".join(phrase.words)}"{" *" if phrase.open_ended else ""}' for phrase in asked)


def places(phrase: Phrase, words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where a phrase stands among the words of a passage: the first and the last word of each time."""
    *heads, last = phrase.words
    found = []
    for place, word in enumerate(words):
        if word.text == last or (phrase.open_ended and word.text.startswith(last)):
            first = place - len(heads)
            if first >= 0 and all(words[first + n].text == head for n, head in enumerate(heads)):
                found.append((first, place))
    return found


def _phrase(part: re.Match[str]) -> Phrase | None:
    quoted, bare = part.groups()
    words = tuple(folded(bare if quoted is None else quoted).split())
    if not words:
        return None
    open_ended = bare is not None and len(words[-1]) >= PREFIX_FROM and not stands_alone(words[-1])
    return Phrase(words, open_ended)
