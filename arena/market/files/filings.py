"""Statements as Polygon answers them (`vX/reference/financials`): a JSON list of filings, quarters or years.

Fiscal fourth quarters have no filing of their own, so `filing_date` is null there: their figures became public with
the year's report, and count from the filing date of the year that ends with them, where the years are there too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import ValidationError

from arena.market.alpha_vantage_json import Flaw
from arena.market.files.rows import reason
from arena.market.sections.company import FILING_DAYS
from arena.records.base import plain
from arena.records.market import Statement

Filing = Mapping[str, Any]
Period = Literal["quarter", "year"]

_KINDS: Mapping[str, Literal["income", "balance_sheet", "cash_flow"]] = {
    "income_statement": "income",
    "balance_sheet": "balance_sheet",
    "cash_flow_statement": "cash_flow",
}

ITEM_NAMES = {
    "assets": "total_assets",
    "current_assets": "total_current_assets",
    "current_liabilities": "total_current_liabilities",
    "equity_attributable_to_parent": "shareholder_equity",
    "income_loss_from_continuing_operations_before_tax": "income_before_tax",
    "income_tax_expense_benefit": "income_tax_expense",
    "interest_expense_operating": "interest_expense",
    "liabilities": "total_liabilities",
    "net_cash_flow_from_financing_activities": "financing_cash_flow",
    "net_cash_flow_from_investing_activities": "investing_cash_flow",
    "net_cash_flow_from_operating_activities": "operating_cash_flow",
    "net_income_loss": "net_income",
    "operating_income_loss": "operating_income",
    "revenues": "total_revenue",
    "selling_general_and_administrative_expenses": "selling_general_and_administrative",
}
"""The lines that have a term all vendors share; the others keep their names."""

_CURRENCY = re.compile(r"[A-Z]{3}")


def parse_filings(
    quarters: Sequence[Filing], years: Sequence[Filing]
) -> tuple[tuple[Statement, ...], tuple[Flaw, ...]]:
    """The statements, newest first, and what could not be read of them."""
    filed = {year["end_date"]: year.get("filing_date") for year in years if "end_date" in year}
    found = [
        *_statements("quarter", quarters, filed),
        *_statements("year", years, {}),
    ]
    statements = [one for one in found if isinstance(one, Statement)]
    statements.sort(key=lambda one: (one.fiscal_end, one.kind, one.period), reverse=True)
    return tuple(statements), tuple(one for one in found if isinstance(one, Flaw))


def _statements(
    period: Period, filings: Sequence[Filing], filed: Mapping[str, str | None]
) -> Iterable[Statement | Flaw]:
    for filing in filings:
        for name, kind in _KINDS.items():
            if filing.get("financials", {}).get(name):
                yield _statement(kind, name, period, filing, filed)


def _statement(
    kind: Literal["income", "balance_sheet", "cash_flow"],
    name: str,
    period: Period,
    filing: Filing,
    filed: Mapping[str, str | None],
) -> Statement | Flaw:
    fiscal_end = public = None
    try:
        fiscal_end = date.fromisoformat(filing["end_date"])
        named = filing.get("filing_date") or filed.get(filing["end_date"])
        public = date.fromisoformat(named) if named else None
        lines = filing["financials"][name]
        return Statement(
            kind=kind,
            period=period,
            fiscal_end=fiscal_end,
            filed=public,
            currency=_currency(lines.values()),
            items={ITEM_NAMES.get(line, line): plain(Decimal(cells["value"])) for line, cells in lines.items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        said = reason(error) if isinstance(error, ValidationError) else f"{type(error).__name__} {error}"
        shown = f"the {kind} statement of the {period} that ends {fiscal_end or 'on an unknown day'}"
        known = public or (fiscal_end and fiscal_end + timedelta(days=FILING_DAYS[period]))
        return Flaw(known, f"{shown} cannot be read and is left out: {said}")


def _currency(lines: Iterable[Mapping[str, Any]]) -> str | None:
    """The unit most lines are in; shares and amounts a share are units, too."""
    units = [str(line.get("unit")) for line in lines if _CURRENCY.fullmatch(str(line.get("unit")))]
    return max(set(units), key=units.count) if units else None
