"""`arena prune`: give the disk back what nobody needs any more."""

from typing import Annotated

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("prune")(prune)


def prune(
    *,
    keep_days: Annotated[
        int | None,
        typer.Option("--keep-days", metavar="N", min=0, help="Drop tape and vendors' answers older than so many days."),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option("--max-size", metavar="SIZE", help="Drop the oldest tape above this size, such as 500MB or 2GB."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drop old tape, vendors' answers that are kept, and snapshots that nothing names.

    Chats, ledgers and the archive are never touched. A chat whose tape was pruned can be read and audited as before;
    `arena replay` says that its tape was pruned. The age of a tape is that of its playing.
    """
    from arena.cli.pruning import prune_home  # noqa: PLC0415  opens the tape

    prune_home(Given(config=config, home=home), keep_days, max_size, dry_run=dry_run, as_json=as_json)
