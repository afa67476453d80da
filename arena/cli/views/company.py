"""What a company filed, reported, and its insiders traded, for people."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.records.market import MarketSnapshot

_REPORTS = 8
_TRADES = 10


def statements(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest statement of each kind and period, and how many there are."""
    held = snapshot.fundamentals.statements
    if not held:
        return
    yield tables.heading("The newest statements")
    table = tables.table(
        "Statement", "Period", "Ends", "Public since", "Currency", "Items", "Held", right=("Items", "Held")
    )
    kinds = [(statement.kind, statement.period) for statement in held]
    for kind, period in sorted(set(kinds)):
        newest = held[kinds.index((kind, period))]
        table.add_row(
            kind.replace("_", " "),
            period,
            str(newest.fiscal_end),
            str(newest.filed) if newest.filed else figures.UNKNOWN,
            one_line(newest.currency or figures.UNKNOWN),
            figures.count(len(newest.items)),
            figures.count(kinds.count((kind, period))),
        )
    yield table


def earnings(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest reports, and when the next is expected."""
    held, expected = snapshot.earnings.reports, snapshot.earnings.expected
    if not held and expected is None:
        return
    yield tables.heading(tables.newest("earnings report", _REPORTS, len(held)))
    if held:
        numbers = ("Expected", "Reported", "Surprise")
        table = tables.table("Public since", "Quarter ends", *numbers, right=numbers, whole=("Public since",))
        for report in held[:_REPORTS]:
            surprise = figures.UNKNOWN if report.surprise is None else f"{report.surprise:+.2f}%"
            ends = str(report.fiscal_end or figures.UNKNOWN)
            table.add_row(
                figures.instant(report.reported),
                ends,
                _amount(report.eps_estimate),
                _amount(report.eps_actual),
                surprise,
            )
        yield table
    if expected is not None:
        yield tables.paragraph(f"The next report is expected on {expected}.")


def insiders(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest trades of insiders."""
    held = snapshot.insiders.trades
    if not held:
        return
    yield tables.heading(tables.newest("insiders' trade", _TRADES, len(held)))
    table = tables.table(
        "Traded", "Public since", "Insider", "Role", "Side", "Shares", "Price", right=("Shares", "Price")
    )
    for trade in held[:_TRADES]:
        table.add_row(
            str(trade.traded),
            str(trade.filed or figures.UNKNOWN),
            one_line(trade.insider, 40),
            one_line(trade.role, 30),
            trade.side,
            f"{trade.shares:,f}",
            _amount(trade.price),
        )
    yield table


def _amount(number: Decimal | None) -> str:
    return figures.UNKNOWN if number is None else figures.amount(number)
