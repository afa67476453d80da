"""`arena export`: what is stored, as tables."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from arena.cli.options import ConfigOption, Given, HomeOption

Format = Literal["csv", "jsonl", "parquet"]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export")(export)


def export(
    *,
    form: Annotated[
        Format | None, typer.Option("--format", help="The format; that of --out's suffix, or csv, when left out.")
    ] = None,
    what: Annotated[
        list[str] | None,
        typer.Option(
            "--what",
            metavar="TABLE",
            help="chats, decisions, calls, texts, standings, positions, equity, consensus, orders, fills, marks or "
            "events; may be given several times. All by default.",
        ),
    ] = None,
    season: Annotated[
        list[str] | None,
        typer.Option("--season", metavar="NAME", help="Only this season; may be given several times. All by default."),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="PATH", help="A folder; for one table also a file, or - for stdout.")
    ] = "export",
    columns: Annotated[
        bool, typer.Option("--columns", help="Say what the tables' columns are, and write nothing.")
    ] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Write what is stored as tables: CSV, JSON Lines or Parquet.

    Amounts of money are exact: decimal digits, never floats. In CSV a text that a spreadsheet would take for a formula
    gets an apostrophe before it. Files are written whole or not at all, all of them of one moment; what their columns
    mean is in datapackage.json beside them. Nothing is settled for it: `arena season settle` does that.
    """
    from arena.cli.exporting import export_tables, show_columns  # noqa: PLC0415  brings the records

    if columns:
        show_columns(what)
    else:
        export_tables(Given(config=config, home=home), form, what, season, Path(out))
