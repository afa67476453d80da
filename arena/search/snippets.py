"""The piece of a passage that shows best why it was found."""

from collections.abc import Sequence

from arena.records.search import Snippet, Span
from arena.search.asking import Phrase, places
from arena.search.folding import words

WIDTH = 200
"""Characters of a snippet, about."""
BEFORE = 60
"""Characters of them before the first mark."""
NEARBY = 20
"""Characters that may be left out at either end so that no word is cut."""


def snippet(text: str, asked: Sequence[Phrase]) -> Snippet:
    """The part of the text with the most different phrases of the question, the first of equals, and their places."""
    line = " ".join(text.split())
    found = words(line)
    marked = sorted(
        (found[first].start, found[last].end, number)
        for number, phrase in enumerate(asked)
        for first, last in places(phrase, found)
    )
    begin, end = _window(line, _best(marked))
    inside = [(max(start, begin), min(stop, end)) for start, stop, _ in marked if start < end and stop > begin]
    return Snippet(
        text=line[begin:end],
        marks=tuple(Span(start=start - begin, end=stop - begin) for start, stop in _joined(inside)),
        cut_before=begin > 0,
        cut_after=end < len(line),
    )


def _best(marked: Sequence[tuple[int, int, int]]) -> int:
    """Where the window with the most different phrases begins; the beginning where nothing is marked."""
    best, most = 0, 0
    for place, (start, _, _) in enumerate(marked):
        inside = set()
        for begun, stop, number in marked[place:]:
            if begun > start + WIDTH - BEFORE:
                break
            if stop <= start + WIDTH - BEFORE:
                inside.add(number)
        if len(inside) > most:
            best, most = start, len(inside)
    return best


def _window(line: str, at: int) -> tuple[int, int]:
    """The characters to show, about WIDTH of them, from white space to white space where there is any nearby."""
    begin = max(min(at - BEFORE, len(line) - WIDTH), 0)
    end = min(begin + WIDTH, len(line))
    if begin:
        begin += 1 + line[begin : min(begin + NEARBY, at)].find(" ")
    if end < len(line):
        near = max(end - NEARBY, at + 1)
        end = near + line[near:end].rfind(" ") if " " in line[near:end] else end
    return begin, end


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined
