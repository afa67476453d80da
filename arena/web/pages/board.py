"""The leaderboard's page."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from arena import figures
from arena.records.performance import SeasonReport
from arena.records.standing import Standings
from arena.store import ChatRow
from arena.web.pages.figures import uncertainty
from arena.web.reader import Reader
from arena.web.reading.board import Board, Curves, board
from arena.web.rendering import Page
from arena.web.text import shown
from arena.web.words import why

_SAID = 8
"""How many of the last decisions the page quotes."""


class Quoted(NamedTuple):
    """A decision with its words."""

    id: str
    contestant: str
    ticker: str
    row: ChatRow
    words: str


def board_page(reader: Reader, season: str, report: SeasonReport | None = None) -> Page:
    """The leaderboard of a season. UsageError for one that nothing is stored of.

    Without a report, how sure it is comes into the page later.
    """
    found, current = board(reader, season)
    chosen = _notable(found.newest, found.standings)
    return Page(
        "board.html",
        f"{season}: leaderboard",
        {
            "board": found,
            "headline": headline(found.standings),
            "standing_words": _standing_words(found),
            "curves": plotted(found),
            "curve_words": _curve_words(found.curves),
            "start": start_of(found),
            # Those stand at the top of the page.
            "borne_by_all": frozenset.intersection(*(frozenset(row.labels) for row in found.standings.rows))
            if found.standings.rows
            else frozenset(),
            "said": _quoted(reader, chosen),
            "more_said": len(found.newest) - len(chosen),
            **({"report": None} if report is None else uncertainty(report, on_board=True)),
        },
        head=found.head,
        tab="board",
        charts=True,
        current=current,
    )


def headline(standings: Standings) -> str:
    """Who leads, in a sentence."""
    if not standings.rows:
        return "Nobody has a book yet"
    first = [row for row in standings.rows if row.rank == 1]
    if len(first) == len(standings.rows) > 1:
        return f"All {len(first)} contestants are level at {figures.dollars(first[0].equity)}"
    names = " and ".join(row.contestant for row in first) if len(first) <= 3 else f"{len(first)} contestants"
    verb = "leads" if len(first) == 1 else "lead"
    return f"{names} {verb} with {figures.dollars(first[0].equity)}"


def _standing_words(found: Board) -> str:
    rows, sessions = found.standings.rows, found.curves.sessions
    if not rows:
        return ""
    first, rest = rows[0], [row for row in rows if row.rank > 1]
    told = f"{figures.change(first.return_pct)} after {figures.plural(max(0, len(sessions) - 1), 'session')}"
    if rest:
        ahead = figures.dollars(first.equity - rest[0].equity)
        told += f", {ahead} ahead of {rest[0].contestant}"
    until = f", at the close of {found.standings.session}" if found.standings.session else ""
    return f"{told}{until}. {_benchmark_words(found.curves)}".strip()


def _benchmark_words(curves: Curves) -> str:
    known = [level for level in curves.level if level is not None]
    if len(known) < 2 or not known[0]:
        return ""
    return f"{curves.benchmark} made {known[-1] / known[0] - 1:+.2%}."


def plotted(found: Board, names: Collection[str] | None = None) -> dict[str, Any]:
    """What the chart draws, in order of rank: everybody, or those of `names`."""
    ranked = [row.contestant for row in found.standings.rows if names is None or row.contestant in names]
    return {
        "sessions": [session.isoformat() for session in found.curves.sessions],
        "series": [
            {"name": shown(name), "place": found.head.place(name), "equity": found.curves.equity[name]}
            for name in ranked
            if name in found.curves.equity
        ],
        "benchmark": {"name": found.curves.benchmark, "equity": found.curves.level} if found.curves.level else None,
    }


def _curve_words(curves: Curves) -> str:
    if not curves.sessions:
        return ""
    told = f"Equity at the close of each session, {curves.sessions[0]} to {curves.sessions[-1]}"
    return f"{told}, beside {curves.benchmark} bought with the starting cash." if curves.level else f"{told}."


def start_of(found: Board) -> float | None:
    """The cash the books were opened with."""
    starts = [line[0] for line in found.curves.equity.values() if line and line[0] is not None]
    return starts[0] if starts else None


def _notable(rows: Sequence[ChatRow], standings: Standings) -> list[ChatRow]:
    """Each contestant's most telling decision of the session, in order of rank: trades first, then the surest."""
    rank = {row.contestant: place for place, row in enumerate(standings.rows)}
    best: dict[str, ChatRow] = {}
    for row in sorted(rows, key=lambda row: (row.action in {None, "HOLD"}, -(row.confidence or 0), row.ticker)):
        best.setdefault(row.contestant, row)
    return sorted(best.values(), key=lambda row: rank.get(row.contestant, len(rank)))[:_SAID]


def _quoted(reader: Reader, rows: Sequence[ChatRow]) -> list[Quoted]:
    ids = tuple(row.id for row in rows)
    outcomes = reader.kept_for_good(("quoted", ids), lambda store: store.outcomes(ids))
    return [
        Quoted(row.id, row.contestant, row.ticker, row, why(outcomes[row.id])) for row in rows if row.id in outcomes
    ]
