"""A chat as an overview, one stage of it in full, and a list of chats."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.cli.views.calls import took
from arena.cli.views.imported import imported_origin, imported_view
from arena.cli.views.labels import STYLE, banner
from arena.cli.views.outcome import abstained_text, decided_text, imported_text
from arena.cli.views.stage import Part, part_view
from arena.records.chat import ModelChat, Stages
from arena.records.masking import MaskedAs
from arena.store import ChatRow


def chats_view(rows: Sequence[ChatRow]) -> Iterator[RenderableType]:
    """A line a chat, with the number of unsupported figures where any has some.

    The id names season, session, ticker and contestant, so no column repeats them.
    """
    mixed = len({row.labels for row in rows}) > 1
    if not mixed:
        yield from banner({row.contestant: row.labels for row in rows})
    flagged = any(row.unsupported for row in rows)
    more = (*(("Unsupported",) if flagged else ()), *(("Labels",) if mixed else ()))
    columns = ("Id", "Outcome", "Confidence", "Cost", *more)
    table = tables.table(*columns, right=("Confidence", "Cost", "Unsupported"), whole=("Id", "Confidence"))
    for row in rows:
        confidence = figures.UNKNOWN if row.confidence is None else f"{row.confidence:.2f}"
        labels = Text("\n".join(row.labels).upper(), style=STYLE)
        count = figures.count(row.unsupported)
        cells = (*((count,) if flagged else ()), *((labels,) if mixed else ()))
        table.add_row(row.id, _outcome(row), confidence, figures.cost(row.cost), *cells)
    yield table


def chat_view(chat: ModelChat) -> Iterator[RenderableType]:
    """Where the chat comes from, how it ended, and every stage in short."""
    yield from banner({chat.contestant: chat.labels})
    yield tables.heading(chat.id)
    yield tables.pairs(_origin(chat))
    yield from part_view("decision", chat.outcome, full=False)
    for name in Stages.model_fields:
        part: Part | None = getattr(chat.stages, name)
        if part is not None:
            yield from part_view(name, part, full=False)
        yield from imported_view(chat, name, full=False)
    yield from _unsupported(chat)
    yield from _errors(chat)


def stage_of_chat_view(chat: ModelChat, name: str, part: Part | None) -> Iterator[RenderableType]:
    """One part of the chat in full; what an import tells of it as a text only comes behind."""
    yield from banner({chat.contestant: chat.labels})
    yield Text(chat.id, style="bold")
    if part is not None:
        yield from part_view(name, part, full=True)
    yield from imported_view(chat, name, full=True)


def _origin(chat: ModelChat) -> dict[str, str]:
    if chat.imported is not None:
        return imported_origin(chat, chat.imported)
    models = chat.model if chat.model == chat.quick_model else f"{chat.model}, quick roles {chat.quick_model}"
    return {
        "Contestant": f"{chat.contestant} ({models})",
        "Decides on": f"{chat.ticker} at the close of {chat.session} ({chat.as_of:%Y-%m-%d %H:%M} UTC)",
        "Season": chat.season,
        "Took": took(chat.calls, chat.seconds),
        "Snapshot": chat.snapshot_hash,
        **(_mask(chat.masked) if chat.masked is not None else {}),
        "Prompts": chat.prompts_hash,
        "Settings": chat.config_hash,
        "Code": chat.code_version,
    }


def _mask(mask: MaskedAs) -> dict[str, str]:
    """How to read what was said: what stands for what."""
    return {
        "Mask": f"the ticker is called {mask.ticker}, {mask.name}, and every date is {mask.weeks:,} weeks later",
        "Original": mask.original,
        "Notes": "\n".join(mask.notes),
    }


def _unsupported(chat: ModelChat) -> Iterator[RenderableType]:
    """What was stated and is not so, or not so far as the desk could know; with the nearest figure it was shown."""
    if not chat.unsupported:
        return
    yield tables.heading("Figures that nothing it was shown bears out")
    table = tables.table("Stage", "Stated", "Nearest shown", "Which is", right=("Stated", "Nearest shown"))
    for one in chat.unsupported:
        nearest = figures.UNKNOWN if one.nearest is None else f"{one.nearest:,.6f}".rstrip("0").rstrip(".")
        table.add_row(one.stage, one_line(one.text, 40), nearest, one_line(one.nearest_name, 80))
    yield table


def _errors(chat: ModelChat) -> Iterator[RenderableType]:
    if chat.errors:
        yield tables.heading("Errors on the way")
        yield from tables.bullets([f"{error.node or 'desk'}: {error.message}" for error in chat.errors])


def _outcome(row: ChatRow) -> Text:
    if row.kind == "imported":
        return imported_text(row.action)
    if row.action is not None and row.fraction is not None:
        return decided_text(row.action, row.fraction)
    return abstained_text(row.reason) if row.reason is not None else Text(figures.UNKNOWN)
