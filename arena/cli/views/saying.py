"""What is being said at the desks: a line each, the newest words at its right."""

import unicodedata
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

from arena.cli.text import one_line
from arena.records.progress import Progress

_FEWEST = 12
"""Columns below which words say nothing: then names give way."""


class Sayings:
    """A line for each of these desks, empty where nobody has spoken yet, so that no other line moves."""

    def __init__(self, desks: Sequence[Progress]) -> None:
        self._desks = desks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """As wide as the terminal, less a column in which a terminal may break the line."""
        for desk in self._desks:
            yield Text(said(desk, options.max_width - 1), style="dim", no_wrap=True, overflow="crop")


def said(desk: Progress, columns: int) -> str:
    """Who says what at a desk, in at most that many columns; empty where nobody has spoken yet."""
    if desk.said is None:
        return ""
    speaker = desk.said.speaker.replace("_", " ")
    who = one_line(f"{desk.ticker} {desk.contestant}, {speaker}: ") + " "
    words = one_line(_of_known_width(desk.said.words))
    return _beginning(who, columns - _FEWEST) + _ending(words, columns - min(cell_len(who), columns - _FEWEST))


def _of_known_width(text: str) -> str:
    """Without format characters: terminals differ in how wide a line with joiners is.

    They go before escape sequences do, so that none is put together by their going.
    """
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _beginning(text: str, columns: int) -> str:
    if cell_len(text) <= columns:
        return text
    while cell_len(text) > max(0, columns - 1):
        text = text[:-1]
    return f"{text}…"


def _ending(text: str, columns: int) -> str:
    if cell_len(text) <= columns:
        return text
    kept, room = len(text), columns - 1
    while kept and (wide := cell_len(text[kept - 1])) <= room:
        kept, room = kept - 1, room - wide
    return f"…{text[kept:]}"
