"""The leaderboard: standings and the holdings behind them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from arena import figures
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.cli.views.sparklines import equity_view
from arena.records.performance import EquityCurve
from arena.records.standing import Medal, Standing, Standings

MEDALS: dict[Medal, str] = {"gold": "🥇 gold", "silver": "🥈 silver", "bronze": "🥉 bronze"}

_MONEY = ("Value", "Cash", "P&L", "Return")
_RECORD = ("Pending", "Trades", "Win rate", "Coverage", "Cost")


def board_view(standings: Standings, width: int, curves: Sequence[EquityCurve] = (), *, blocks: bool = True) -> Group:
    """A season's board: labels, tables, everybody's equity as a sparkline, notes."""
    return Group(
        *banner({row.contestant: row.labels for row in standings.rows}),
        *leaderboard(standings, width),
        *equity_view([row.contestant for row in standings.rows], curves, blocks=blocks),
        *tables.notes(standings.notes),
    )


def leaderboard(standings: Standings, width: int) -> Iterator[RenderableType]:
    """Who stands where and who holds what; where all that is too wide, the record has a table of its own."""
    when = f" at the close of {standings.session}" if standings.session else ""
    yield tables.heading(f"Leaderboard of the season {standings.season}{when}")
    if not standings.rows:
        yield Text("Nobody has a book yet.")
        return
    whole = _ranking(standings, *_RECORD)
    wide = tables.fits(whole, width)
    yield whole if wide else _ranking(standings)
    yield from _benchmark(standings)
    if not wide:
        yield _records(standings)
    if any(row.positions for row in standings.rows):
        yield tables.heading("Positions")
        yield _positions(standings)


def _ranking(standings: Standings, *more: str) -> Table:
    """Who stands where, with the record as `more` columns or without it."""
    table = tables.table("Rank", "Contestant", *_MONEY, *more, right=(*_MONEY, *more), whole=("Rank", *_MONEY, *more))
    for row in standings.rows:
        table.add_row(_rank(row), row.contestant, *_money(row), *(_record(row) if more else ()))
    return table


def _benchmark(standings: Standings) -> Iterator[RenderableType]:
    if (held := standings.benchmark) is not None:
        yield Text(
            f"{held.ticker}, held from {held.since} to {held.through}: {figures.change(Decimal(str(held.return_pct)))}"
        )


def _records(standings: Standings) -> RenderableType:
    table = tables.table("Contestant", *_RECORD, right=_RECORD)
    for row in standings.rows:
        table.add_row(row.contestant, *_record(row))
    return Group(Text(), table)


def _positions(standings: Standings) -> RenderableType:
    numbers = ("Shares", "Average cost", "Close", "Value")
    table = tables.table("Contestant", "Ticker", *numbers, "Session", right=numbers, whole=("Ticker", *numbers))
    for row in standings.rows:
        for held in row.positions:
            table.add_row(
                row.contestant,
                held.ticker,
                figures.shares(held.shares),
                figures.dollars(held.average_cost),
                figures.price(held.mark),
                figures.dollars(held.value),
                f"{held.marked}, its last" if held.carried else str(held.marked),
            )
    return table


def _rank(row: Standing) -> str:
    return f"{row.rank} {MEDALS[row.medal]}" if row.medal else str(row.rank)


def _money(row: Standing) -> tuple[str | Text, ...]:
    pnl = figures.gain(row.pnl)
    return (
        figures.dollars(row.equity),
        figures.dollars(row.cash),
        _signed(pnl, row.pnl),
        _signed(figures.change(row.return_pct), row.return_pct),
    )


def _record(row: Standing) -> tuple[str, ...]:
    won = f" of {row.closed_trades}" if row.closed_trades else ""
    return (
        figures.count(row.pending_orders),
        figures.count(row.trades),
        f"{figures.part(row.win_rate)}{won}",
        f"{figures.part(row.coverage)} of {row.decisions + row.abstentions}",
        figures.cost(row.cost),
    )


def _signed(text: str, amount: Decimal) -> Text:
    return Text(text, style="green" if amount > 0 else "red" if amount < 0 else "")
