"""`arena board`: a season's leaderboard."""

from typing import Annotated

import typer

from arena.cli.options import CloseOption, ConfigOption, Given, HomeOption, JsonOption, SeasonOption, day
from arena.errors import UsageError

FullOption = Annotated[
    bool, typer.Option("--full", help="Every figure with its definition, its uncertainty, and who can be told apart.")
]
BenchmarkOption = Annotated[
    str | None, typer.Option("--benchmark", metavar="TICKER", help="With --full: the ticker to measure against.")
]
HorizonOption = Annotated[
    int,
    typer.Option("--horizon", metavar="N", min=1, help="With --full: sessions after which a decision is judged."),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("board")(board)


def board(  # noqa: PLR0917 -- options
    config: ConfigOption = None,
    season: SeasonOption = None,
    home: HomeOption = None,
    as_of: CloseOption = None,
    full: FullOption = False,
    benchmark: BenchmarkOption = None,
    horizon: HorizonOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Show the leaderboard of a season.

    Orders whose price has come since are settled first. --as-of shows it as it stood at an earlier close. Without
    --season it is the configured season's; if nothing was played in that one and only one other season is stored,
    that one's.
    """
    from arena.cli.standing import show_board, show_report  # noqa: PLC0415  brings the records

    given, close = Given(config=config, season=season, home=home), day(as_of)
    if full:
        show_report(given, close, benchmark=benchmark, horizon=horizon, as_json=as_json)
    elif benchmark is not None or horizon != 1:
        raise UsageError("--benchmark and --horizon are for the full report: add --full")
    else:
        show_board(given, close, as_json=as_json)
