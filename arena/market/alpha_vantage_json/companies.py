"""INCOME_STATEMENT, BALANCE_SHEET, CASH_FLOW and OVERVIEW as records.

What of a company's statements cannot be read is left out and told as a flaw, so that it takes no other with it.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import Body, Flaw, day, number, optional_text, reason, rows
from arena.market.sections.company import FILING_DAYS
from arena.records.market import Identity, Statement

StatementKind = Literal["income", "balance_sheet", "cash_flow"]

ITEM_NAMES = {
    "capitalExpenditures": "capital_expenditure",
    "cashAndCashEquivalentsAtCarryingValue": "cash_and_equivalents",
    "cashflowFromFinancing": "financing_cash_flow",
    "cashflowFromInvestment": "investing_cash_flow",
    "commonStockSharesOutstanding": "shares_outstanding",
    "costofGoodsAndServicesSold": "cost_of_goods_and_services_sold",
    "operatingCashflow": "operating_cash_flow",
    "otherNonCurrrentAssets": "other_non_current_assets",
    "shortLongTermDebtTotal": "total_debt",
    "totalShareholderEquity": "shareholder_equity",
}
"""The vendor's names that snake_case alone would not turn into the terms all vendors share."""

_FISCAL_END_SLACK = 7
"""Days by which a fiscal end may differ between EARNINGS, which rounds to month ends, and the statements."""


def parse_statements(
    income: Body | None, balance_sheet: Body | None, cash_flow: Body | None, earnings: Body | None
) -> tuple[tuple[Statement, ...], tuple[Flaw, ...]]:
    """INCOME_STATEMENT, BALANCE_SHEET and CASH_FLOW, newest first, and what could not be read of them.

    None for one that was not asked. `filed` is EARNINGS' reportedDate of the fiscal period that ends within a
    week of the statement's (the two round month ends differently), and None where it has no such period. Lines
    the vendor leaves open are absent; the rest keep the vendor's signs (capital_expenditure is positive).
    """
    reported, flaws = _reported_dates(earnings)
    bodies: tuple[tuple[StatementKind, Body | None], ...] = (
        ("income", income),
        ("balance_sheet", balance_sheet),
        ("cash_flow", cash_flow),
    )
    found = [one for kind, body in bodies if body is not None for one in _statements(kind, body, reported)]
    statements = [one for one in found if isinstance(one, Statement)]
    flaws += [one for one in found if isinstance(one, Flaw)]
    statements.sort(key=lambda one: (one.fiscal_end, one.kind, one.period), reverse=True)
    return tuple(statements), tuple(flaws)


def parse_overview(body: Body, ticker: str) -> Identity:
    """OVERVIEW: who the company is. Its ratios are today's and therefore not read."""
    if body.get("Symbol") != ticker:
        raise VendorError(f"the overview is of {body.get('Symbol')!r}, not of {ticker!r}")
    return Identity(
        ticker=ticker,
        name=optional_text(body.get("Name")),
        exchange=optional_text(body.get("Exchange")),
        sector=optional_text(body.get("Sector")),
        currency=optional_text(body.get("Currency")),
    )


def _statements(kind: StatementKind, body: Body, reported: Sequence[tuple[date, date]]) -> list[Statement | Flaw]:
    quarters = [_statement(kind, "quarter", row, reported) for row in rows(body, "quarterlyReports")]
    return quarters + [_statement(kind, "year", row, reported) for row in rows(body, "annualReports")]


def _statement(
    kind: StatementKind, period: Literal["quarter", "year"], row: Body, reported: Sequence[tuple[date, date]]
) -> Statement | Flaw:
    fiscal_end = filed = None
    try:
        fiscal_end = day(row, "fiscalDateEnding")
        filed = _filed(fiscal_end, reported)
        lines = {name: value for name, value in row.items() if name not in ("fiscalDateEnding", "reportedCurrency")}
        return Statement(
            kind=kind,
            period=period,
            fiscal_end=fiscal_end,
            filed=filed,
            currency=optional_text(row.get("reportedCurrency")),
            items={_item_name(name): number(lines, name) for name in lines if optional_text(lines[name])},
        )
    except ValueError as error:
        shown = f"the {kind} statement of the {period} that ends {fiscal_end or 'on an unknown day'}"
        public = filed or (fiscal_end and fiscal_end + timedelta(days=FILING_DAYS[period]))
        return Flaw(public, f"{shown} cannot be read and is left out: {reason(error)}")


def _reported_dates(earnings: Body | None) -> tuple[list[tuple[date, date]], list[Flaw]]:
    """Fiscal end and reported date of every quarter that has both."""
    found: list[tuple[date, date]] = []
    flaws: list[Flaw] = []
    for row in rows(earnings, "quarterlyEarnings") if earnings is not None else ():
        if optional_text(row.get("reportedDate")):
            try:
                found.append((day(row, "fiscalDateEnding"), day(row, "reportedDate")))
            except ValueError as error:
                flaws.append(Flaw(None, f"a date of report cannot be read and is left out: {reason(error)}"))
    return found, flaws


def _filed(fiscal_end: date, reported: Sequence[tuple[date, date]]) -> date | None:
    near = [
        (abs((fiscal_end - end).days), public)
        for end, public in reported
        if abs((fiscal_end - end).days) <= _FISCAL_END_SLACK and public > fiscal_end
    ]
    return min(near)[1] if near else None


def _item_name(name: str) -> str:
    return ITEM_NAMES.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
