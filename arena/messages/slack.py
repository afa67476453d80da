"""How Slack wants its messages: blocks of at most 3000 characters, at most 50 of them.

https://docs.slack.dev/reference/block-kit/blocks. All text of ours and of strangers stands in plain_text objects,
in which nothing is markup: neither *, nor <!channel>, nor :skull:. Only the link at the end is mrkdwn.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from arena.messages.page import Line, Page, address, is_heading

LONGEST_SECTION, LONGEST_HEADER, MOST_BLOCKS = 3000, 150, 50
LONGEST = 9_000
"""All text of a message: with what stands around fifty blocks it is below 13,000 characters of JSON, from which on
Slack answers msg_blocks_too_long."""

_LONGEST_SUMMARY = 300


class SlackForm:
    """The limits of a Slack message."""

    longest_line = LONGEST_SECTION

    def weight(self, text: str) -> int:
        """Characters as they are sent, escapes included; of those beyond U+FFFF two, as JavaScript counts them."""
        return len(escaped(text)) + sum(letter > "\uffff" for letter in text)

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether all lines are within the limit, and so are the blocks they make."""
        total = sum(self.weight(span.text) for one in lines for span in one) + len(lines)
        return total <= LONGEST and len(blocks(Page(lines=tuple(lines)))) <= MOST_BLOCKS


def blocks(page: Page) -> list[dict[str, Any]]:
    """The page as Block Kit: headers, sections, and a section of its own for a line with a link."""
    return [block for kind, run in groupby(page.lines, _kind) for block in _blocks(kind, list(run))]


def summary(page: Page) -> str:
    """The first words, for a notification."""
    first = next((text for one in page.lines if (text := _text(one).strip())), "")
    return escaped(first[:_LONGEST_SUMMARY])


def plain(page: Page) -> str:
    """The page as text, for a server that refuses the blocks."""
    return escaped("\n".join(map(_text, page.lines)))


def escaped(text: str) -> str:
    """Text in which nothing is a link or a mention, as every text object wants it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _kind(one: Line) -> str:
    if any(span.href for span in one):
        return "link"
    return "header" if is_heading(one) and 0 < SlackForm().weight(_text(one)) <= LONGEST_HEADER else "text"


def _blocks(kind: str, run: list[Line]) -> Iterator[dict[str, Any]]:
    if kind == "header":
        yield from ({"type": "header", "text": _plain_text(_text(one))} for one in run)
    elif kind == "link":
        yield from ({"type": "section", "text": {"type": "mrkdwn", "text": _mrkdwn(one)}} for one in run)
    else:
        yield from ({"type": "section", "text": _plain_text(text)} for text in _sections(run))


def _sections(run: list[Line]) -> Iterator[str]:
    """The lines in as few texts as their limit allows; a text of blanks alone is none, for Slack refuses it."""
    form, text = SlackForm(), ""
    for one in map(_text, run):
        if text and form.weight(text) + 1 + form.weight(one) > LONGEST_SECTION:
            yield text
            text = one
        else:
            text = f"{text}\n{one}" if text.strip() else one
    if text.strip():
        yield text.rstrip("\n")


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": escaped(text), "emoji": False}


def _mrkdwn(one: Line) -> str:
    return "".join(
        f"<{escaped(address(span.href))}|{escaped(span.text)}>" if span.href else escaped(span.text) for span in one
    )


def _text(one: Line) -> str:
    return "".join(span.text for span in one)
