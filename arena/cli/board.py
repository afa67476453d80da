"""`arena board`: a season's leaderboard."""

import typer

from arena.cli.options import ConfigOption, Given, HomeOption, JsonOption, SeasonOption


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("board")(board)


def board(
    config: ConfigOption = None, season: SeasonOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show the leaderboard of a season.

    Orders whose price has come since are settled first. Without --season it is the configured
    season's; if nothing was played in that one and only one other season is stored, that one's.
    """
    from arena.cli.standing import show_board  # noqa: PLC0415  brings the graphs

    show_board(Given(config=config, season=season, home=home), as_json=as_json)
