"""How Telegram wants its messages: HTML with a few tags, 4096 characters after parsing.

https://core.telegram.org/bots/api#html-style. Characters are counted as UTF-16 code units, in which Telegram counts
entities: what fits in those fits by any count.
"""

from collections.abc import Sequence
from html import escape

from arena.messages.page import Line, Page, Span

LONGEST = 4096


class TelegramForm:
    """The limits of a Telegram message."""

    longest_line = LONGEST

    def weight(self, text: str) -> int:
        """UTF-16 code units."""
        return len(text) + sum(letter > "\uffff" for letter in text)

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether all lines and the ends between them are within the limit."""
        return sum(self.weight(span.text) for one in lines for span in one) + len(lines) - 1 <= LONGEST


def html(page: Page) -> str:
    """The page in Telegram's HTML."""
    return "\n".join("".join(map(_span, one)) for one in page.lines)


def plain(page: Page) -> str:
    """The page as text, for a server that refuses the markup; addresses are left out, for they might not fit."""
    return "\n".join("".join(span.text for span in one) for one in page.lines)


def _span(span: Span) -> str:
    text = escape(span.text, quote=False)
    if span.bold:
        text = f"<b>{text}</b>"
    return f'<a href="{escape(span.href)}">{text}</a>' if span.href else text
