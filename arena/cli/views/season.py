"""Seasons for a terminal: a line a round while one runs, and what it came to."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.cli.views.leaderboard import leaderboard
from arena.cli.views.trades import trades_table
from arena.records.replica import listed
from arena.records.season import PlayedRound, SeasonPlan, SeasonReport, SeasonSummary, SeasonView, SettledSeason
from arena.records.standing import Standings


def round_line(played: PlayedRound) -> str:
    """One round in one line."""
    place = f"{played.number} of {played.of}" if played.of else f"round {played.number}"
    decided = ", ".join(f"{number} {action}" for action, number in played.decisions.items())
    told = [f"{played.session} ({place}): {decided}"]
    if played.abstentions:
        told.append(figures.plural(played.abstentions, "abstention"))
    told.append(f"{figures.plural(played.orders, 'order')}, {played.fills} filled")
    if played.earlier:
        told.append(f"{played.earlier} of {figures.plural(played.desks, 'desk')} ended earlier")
    if played.researched:
        told.append(f"{played.researched} researched ahead")
    return "; ".join([*told, figures.seconds(played.seconds)])


def report_view(report: SeasonReport, width: int) -> Iterator[RenderableType]:
    """What a run of a season came to."""
    if report.standings is not None:
        yield from _standings(report.standings, width)
        yield Text()
    desks = sum(played.desks for played in report.rounds)
    yield Text(
        f"Season {report.plan.season}: {figures.plural(len(report.rounds), 'round')} played "
        f"({figures.plural(desks, 'desk')}), {len(report.remaining)} to come"
    )
    yield from tables.notes((*report.notes, *(report.standings.notes if report.standings else ())))


def settled_view(settled: SettledSeason, width: int) -> Iterator[RenderableType]:
    """What settling came to."""
    yield from _standings(settled.standings, width)
    kinds = {words: sum(event.kind == kind for event in settled.events) for kind, words in _SETTLED.items()}
    told = ", ".join(figures.plural(number, words) for words, number in kinds.items() if number)
    yield Text(f"\nSettled through {settled.through}: {told or 'nothing was due'}")
    yield from tables.notes((*settled.notes, *settled.standings.notes))


_SETTLED = {
    "fill": "fill",
    "rejection": "rejection",
    "dividend": "dividend",
    "split": "split",
    "interest": "interest payment",
    "borrow_fee": "borrow fee",
    "margin_call": "margin call",
}


def seasons_view(summaries: Sequence[SeasonSummary]) -> RenderableType:
    """The seasons, a line each."""
    table = tables.table(
        "Season", "Rounds", "To come", "First", "Last", "Every", "Tickers", right=("Rounds", "To come")
    )
    for found in summaries:
        plan = found.plan
        table.add_row(
            found.season,
            figures.count(found.finished),
            figures.count(len(found.remaining)) if plan and plan.end else figures.UNKNOWN,
            str(found.first or figures.UNKNOWN),
            str(found.last or figures.UNKNOWN),
            plan.every if plan else figures.UNKNOWN,
            ", ".join(plan.tickers) if plan else figures.UNKNOWN,
        )
    return table


def season_view(view: SeasonView, width: int) -> Iterator[RenderableType]:
    """A season: what is planned and played, open orders, standings."""
    summary = view.summary
    yield tables.heading(f"Season {summary.season}")
    if summary.plan is not None:
        yield from _plan(summary.plan)
    if (rescoring := summary.rescoring) is not None:
        changed = "; ".join(f"{one.name} {one.rescored}, was {one.recorded}" for one in rescoring.changed)
        yield tables.pairs({"Rescored": f"the decisions of {rescoring.origin}", "Changed": changed or "nothing"})
    played = f" from {view.played[0]} to {view.played[-1]}" if view.played else ""
    yield Text(f"{figures.plural(summary.finished, 'round')} over{played}, {len(summary.remaining)} to come")
    if summary.broken_off is not None:
        yield Text(f"The round of {summary.broken_off} was broken off; `arena season resume` ends it.")
    if summary.researched:
        yield Text(f"The research of {figures.plural(summary.researched, 'desk')} is ready for the rounds to come.")
    if view.open_orders:
        yield tables.heading("Open orders")
        yield trades_table(view.open_orders, (), ())
    yield from _standings(view.standings, width)
    yield from tables.notes(view.standings.notes)


def _plan(plan: SeasonPlan) -> Iterator[RenderableType]:
    until = f"{plan.start} to {plan.end}" if plan.end else f"{plan.start} on, as days pass"
    yield tables.pairs(
        {
            "Planned": f"{until}, every {plan.every}",
            "Tickers": ", ".join(plan.tickers),
            "Contestants": listed(plan.contestants),
            "Benchmark": plan.benchmark or "none",
        }
    )


def _standings(standings: Standings, width: int) -> Iterator[RenderableType]:
    yield from banner({row.contestant: row.labels for row in standings.rows})
    yield from leaderboard(standings, width)
