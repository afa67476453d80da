"""What `arena doctor` does."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime

from arena import figures
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.findings import findings_view
from arena.doctor import Finding, examine

FINE, SOMETHING_FAILED = 0, 1


def check_up(given: Given, *, as_json: bool) -> int:
    """Print what was found; returns the exit code. Raises ConfigError."""
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    findings = asyncio.run(examine(found.config, os.environ, lambda: datetime.now(UTC)))
    if as_json:
        write_json([finding.model_dump(mode="json") for finding in findings])
    else:
        results().print(findings_view(findings))
        say(_summary(findings))
    return SOMETHING_FAILED if any(finding.status == "failed" for finding in findings) else FINE


def _summary(findings: tuple[Finding, ...]) -> str:
    counted = Counter(finding.status for finding in findings)
    warnings = figures.plural(counted["warning"], "warning")
    return f"{counted['ok']} fine, {warnings}, {counted['failed']} failed"
