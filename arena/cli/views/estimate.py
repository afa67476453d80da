"""What a round would cost: expected and at most, by contestant and in all."""

from decimal import Decimal

from rich.console import Group, RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.estimate import Estimate
from arena.records.chat import Cost

_UNKNOWN = "unknown"


def estimate_view(expected: Estimate) -> RenderableType:
    """The estimate with what it rests on."""
    if not expected.contestants:
        return Text("Every desk has decided already: running the round again costs nothing.")
    numbers = ("Desks", "Calls", "Prompt tokens", "Answer tokens", "Expected", "At most")
    table = tables.table("Contestant", "Model", *numbers, right=numbers, whole=("Contestant", *numbers))
    for row in expected.contestants:
        table.add_row(
            one_line(row.contestant),
            one_line(", ".join(row.models)),
            *map(figures.count, (row.desks, row.calls, row.prompt_tokens, row.completion_tokens)),
            _dollars(row.dollars),
            _dollars(row.most_dollars),
        )
    rows = expected.contestants
    table.add_section()
    table.add_row(
        "all",
        "",
        figures.count(sum(row.desks for row in rows)),
        figures.count(sum(row.calls for row in rows)),
        figures.count(sum(row.prompt_tokens for row in rows)),
        figures.count(sum(row.completion_tokens for row in rows)),
        _total(expected, expected.dollars),
        _total(expected, expected.most_dollars),
    )
    return Group(table, *tables.notes((*_remedies(expected), *expected.notes, *expected.assumptions)))


def _dollars(amount: Decimal | None) -> str:
    return _UNKNOWN if amount is None else figures.cost(Cost(known=amount))


def _total(expected: Estimate, known: Decimal) -> str:
    """What is known, and that there is more."""
    if not expected.unknown:
        return _dollars(known)
    return _UNKNOWN if len(expected.unknown) == len(expected.contestants) else f"{_dollars(known)} + unknown"


def _remedies(expected: Estimate) -> tuple[str, ...]:
    if not expected.unknown:
        return ()
    names = ", ".join(expected.unknown)
    return (
        f"no price is known for the models of {names}: `arena models --refresh` fetches those an endpoint tells, "
        "others belong under `prices` in the configuration",
    )
