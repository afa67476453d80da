"""What `arena board` does, with --full and without."""

from datetime import date

from arena.cli.opening import lookup_of
from arena.cli.options import Given
from arena.cli.screen import draws, results, say, write_json
from arena.cli.views.leaderboard import board_view
from arena.cli.views.sparklines import BLOCKS
from arena.errors import UsageError

_BESIDE = 40
"""Columns beside a curve: a name and two amounts."""
_CELLS = range(10, 61)
"""How wide a curve may be."""


def show_board(given: Given, as_of: date | None, *, as_json: bool) -> None:
    """Print the leaderboard of the season that is meant. Raises UsageError where nothing was played in it."""
    console = results()
    cells = min(max(console.width - _BESIDE, _CELLS.start), _CELLS.stop - 1)
    with lookup_of(given) as lookup:
        season = season_meant(given, lookup.config.season, lookup.seasons())
        standings = lookup.board(season, as_of=as_of)
        curves = () if as_json else lookup.equity(season, as_of=as_of, most=cells)
    if as_json:
        write_json(standings.model_dump(mode="json"))
    else:
        console.print(board_view(standings, console.width, curves, blocks=draws(BLOCKS)))


def show_report(given: Given, as_of: date | None, *, benchmark: str | None, horizon: int, as_json: bool) -> None:
    """Print every figure of the season that is meant. Raises UsageError where nothing was played in it."""
    from arena.cli.views.report import report_view  # noqa: PLC0415  the plain board does without

    with lookup_of(given) as lookup:
        season = season_meant(given, lookup.config.season, lookup.seasons())
        report = lookup.report(season, benchmark=benchmark, horizon=horizon, as_of=as_of)
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        console = results()
        console.print(report_view(report, console.width))


def season_meant(given: Given, configured: str, stored: tuple[str, ...]) -> str:
    """The season a command line means: the configured one, or the only one there is. UsageError where it is none."""
    if configured in stored:
        return configured
    if given.season is None and len(stored) == 1:
        say(f"nothing was played in the season {configured} yet; this is {stored[0]}, the only one stored", "note: ")
        return stored[0]
    raise UsageError(
        f"nothing was played in the season {configured} yet; "
        f"name one of those stored with --season: {', '.join(stored)}"
    )
