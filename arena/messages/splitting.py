"""Splitting a message at a service's limits: between lines, a long line between words, a long word where it must be.

Lines are split before they are written in a service's markup, so that no part ends inside an escape, an entity or a
tag. Python's text has no surrogate pairs to split; a letter and the accents that follow it stay together.
"""

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from arena.messages.page import Line, Page, Span, is_heading


class Form(Protocol):
    """How one service wants its messages."""

    longest_line: int
    """The most one line may weigh."""

    def weight(self, text: str) -> int:
        """How much of a limit a text takes; that of two texts is the sum of both."""

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether these lines, each no longer than the longest, make one message."""


def split(page: Page, form: Form) -> tuple[Page, ...]:
    """The page in parts that fit, in order; one without text is no part. Blank lines at the edges go.

    A heading moves to the next part with what it heads.
    """
    parts: list[list[Line]] = [[]]
    for whole in page.lines:
        for piece in _pieces(whole, form):
            if not form.fits([*parts[-1], piece]):
                parts.append(_headings_left_over(parts[-1]))
                if not form.fits([*parts[-1], piece]):
                    # Headings that fill a message by themselves stay where they are.
                    parts[-2:] = [[*parts[-2], *parts[-1]], []]
            parts[-1].append(piece)
    trimmed = (_trimmed(part) for part in parts)
    return tuple(Page(lines=tuple(part)) for part in trimmed if part)


def _headings_left_over(part: list[Line]) -> list[Line]:
    """Take the headings off the end of a part that has something else."""
    kept = len(part)
    while kept and (is_heading(part[kept - 1]) or _is_blank(part[kept - 1])):
        kept -= 1
    if kept == 0:
        return []
    left_over = part[kept:]
    del part[kept:]
    return left_over


def _pieces(whole: Line, form: Form) -> list[Line]:
    """The line, in pieces that are no longer than the longest."""
    pieces, rest = [], whole
    while sum(form.weight(span.text) for span in rest) > form.longest_line:
        piece, rest = _cut(rest, form)
        pieces.append(piece)
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(whole: Line, form: Form) -> tuple[Line, Line]:
    text = "".join(span.text for span in whole)
    room, most = form.longest_line, 0
    while most < len(text) and (room := room - form.weight(text[most])) >= 0:
        most += 1
    at = _place_to_cut(text, max(most, 1))
    head, tail = _divided(whole, at)
    return head, _without_leading_space(tail)


def _place_to_cut(text: str, most: int) -> int:
    """At the last space of the piece's second half, else where no letter is parted from its accents."""
    space = text.rfind(" ", most // 2, most + 1)
    if space > 0:
        return space
    at = most
    while at > 1 and _belongs_to_the_one_before(text, at):
        at -= 1
    return at if at > 1 else most


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    if at >= len(text):
        return False
    return unicodedata.combining(text[at]) != 0 or "\ufe00" <= text[at] <= "\ufe0f"


def _divided(whole: Line, at: int) -> tuple[Line, Line]:
    head: list[Span] = []
    for number, span in enumerate(whole):
        if at <= len(span.text):
            before, after = span.text[:at], span.text[at:]
            head += [span.model_copy(update={"text": before})] if before else []
            tail = [span.model_copy(update={"text": after})] if after else []
            return tuple(head), (*tail, *whole[number + 1 :])
        head.append(span)
        at -= len(span.text)
    return tuple(head), ()


def _without_leading_space(tail: Line) -> Line:
    if not tail:
        return ()
    first = tail[0].model_copy(update={"text": tail[0].text.lstrip(" ")})
    return (first, *tail[1:]) if first.text else tail[1:]


def _trimmed(part: list[Line]) -> list[Line]:
    start, end = 0, len(part)
    while start < end and _is_blank(part[start]):
        start += 1
    while end > start and _is_blank(part[end - 1]):
        end -= 1
    return part[start:end]


def _is_blank(one: Line) -> bool:
    return not any(span.text.strip() for span in one)
