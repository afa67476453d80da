"""The outbox, and what sending came to."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.records.outbox import DeliveryState, OutboxRow
from arena.sinks.dispatch import Dispatched
from arena.sinks.trial import Trial

_STYLES: dict[DeliveryState, str] = {"waiting": "yellow", "sent": "green", "failed": "bold red", "dropped": ""}


def outbox_view(rows: Sequence[OutboxRow]) -> RenderableType:
    """A line for each delivery."""
    table = tables.table("Id", "Sink", "What", "State", "Tries", "", right=("Id", "Tries"), whole=("Id", "Tries"))
    for row in rows:
        state = Text(row.state, style=_STYLES[row.state])
        table.add_row(str(row.id), row.sink, one_line(row.key), state, figures.count(row.attempts), _told(row))
    return table


def _told(row: OutboxRow) -> str:
    if row.state in ("sent", "dropped"):
        return figures.instant(row.settled)
    why = one_line(row.last_error)
    again = f"again from {figures.instant(row.next_try)}" if row.state == "waiting" and row.next_try else ""
    return "; ".join(part for part in (why, again) if part)


def dispatched_view(done: Sequence[Dispatched]) -> RenderableType:
    """A line for each sink."""
    numbers = ("Sent", "Waiting", "Refused")
    table = tables.table("Sink", *numbers, "", right=numbers)
    for one in done:
        table.add_row(one.sink, *map(figures.count, (one.sent, one.waiting, one.failed)), one_line(one.why))
    return table


def trials_view(trials: Sequence[Trial]) -> RenderableType:
    """A line for each test message."""
    table = tables.table("Sink", "Test message", "")
    for trial in trials:
        style = "green" if trial.status == "sent" else "bold red"
        table.add_row(trial.sink, Text(trial.status, style=style), one_line(trial.told))
    return table
