"""What `arena board` does, with --full and without."""

from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.leaderboard import board_view
from arena.cli.views.report import report_view
from arena.errors import UsageError


def show_board(given: Given, *, as_json: bool) -> None:
    """Print the leaderboard of the season that is meant. Raises UsageError where nothing was played in it."""
    with arena_of(given) as arena:
        season = _season(given, arena.config.season, arena.seasons())
        standings = arena.board(season)
    if as_json:
        write_json(standings.model_dump(mode="json"))
    else:
        console = results()
        console.print(board_view(standings, console.width))


def show_report(given: Given, *, benchmark: str | None, horizon: int, as_json: bool) -> None:
    """Print every figure of the season that is meant. Raises UsageError where nothing was played in it."""
    with arena_of(given) as arena:
        season = _season(given, arena.config.season, arena.seasons())
        report = arena.report(season, benchmark=benchmark, horizon=horizon)
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        console = results()
        console.print(report_view(report, console.width))


def _season(given: Given, configured: str, stored: tuple[str, ...]) -> str:
    if configured in stored:
        return configured
    if given.season is None and len(stored) == 1:
        say(f"nothing was played in the season {configured} yet; this is {stored[0]}, the only one stored", "note: ")
        return stored[0]
    raise UsageError(
        f"nothing was played in the season {configured} yet; "
        f"name one of those stored with --season: {', '.join(stored)}"
    )
