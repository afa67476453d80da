"""Two chats compared: what they were asked with, then what was decided and said otherwise.

Words that only one has stand in brackets as well as in colour: [-the first's-] and {+the second's+}.
"""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from arena import figures
from arena.cli.text import clean, one_line
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.records.chat import ModelChat
from arena.records.comparing import ChangedText, ChatDiff, Difference, OtherText, Piece, StageDiff, TextDiff

_LONGEST = 60
"""Characters of a value that are shown."""

_MARKS = {"same": ("", "", ""), "removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}


def chat_diff_view(one: ModelChat, other: ModelChat, found: ChatDiff) -> Iterator[RenderableType]:
    """All that is not the same, and the names of what is."""
    yield from banner({one.contestant: one.labels, other.contestant: other.labels})
    yield tables.pairs({"A": found.one, "B": found.other})
    yield from _values("Asked with", found.setting)
    if found.shared:
        yield Text(f"  The same: {', '.join(map(_words, found.shared))}")
    yield from _values("What it took", found.effort)
    same = []
    for stage in found.stages:
        if stage.equal:
            same.append(stage.stage)
        else:
            yield from _stage(stage)
    if same:
        yield Text(f"\nThe same in both: {', '.join(same)}")


def _stage(stage: StageDiff) -> Iterator[RenderableType]:
    title = stage.stage.capitalize()
    if stage.missing is not None:
        yield tables.heading(f"{title}: only in {'B' if stage.missing == 'one' else 'A'}")
    elif stage.values:
        yield from _values(title, stage.values)
    else:
        yield tables.heading(title)
    same = [text.name for text in stage.texts if text.kind == "same"]
    for text in stage.texts:
        yield from _text(text)
    if same:
        yield Text(f"  The same: {', '.join(dict.fromkeys(same))}")


def _values(title: str, values: Sequence[Difference]) -> Iterator[RenderableType]:
    if values:
        yield tables.heading(title)
        table = tables.table("", "A", "B")
        for value in values:
            table.add_row(_words(one_line(value.name, _LONGEST)), _value(value.one), _value(value.other))
        yield Padding(table, (0, 0, 0, 2), expand=False)


def _value(value: str | None) -> str:
    return figures.UNKNOWN if value is None else one_line(value, _LONGEST)


def _text(text: TextDiff) -> Iterator[RenderableType]:
    match text:
        case ChangedText():
            yield _name(f"{text.name}, {figures.part(text.similarity)} the same words")
            yield Padding(_pieces(text.pieces), (0, 0, 0, 4), expand=False)
        case OtherText():
            yield _name(text.name)
            yield _abreast(text.one, text.other)


def _name(name: str) -> Text:
    return Text(f"  {clean(name)}", style="bold")


def _pieces(pieces: Sequence[Piece]) -> Text:
    shown = Text()
    for piece in pieces:
        before, after, style = _MARKS[piece.kind]
        body = clean(piece.text)
        kept = body.rstrip()
        # White space stays outside the brackets, so that lines break where they did.
        shown.append(f"{before}{kept}{after}" if kept else "", style=style).append(body[len(kept) :])
    return shown


def _abreast(one: str | None, other: str | None) -> RenderableType:
    table = tables.table("A", "B")
    for column in table.columns:
        column.ratio = 1
    table.expand = True
    table.add_row(*(Text(figures.UNKNOWN if text is None else clean(text).strip()) for text in (one, other)))
    return Padding(table, (0, 0, 0, 4))


def _words(name: str) -> str:
    return name.replace("_", " ")
