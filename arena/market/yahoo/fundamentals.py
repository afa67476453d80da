"""Yahoo's statement tables read into records.

Yahoo names the end of a fiscal period but not the day it was filed, so `filed` is None. Per-share lines and
share counts are left out: Yahoo restates them for later splits, which looks ahead. Money that flows out
(capital expenditure, dividends, buybacks) is negative at Yahoo and positive here, as other vendors have it.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from arena.records.market import Statement

StatementKind = Literal["income", "balance_sheet", "cash_flow"]
Period = Literal["quarter", "year"]

ITEM_NAMES: dict[StatementKind, dict[str, str]] = {
    "income": {
        "TotalRevenue": "total_revenue",
        "CostOfRevenue": "cost_of_revenue",
        "GrossProfit": "gross_profit",
        "ResearchAndDevelopment": "research_and_development",
        "SellingGeneralAndAdministration": "selling_general_and_administrative",
        "OperatingExpense": "operating_expenses",
        "OperatingIncome": "operating_income",
        "InterestExpense": "interest_expense",
        "PretaxIncome": "income_before_tax",
        "TaxProvision": "income_tax_expense",
        "EBIT": "ebit",
        "EBITDA": "ebitda",
        "NetIncome": "net_income",
    },
    "balance_sheet": {
        "TotalAssets": "total_assets",
        "CurrentAssets": "total_current_assets",
        "CashAndCashEquivalents": "cash_and_equivalents",
        "Receivables": "current_net_receivables",
        "Inventory": "inventory",
        "NetPPE": "property_plant_equipment",
        "Goodwill": "goodwill",
        "TotalLiabilitiesNetMinorityInterest": "total_liabilities",
        "CurrentLiabilities": "total_current_liabilities",
        "AccountsPayable": "current_accounts_payable",
        "LongTermDebt": "long_term_debt",
        "TotalDebt": "total_debt",
        "RetainedEarnings": "retained_earnings",
        "StockholdersEquity": "shareholder_equity",
    },
    "cash_flow": {
        "OperatingCashFlow": "operating_cash_flow",
        "InvestingCashFlow": "investing_cash_flow",
        "FinancingCashFlow": "financing_cash_flow",
        "CapitalExpenditure": "capital_expenditure",
        "FreeCashFlow": "free_cash_flow",
        "DepreciationAndAmortization": "depreciation_and_amortization",
        "StockBasedCompensation": "stock_based_compensation",
        "CashDividendsPaid": "dividend_payout",
        "RepurchaseOfCapitalStock": "payments_for_repurchase_of_common_stock",
        "ChangesInCash": "change_in_cash",
    },
}
"""Yahoo's lines that are read, by statement, and the terms all vendors share."""

_OUTFLOWS = frozenset({"capital_expenditure", "dividend_payout", "payments_for_repurchase_of_common_stock"})


def read_statements(
    table: pd.DataFrame, kind: StatementKind, period: Period, currency: str | None
) -> Iterator[Statement]:
    """One statement a column that has any known line; lines down the side, fiscal ends along the top."""
    for fiscal_end in table.columns:
        if items := _items(table[fiscal_end].to_dict(), kind):
            yield Statement(
                kind=kind,
                period=period,
                fiscal_end=_day(fiscal_end),
                filed=None,
                currency=currency,
                items=items,
            )


def _items(column: Mapping[Any, float], kind: StatementKind) -> dict[str, Decimal]:
    named = {name: column.get(line) for line, name in ITEM_NAMES[kind].items()}
    return {
        name: _amount(-value if name in _OUTFLOWS else value)
        for name, value in named.items()
        if value is not None and not math.isnan(value)
    }


def _amount(value: float) -> Decimal:
    return Decimal(int(value)) if value.is_integer() else Decimal(repr(value))


def _day(column: Any) -> date:
    return pd.Timestamp(column).date()
