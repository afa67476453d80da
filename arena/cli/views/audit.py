"""An audit: what was looked at, what is wrong, what could not be checked."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import clean
from arena.cli.views import tables
from arena.records.audit import AuditReport


def audit_view(report: AuditReport) -> Iterator[RenderableType]:
    """The report under its subject's name; every finding with its place."""
    yield tables.heading(f"Audit of {report.subject}")
    told = ", ".join(figures.plural(number, name.removesuffix("s"), name) for name, number in report.checked.items())
    yield Text(f"Looked at {told}.")
    if report.findings:
        yield Text(f"{figures.plural(len(report.findings), 'violation')}:", style="bold red")
        for finding in report.findings:
            yield Text(f"{finding.kind.replace('_', ' ')}, {clean(finding.where)}", style="bold")
            yield tables.paragraph(finding.what)
    else:
        yield Text("No violation.", style="bold green")
    yield from tables.notes(report.notes)
