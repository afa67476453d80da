"""`arena audit`: whether a season's numbers can be trusted."""

from pathlib import Path
from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("audit")(audit)


def audit(
    *,
    season: Annotated[str | None, typer.Option(metavar="NAME", help="Only this season; all when left out.")] = None,
    ai_trader: Annotated[
        Path | None, typer.Option("--ai-trader", metavar="DIR", help="An AI-Trader folder, as it lies there, instead.")
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Replay ledgers against the prices that are kept, and report every violation.

    Cash that does not follow, a fill outside its bar, positions from nowhere, duplicate or backward ids, trades
    without a session, a purchase beyond the cash, a decision without its chat, a chat that saw too far, a mark that
    is not the price. Nothing is repaired, no network is asked. Exit code 0 when all is in order, 5 when anything
    is not, 1 for a season or folder that is not there.
    """
    from arena.cli.auditing import audit_ai_trader, audit_seasons  # noqa: PLC0415  brings the calendar

    if ai_trader is not None:
        return audit_ai_trader(ai_trader, as_json=as_json)
    return audit_seasons(Given(config=config, home=home), season, as_json=as_json)
