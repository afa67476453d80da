"""INCOME_STATEMENT, BALANCE_SHEET, CASH_FLOW and OVERVIEW as records.

`reportedEPS` of EARNINGS is left out: the vendor restates it for later splits, so it looks ahead.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import Body, number, optional_text, reason, rows
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
) -> tuple[Statement, ...]:
    """INCOME_STATEMENT, BALANCE_SHEET and CASH_FLOW, newest first; None for one that was not asked.

    `filed` is EARNINGS' reportedDate of the fiscal period that ends within a week of the statement's (the
    two round month ends differently), and None where it has no such period. Lines the vendor leaves open
    are absent; the rest keep the vendor's signs (capital_expenditure is positive).
    """
    reported = _reported_dates(earnings)
    bodies: tuple[tuple[StatementKind, Body | None], ...] = (
        ("income", income),
        ("balance_sheet", balance_sheet),
        ("cash_flow", cash_flow),
    )
    statements = [
        statement for kind, body in bodies if body is not None for statement in _statements(kind, body, reported)
    ]
    return tuple(sorted(statements, key=lambda found: (found.fiscal_end, found.kind, found.period), reverse=True))


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


def _statements(kind: StatementKind, body: Body, reported: Sequence[tuple[date, date]]) -> list[Statement]:
    quarters = [_statement(kind, "quarter", row, reported) for row in rows(body, "quarterlyReports")]
    return quarters + [_statement(kind, "year", row, reported) for row in rows(body, "annualReports")]


def _statement(
    kind: StatementKind, period: Literal["quarter", "year"], row: Body, reported: Sequence[tuple[date, date]]
) -> Statement:
    try:
        fiscal_end = date.fromisoformat(row["fiscalDateEnding"])
        lines = {name: value for name, value in row.items() if name not in ("fiscalDateEnding", "reportedCurrency")}
        return Statement(
            kind=kind,
            period=period,
            fiscal_end=fiscal_end,
            filed=_filed(fiscal_end, reported),
            currency=optional_text(row.get("reportedCurrency")),
            items={_item_name(name): number(lines, name) for name in lines if optional_text(lines[name])},
        )
    except (KeyError, TypeError, ValueError) as error:
        shown = f"{kind} statement of {row.get('fiscalDateEnding')}"
        raise VendorError(f"the {shown} cannot be read: {reason(error)}") from error


def _reported_dates(earnings: Body | None) -> list[tuple[date, date]]:
    """Fiscal end and reported date of every quarter that has both."""
    if earnings is None:
        return []
    try:
        return [
            (date.fromisoformat(row["fiscalDateEnding"]), date.fromisoformat(row["reportedDate"]))
            for row in rows(earnings, "quarterlyEarnings")
            if optional_text(row.get("reportedDate"))
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise VendorError(f"the earnings cannot be read: {reason(error)}") from error


def _filed(fiscal_end: date, reported: Sequence[tuple[date, date]]) -> date | None:
    near = [
        (abs((fiscal_end - end).days), day)
        for end, day in reported
        if abs((fiscal_end - end).days) <= _FISCAL_END_SLACK and day > fiscal_end
    ]
    return min(near)[1] if near else None


def _item_name(name: str) -> str:
    return ITEM_NAMES.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
