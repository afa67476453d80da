"""The doctor's findings as a table, what to do about each fault under it."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from arena.cli.text import one_line
from arena.cli.views import tables
from arena.doctor import Finding, Status

_STYLES: dict[Status, str] = {"ok": "green", "warning": "yellow", "failed": "bold red"}


def findings_view(findings: Sequence[Finding]) -> RenderableType:
    """One row a finding, in the order they came."""
    table = tables.table("Looked at", "Found", "")
    for finding in findings:
        told = Text(one_line(finding.told))
        if finding.remedy:
            told.append(f"\nto do: {one_line(finding.remedy)}", style="bold")
        table.add_row(one_line(finding.name), Text(finding.status, style=_STYLES[finding.status]), told)
    return table
