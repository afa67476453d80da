"""How a message is written where nobody knows what the service understands: as plain text."""

from collections.abc import Sequence

from arena.messages.page import Line

LONGEST = 30_000
"""More than a round's message has; apprise splits what is too long for its service."""


class PlainForm:
    """The limits of a message anywhere."""

    longest_line = LONGEST

    def weight(self, text: str) -> int:
        """Characters."""
        return len(text)

    def fits(self, lines: Sequence[Line]) -> bool:
        """Whether all lines are within the limit."""
        return sum(self.weight(span.text) for one in lines for span in one) + len(lines) <= LONGEST
