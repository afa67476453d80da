"""What `arena audit` does."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group

from arena.audit import audit_season
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.audit import audit_view
from arena.interop.ai_trader import audit_folder
from arena.records.audit import AuditReport
from arena.store import Store

IN_ORDER, VIOLATED = 0, 5


def audit_seasons(given: Given, season: str | None, *, as_json: bool) -> int:
    """Audit one season, or all that are stored; returns the exit code. Raises UsageError and StoreError."""
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    home = found.config.home
    if season is not None:
        return _shown([audit_season(home, season)], as_json=as_json)
    with Store.open_existing(home) as store:
        seasons = store.seasons()
    return _shown([audit_season(home, one) for one in seasons], as_json=as_json)


def audit_ai_trader(folder: Path, *, as_json: bool) -> int:
    """Audit an AI-Trader folder; returns the exit code. Raises UsageError where it is none."""
    return _shown([audit_folder(folder)], as_json=as_json)


def _shown(reports: Sequence[AuditReport], *, as_json: bool) -> int:
    if as_json:
        write_json([report.model_dump(mode="json") for report in reports])
    else:
        for report in reports:
            results().print(Group(*audit_view(report)))
    return VIOLATED if any(report.findings for report in reports) else IN_ORDER
