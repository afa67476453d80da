"""The calls of a chat: what was asked of whom, and what it took."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import clean
from arena.cli.views import tables
from arena.records.chat import Cost, ModelCall


def took(calls: Sequence[ModelCall], seconds: float) -> str:
    """Time, calls, tokens and cost in one line."""
    prompt = figures.count(_told([call.tokens.prompt for call in calls]))
    completion = figures.count(_told([call.tokens.completion for call in calls]))
    return (
        f"{figures.seconds(seconds)}, {figures.plural(len(calls), 'call')}, "
        f"tokens {prompt} in and {completion} out, cost {figures.cost(Cost.of(calls))}"
    )


def calls_view(calls: Sequence[ModelCall]) -> Iterator[RenderableType]:
    """A line for each call in the order they were made, then what went wrong with any."""
    models = sorted({clean(call.model) for call in calls})
    yield tables.heading(f"{figures.plural(len(calls), 'call')} of {', '.join(models) or 'no model'}")
    numbers = ("In", "Out", "Time", "Cost", "Tries")
    several = ("Model",) if len(models) > 1 else ()
    table = tables.table("Role", *several, "Status", "Asked by", *numbers, right=numbers, whole=numbers)
    for call in calls:
        model = (clean(call.model),) if several else ()
        table.add_row(call.node.replace("_", " "), *model, *_cells(call))
    yield table
    failed = [f"{call.node}: {call.error}" for call in calls if call.error]
    if failed:
        yield tables.heading("Failed calls")
        yield from tables.bullets(failed)


def _cells(call: ModelCall) -> tuple[str | Text, ...]:
    return (
        Text(call.status, style="" if call.status == "ok" else "bold red"),
        (call.rung or "text").replace("_", " "),
        figures.count(call.tokens.prompt),
        figures.count(call.tokens.completion),
        figures.UNKNOWN if call.latency is None else figures.seconds(call.latency),
        figures.cost(Cost.of([call])),
        str(1 + len(call.retries)),
    )


def _told(counts: Sequence[int | None]) -> int | None:
    """The sum of the counts that were told; None where none was."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
