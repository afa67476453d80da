"""`arena config`: read, check and begin a configuration file."""

from pathlib import Path
from typing import Annotated

import typer

from arena.cli.options import AsOfOption, ConfigOption, Given, HomeOption, JsonOption, SeasonOption, day

app = typer.Typer(help="Show, check and begin configuration files.", rich_markup_mode=None)


@app.command()
def show(
    config: ConfigOption = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every setting, its value, and where it was given."""
    from arena.cli.settings import show_settings  # noqa: PLC0415  brings YAML and pydantic

    show_settings(Given(config=config, season=season, home=home, as_of=day(as_of)), as_json=as_json)


@app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to check.")]) -> None:
    """Check a configuration file without running anything."""
    from arena.cli.settings import check_file  # noqa: PLC0415  brings YAML and pydantic

    check_file(file)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help="The file to write.")] = Path("arena.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a configuration file with every setting explained."""
    from arena.cli.settings import write_starter  # noqa: PLC0415  brings YAML and pydantic

    write_starter(path, force=force)
