"""What the commands of `arena season` do."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from rich.console import Group

from arena.app import Arena
from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.playing import ALL_ABSTAINED, DECIDED, SOME_ABSTAINED
from arena.cli.screen import results, say, write_json
from arena.cli.views.season import report_view, round_line, season_view, seasons_view, settled_view
from arena.records.season import Every, PlayedRound, SeasonReport


class Wanted(NamedTuple):
    """What a command line says of a season."""

    tickers: Sequence[str]
    every: Every
    contestants: Sequence[str] | None
    benchmark: str | None


def run_season(given: Given, wanted: Wanted, start: date, end: date | None, *, as_json: bool) -> int:
    """Play a season over dates; returns the exit code."""

    def run(arena: Arena) -> SeasonReport:
        return arena.season_run(
            wanted.tickers,
            start,
            end,
            every=wanted.every,
            contestants=wanted.contestants,
            benchmark=wanted.benchmark,
            on_pick_up=_say_picked_up,
            on_round=_tell,
        )

    return _played(given, run, as_json=as_json)


def resume_season(given: Given, *, as_json: bool) -> int:
    """Play what remains; returns the exit code."""
    return _played(given, lambda arena: arena.season_resume(on_pick_up=_say_picked_up, on_round=_tell), as_json=as_json)


def tick_season(given: Given, wanted: Wanted, *, as_json: bool) -> int:
    """Play today's round, once; returns the exit code."""

    def tick(arena: Arena) -> SeasonReport:
        return arena.season_tick(
            wanted.tickers or None,
            every=wanted.every,
            contestants=wanted.contestants,
            benchmark=wanted.benchmark,
            on_pick_up=_say_picked_up,
            on_round=_tell,
        )

    return _played(given, tick, as_json=as_json)


def settle_season(given: Given, *, as_json: bool) -> None:
    """Settle a season's books and print what came of it."""
    with arena_of(given) as arena:
        settled = arena.season_settle()
    if as_json:
        write_json(settled.model_dump(mode="json"))
    else:
        console = results()
        console.print(Group(*settled_view(settled, console.width)))


def list_seasons(given: Given, *, as_json: bool) -> None:
    """Print the seasons that are stored."""
    with arena_of(given) as arena:
        found = arena.season_list()
    if as_json:
        write_json([summary.model_dump(mode="json") for summary in found])
    elif not found:
        say("no season is stored")
    else:
        results().print(seasons_view(found))


def show_season(given: Given, *, as_json: bool) -> None:
    """Print a season as it stands."""
    with arena_of(given) as arena:
        view = arena.season_show()
    if as_json:
        write_json(view.model_dump(mode="json"))
    else:
        console = results()
        console.print(Group(*season_view(view, console.width)))


def _played(given: Given, play: Callable[[Arena], SeasonReport], *, as_json: bool) -> int:
    with arena_of(given) as arena:
        try:
            report = play(arena)
        except KeyboardInterrupt:
            say("what has ended is kept; `arena season resume` goes on from there", "note: ")
            raise
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        console = results()
        console.print(Group(*report_view(report, console.width)))
    return _exit_code(report)


def _say_picked_up(sentence: str) -> None:
    say(sentence, "picked up: ")


def _tell(played: PlayedRound) -> None:
    say(round_line(played))


def _exit_code(report: SeasonReport) -> int:
    """0 when every desk decided, 3 when some abstained, 4 when all did; 0 where there was nothing to play."""
    desks = sum(played.desks for played in report.rounds)
    abstained = sum(played.abstentions for played in report.rounds)
    if not abstained:
        return DECIDED
    return ALL_ABSTAINED if abstained == desks else SOME_ABSTAINED
