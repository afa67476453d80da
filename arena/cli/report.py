"""`arena report`: the pages as files."""

from pathlib import Path
from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, SeasonOption, day
from arena.errors import UsageError

_FOLDER = Path("report")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("report")(report)


def report(
    *,
    season: SeasonOption = None,
    session: Annotated[
        str | None, typer.Option("--round", metavar="DATE", help="Only the round of this session, YYYY-MM-DD.")
    ] = None,
    chat: Annotated[str | None, typer.Option("--chat", metavar="ID", help="Only this chat, as Markdown too.")] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder; an earlier report is replaced.")
    ] = Path("report"),
    calls: Annotated[bool, typer.Option(help="With every prompt and every reply, or without.")] = True,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Write the pages of a season, a round or a chat as files that open from disk.

    The folder can be put on any web host. It is the same pages as `arena serve` shows, but for the search and the
    news. Nothing is settled for it: `arena board` does that.
    """
    if session is not None and chat is not None:
        raise UsageError("--round and --chat exclude each other: a report is of a season, a round or a chat")
    from arena.cli.reporting import write_pages  # noqa: PLC0415  brings the graphs

    write_pages(Given(config=config, season=season, home=home), day(session, "--round"), chat, out, calls=calls)
