"""Looks at what the company filed and reported, what follows from it, and what its insiders trade."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from agents.figures import figure
from agents.looks.request import Arguments, missing
from agents.quoting import cell, fenced
from arena.records.market import EarningsReport, InsiderTrade, MarketSnapshot

NEW_YORK = ZoneInfo("America/New_York")


class StatementsArguments(Arguments):
    """Filed financial statements, newest first."""

    kind: Literal["income", "balance_sheet", "cash_flow"]
    """Which statement."""
    period: Literal["quarter", "year"]
    """Quarterly or yearly."""
    count: Annotated[int, Field(ge=1, le=8)]
    """How many periods, 1 to 8; five quarters hold the same quarter of the year before."""


class RatiosArguments(Arguments):
    """Ratios computed from the statements and the last close, with what each rests on."""


class EarningsArguments(Arguments):
    """Earnings a share beside what was expected, newest first, and the day of the next report."""

    count: Annotated[int, Field(ge=1, le=12)]
    """How many reports, 1 to 12."""


class InsidersArguments(Arguments):
    """Trades of officers, directors and large holders, newest first."""

    count: Annotated[int, Field(ge=1, le=30)]
    """How many trades, 1 to 30."""


def statements(snapshot: MarketSnapshot, asked: StatementsArguments) -> str:
    """Statements of one kind side by side, line by line."""
    if gap := missing(snapshot.fundamentals, "fundamentals"):
        return gap
    chosen = [s for s in snapshot.fundamentals.statements if s.kind == asked.kind and s.period == asked.period][
        : asked.count
    ]
    if not chosen:
        return f"No {asked.kind} statement by {asked.period} was public by {snapshot.session}."
    lines = list(dict.fromkeys(name for statement in chosen for name in statement.items))
    heads = [cell(f"{s.fiscal_end} {s.currency or 'currency unknown'} (filed {s.filed or 'unknown'})") for s in chosen]
    rows = [
        ",".join([cell(line), *(f"{s.items[line]:f}" if line in s.items else "" for s in chosen)]) for line in lines
    ]
    return "\n".join([",".join(["item", *heads]), *rows])


def ratios(snapshot: MarketSnapshot, asked: RatiosArguments) -> str:  # noqa: ARG001 -- one signature for all looks
    """The ratios of the snapshot, each with its basis."""
    if gap := missing(snapshot.fundamentals, "fundamentals"):
        return gap
    if not snapshot.fundamentals.ratios:
        return "No ratios were computed."
    rows = [
        f"{one.name},{figure(one.value)},{one.basis} {' '.join(map(str, one.fiscal_ends))}"
        for one in snapshot.fundamentals.ratios
    ]
    return "\n".join(["ratio,value,basis and fiscal ends", *rows])


def earnings(snapshot: MarketSnapshot, asked: EarningsArguments) -> str:
    """The newest reports; an empty cell is a figure the vendor does not have."""
    if gap := missing(snapshot.earnings, "earnings"):
        return gap
    rows = [_report(one) for one in snapshot.earnings.reports[: asked.count]]
    header = "reported,fiscal_end,eps_estimate,eps_actual,surprise_percent"
    return "\n".join([header, *rows, f"Next report: {snapshot.earnings.expected or 'day unknown'}."])


def _report(one: EarningsReport) -> str:
    figures = ["" if value is None else figure(value) for value in (one.eps_estimate, one.eps_actual, one.surprise)]
    return ",".join([str(one.reported.astimezone(NEW_YORK).date()), str(one.fiscal_end or ""), *figures])


def insiders(snapshot: MarketSnapshot, asked: InsidersArguments) -> str:
    """The newest trades as a table inside the fence, for names are text from outside."""
    if gap := missing(snapshot.insiders, "insiders"):
        return gap
    rows = [_trade(one) for one in snapshot.insiders.trades[: asked.count]]
    return fenced(["traded,filed,insider,role,side,shares,price", *rows])


def _trade(one: InsiderTrade) -> str:
    price = "" if one.price is None else figure(one.price)
    who = [cell(one.insider), cell(one.role)]
    return ",".join([str(one.traded), str(one.filed or "unknown"), *who, one.side, figure(one.shares), price])
