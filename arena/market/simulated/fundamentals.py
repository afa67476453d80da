"""The books of a simulated company.

The three statements of a quarter fit together: what is earned, invested, borrowed and paid out moves cash,
assets, liabilities and equity by exactly those amounts. Revenue grows faster after quarters that the share
spent in a bull regime and slower after bear ones. A quarter knows no price after its own end.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, NamedTuple

from arena.market.simulated.company import TAX_PERCENT, Company, company
from arena.market.simulated.prices import BEAR, BULL, MILLION, Series
from arena.market.simulated.streams import stream
from arena.records.market import Statement

CENT = Decimal("0.01")
QUARTERLY_INTEREST = 11_000
"""Of the debt at the quarter's start, in millionths."""
ANNUAL_DELAY = 20
"""Days by which a year's last quarter is filed later than others."""

# Item -> amount. Flows add up over a year, balances do not.
Items = dict[str, int]


class Quarter(NamedTuple):
    """One fiscal quarter's books."""

    end: date
    filed: date
    ends_year: bool
    shares: int
    """At its end."""
    income: Items
    balance: Items
    flows: Items


def quarters(seed: int, ticker: str, series: Series) -> Iterator[Quarter]:
    """The quarters that ended within the series, oldest first."""
    firm, drawn = company(seed, ticker), stream(seed, ticker, "fundamentals")
    revenue, shares, balance = firm.revenue, firm.shares, _first_balance(firm.revenue)
    for end, span in _calendar_quarters(series.sessions):
        growth_noise, margin_noise = (round(one * 12_000) for one in drawn.standard_normal(2).tolist())
        wait = int(drawn.integers(25, 38))
        mood = _mood(series.regimes[span])
        revenue = revenue * (MILLION + firm.growth + mood * 3 // 100 + growth_noise) // MILLION
        shares, paid = _paid_out(shares, series.splits[span], series.dividends[span])
        income = _income(firm, revenue, balance["total_debt"], mood // 100 + margin_noise)
        balance, flows = _close_books(firm, income, balance, paid)
        ends_year = end.month == firm.fiscal_year_end
        yield Quarter(
            end=end,
            filed=_weekday(end + timedelta(days=wait + (ANNUAL_DELAY if ends_year else 0))),
            ends_year=ends_year,
            shares=shares,
            income=income,
            balance=balance,
            flows=flows,
        )


def statements(books: Sequence[Quarter]) -> tuple[Statement, ...]:
    """The quarters' statements and those of the fiscal years they complete, newest first."""
    found = [one for quarter in books for one in _statements(quarter, "quarter")]
    for last, quarter in enumerate(books):
        if quarter.ends_year and last >= 3:
            found.extend(_statements(_year(books[last - 3 : last + 1]), "year"))
    return tuple(sorted(found, key=lambda one: (one.fiscal_end, one.kind, one.period), reverse=True))


def _calendar_quarters(sessions: Sequence[date]) -> Iterator[tuple[date, slice]]:
    """The last day of each quarter that has ended, and where its sessions are."""
    start = 0
    while start < len(sessions):
        following = _next_quarter(sessions[start])
        stop = bisect_left(sessions, following, start)
        if stop < len(sessions):
            yield following - timedelta(days=1), slice(start, stop)
        start = stop


def _next_quarter(day: date) -> date:
    """The first day of the quarter that follows the day's own."""
    year, month = divmod(12 * day.year + 3 * ((day.month - 1) // 3 + 1), 12)
    return date(year, month + 1, 1)


def _mood(regimes: Sequence[int]) -> int:
    """The sessions in a bull regime less those in a bear one, in millionths of all."""
    return (regimes.count(BULL) - regimes.count(BEAR)) * MILLION // len(regimes)


def _paid_out(shares: int, splits: Sequence[int], dividends: Sequence[int]) -> tuple[int, int]:
    """The shares at the quarter's end, and the dollars paid on them on the way."""
    paid = 0
    for split, dividend in zip(splits, dividends, strict=True):
        shares *= split
        paid += shares * dividend // 100
    return shares, paid


def _first_balance(revenue: int) -> Items:
    return _balance(
        cash=revenue,
        receivables=revenue // 2,
        equipment=2 * revenue,
        payables=revenue // 5,
        debt=revenue // 2,
    )


def _balance(cash: int, receivables: int, equipment: int, payables: int, debt: int) -> Items:
    assets, liabilities = cash + receivables + equipment, payables + debt
    return {
        "cash_and_equivalents": cash,
        "current_net_receivables": receivables,
        "total_current_assets": cash + receivables,
        "property_plant_equipment": equipment,
        "total_assets": assets,
        "current_accounts_payable": payables,
        "total_debt": debt,
        "total_liabilities": liabilities,
        "shareholder_equity": assets - liabilities,
    }


def _income(firm: Company, revenue: int, debt: int, margin: int) -> Items:
    cost = revenue * (firm.cost - margin) // MILLION
    research, overhead = revenue * firm.research // MILLION, revenue * firm.overhead // MILLION
    interest = debt * QUARTERLY_INTEREST // MILLION
    operating = revenue - cost - research - overhead
    before_tax = operating - interest
    tax = max(0, before_tax) * TAX_PERCENT // 100
    return {
        "total_revenue": revenue,
        "cost_of_revenue": cost,
        "gross_profit": revenue - cost,
        "research_and_development": research,
        "selling_general_and_administrative": overhead,
        "operating_expenses": research + overhead,
        "operating_income": operating,
        "interest_expense": interest,
        "income_before_tax": before_tax,
        "income_tax_expense": tax,
        "net_income": before_tax - tax,
    }


def _close_books(firm: Company, income: Items, before: Items, dividends: int) -> tuple[Items, Items]:
    """The balance after the quarter, and its cash flows.

    Debt is brought to half the quarter's revenue, and above it where cash would fall below a tenth; cash
    above the whole buys back shares, which staff then receive, so that their number stays.
    """
    revenue = income["total_revenue"]
    depreciation, investment = revenue * firm.depreciation // MILLION, revenue * firm.investment // MILLION
    receivables, payables = revenue // 2, income["cost_of_revenue"] // 3
    tied_up = receivables - before["current_net_receivables"] - (payables - before["current_accounts_payable"])
    operating = income["net_income"] + depreciation - tied_up
    borrowed = revenue // 2 - before["total_debt"]
    cash = before["cash_and_equivalents"] + operating - investment - dividends + borrowed
    shortfall, repurchased = max(0, revenue // 10 - cash), max(0, cash - revenue)
    financing = borrowed + shortfall - dividends - repurchased
    flows = {
        "depreciation_and_amortization": depreciation,
        "operating_cash_flow": operating,
        "capital_expenditure": investment,
        "free_cash_flow": operating - investment,
        "investing_cash_flow": -investment,
        "dividend_payout": dividends,
        "payments_for_repurchase_of_common_stock": repurchased,
        "financing_cash_flow": financing,
        "change_in_cash": operating - investment + financing,
    }
    balance = _balance(
        cash=cash + shortfall - repurchased,
        receivables=receivables,
        equipment=before["property_plant_equipment"] + investment - depreciation,
        payables=payables,
        debt=before["total_debt"] + borrowed + shortfall,
    )
    return balance, flows


def _year(books: Sequence[Quarter]) -> Quarter:
    """Four quarters as one year: flows add up, the rest is the last quarter's."""
    return books[-1]._replace(
        income=_sum([quarter.income for quarter in books]), flows=_sum([quarter.flows for quarter in books])
    )


def _sum(parts: Sequence[Items]) -> Items:
    return {name: sum(part[name] for part in parts) for name in parts[0]}


def _statements(books: Quarter, period: Literal["quarter", "year"]) -> Iterator[Statement]:
    shares = Decimal(books.shares)
    per_share = (books.income["net_income"] / shares).quantize(CENT, rounding=ROUND_HALF_EVEN)
    contents: tuple[tuple[Literal["income", "balance_sheet", "cash_flow"], dict[str, Decimal]], ...] = (
        ("income", {**_decimals(books.income), "diluted_shares": shares, "diluted_eps": per_share}),
        ("balance_sheet", {**_decimals(books.balance), "shares_outstanding": shares}),
        ("cash_flow", _decimals(books.flows)),
    )
    for kind, items in contents:
        yield Statement(kind=kind, period=period, fiscal_end=books.end, filed=books.filed, currency="USD", items=items)


def _decimals(items: Items) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in items.items()}


def _weekday(day: date) -> date:
    """The day, or the Monday after its weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
