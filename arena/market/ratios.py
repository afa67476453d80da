"""Ratios computed from the statements public at an instant and the last close known at it.

The promise: absent rather than wrong. A ratio is there only when every figure it needs is, all in one currency;
flows are those of four quarters in a row, else of the newest fiscal year, never of fewer quarters scaled up; a
ratio to something that is not positive (earnings, equity, last year's income) says nothing and is not there.
No vendor's own ratios are read: they are today's. Vendors restate share counts for later splits, so a multiple
of the price is there only where no split can lie between the balance and the close.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from arena.market.doubts import judge
from arena.records.market import PriceSection, Ratio, RatioName, Statement

Kind = Literal["income", "balance_sheet", "cash_flow"]
Basis = Literal["trailing_year", "year", "quarter", "day"]

FOUR_DECIMALS = Decimal("0.0001")
SLACK = timedelta(days=7)
"""By how much the statements of one period may differ in its last day: fiscal ends fall on weekdays, or are rounded."""

A_QUARTER = (timedelta(days=80), timedelta(days=101))
"""How far apart the ends of two quarters in a row lie: 12 to 14 weeks, and the slack."""

A_YEAR = timedelta(days=365)

BORROWED = ("long_term_debt", "short_term_debt", "current_long_term_debt", "capital_lease_obligations")
"""The lines a total debt is made of, as far as a vendor has them; some count what falls due soon twice."""

DEBT_GIVE = Decimal("0.25")
"""By how much of them a total may miss its parts before it is taken for an error."""


class _Span(NamedTuple):
    """What flowed over a year: one statement, or four quarters."""

    statements: tuple[Statement, ...]
    basis: Basis

    @property
    def end(self) -> date:
        return self.statements[0].fiscal_end

    def total(self, item: str) -> Decimal | None:
        """The sum; None where any of the statements lacks the line."""
        lines = [statement.items.get(item) for statement in self.statements]
        return sum((line for line in lines if line is not None), Decimal(0)) if None not in lines else None


def ratios(statements: Sequence[Statement], prices: PriceSection) -> tuple[Ratio, ...]:
    """All ratios that can be computed, in a fixed order. `statements` are those public, one for each period."""
    income = _span(statements, "income")
    balance = _newest(statements, "balance_sheet")
    found = [
        *(_margins(income, _span(statements, "cash_flow")) if income else ()),
        *(_returns(income, balance) if income and balance else ()),
        *(_solvency(balance) if balance else ()),
        *_growth(statements),
        *(_multiples(income, balance, prices) if income and balance else ()),
    ]
    return tuple(found)


def _margins(income: _Span, cash: _Span | None) -> Iterator[Ratio]:
    """Gross, operating and net margin: that income over total revenue, both of the same year.

    Free cash flow margin: (operating cash flow - capital expenditure) over total revenue. Capital expenditure is
    money spent and positive, as the vendors' shared terms have it. Definitions as in Penman, Financial Statement
    Analysis and Security Valuation.
    """
    revenue = _positive(income.total("total_revenue"))
    if revenue is None:
        return
    margins: tuple[tuple[RatioName, str], ...] = (
        ("gross_margin", "gross_profit"),
        ("operating_margin", "operating_income"),
        ("net_margin", "net_income"),
    )
    for name, item in margins:
        if (earned := income.total(item)) is not None:
            yield _ratio(name, earned / revenue, income.basis, income.statements)
    if cash is None or cash.basis != income.basis or not _alike(cash.statements, income.statements):
        return
    operating, spent = cash.total("operating_cash_flow"), cash.total("capital_expenditure")
    if operating is not None and spent is not None:
        yield _ratio("free_cash_flow_margin", (operating - spent) / revenue, income.basis, income.statements)


def _returns(income: _Span, balance: Statement) -> Iterator[Ratio]:
    """Return on equity and on assets: the year's net income over the equity or total assets at that year's end."""
    earned = income.total("net_income")
    if earned is None or not _alike((balance,), income.statements[:1]):
        return
    held: tuple[tuple[RatioName, str], ...] = (
        ("return_on_equity", "shareholder_equity"),
        ("return_on_assets", "total_assets"),
    )
    for name, item in held:
        if amount := _positive(balance.items.get(item)):
            yield _ratio(name, earned / amount, income.basis, income.statements)


def _solvency(balance: Statement) -> Iterator[Ratio]:
    """Current ratio: current assets over current liabilities. Debt to equity: total debt over equity."""
    shares: tuple[tuple[RatioName, Decimal | None, str], ...] = (
        ("current_ratio", balance.items.get("total_current_assets"), "total_current_liabilities"),
        ("debt_to_equity", _debt(balance), "shareholder_equity"),
    )
    for name, amount, below in shares:
        base = _positive(balance.items.get(below))
        if amount is not None and base is not None:
            yield _ratio(name, amount / base, "day", (balance,))


def _debt(balance: Statement) -> Decimal | None:
    """The total debt; None where the statement's own lines contradict it.

    Alpha Vantage has been recorded with a negative one (GOOGL, 2021-09-30) and with one twice its parts (AAPL, the
    same day). Where there are no parts but the long-term debt, leases may be in the total, so it has no upper bound.
    """
    total, long_term = balance.items.get("total_debt"), balance.items.get("long_term_debt")
    if total is None or total < 0:
        return None
    if long_term is None:
        return total
    parts = [balance.items[line] for line in BORROWED if line in balance.items]
    too_small = total < long_term * (1 - DEBT_GIVE)
    too_large = len(parts) > 1 and total > sum(parts) * (1 + DEBT_GIVE)
    return None if too_small or too_large else total


def _growth(statements: Sequence[Statement]) -> Iterator[Ratio]:
    """Revenue and net income of the newest period over those of the same period a year before, less one."""
    newest = _newest(statements, "income")
    before = newest and next((one for one in statements if newest and _a_year_before(newest, one)), None)
    if newest is None or before is None:
        return
    grown: tuple[tuple[RatioName, str], ...] = (
        ("revenue_growth", "total_revenue"),
        ("net_income_growth", "net_income"),
    )
    for name, item in grown:
        now, then = newest.items.get(item), _positive(before.items.get(item))
        if now is not None and then is not None:
            yield _ratio(name, now / then - 1, newest.period, (newest, before))


def _multiples(income: _Span, balance: Statement, prices: PriceSection) -> Iterator[Ratio]:
    """Price to earnings, sales and book: last close times shares outstanding, over net income, revenue, or equity.

    Income and revenue are the year's, shares and equity those of the newest balance sheet.
    """
    shares = _positive(balance.items.get("shares_outstanding"))
    same_money = balance.currency == prices.currency == income.statements[0].currency
    if shares is None or not same_money or not _no_split_since(balance.fiscal_end, prices):
        return
    value = prices.bars[-1].close * shares
    if earned := _positive(income.total("net_income")):
        yield _ratio("price_to_earnings", value / earned, income.basis, income.statements)
    if revenue := _positive(income.total("total_revenue")):
        yield _ratio("price_to_sales", value / revenue, income.basis, income.statements)
    if equity := _positive(balance.items.get("shareholder_equity")):
        yield _ratio("price_to_book", value / equity, "day", (balance,))


def _no_split_since(day: date, prices: PriceSection) -> bool:
    """Whether the prices show every session since the day, and neither a split nor a jump that may be one."""
    if prices.status != "ok" or prices.bars[0].session > day + SLACK:
        return False
    if any(split.ex_date > day - SLACK for split in prices.splits):
        return False
    since = [bar for bar in prices.bars if bar.session >= day - SLACK]
    return not judge(since, prices.splits, prices.dividends).jumps


def _span(statements: Sequence[Statement], kind: Kind) -> _Span | None:
    """The newest four quarters in a row, or the newest year where that ends later or there are no four."""
    quarters = [one for one in statements if one.kind == kind and one.period == "quarter"][:4]
    year = next((one for one in statements if one.kind == kind and one.period == "year"), None)
    whole = len(quarters) == 4 and _in_a_row(quarters)
    if whole and (year is None or quarters[0].fiscal_end >= year.fiscal_end - SLACK):
        return _Span(tuple(quarters), "trailing_year")
    return _Span((year,), "year") if year else None


def _in_a_row(quarters: Sequence[Statement]) -> bool:
    shortest, longest = A_QUARTER
    return len({one.currency for one in quarters}) == 1 and all(
        shortest <= later.fiscal_end - earlier.fiscal_end <= longest for later, earlier in pairwise(quarters)
    )


def _newest(statements: Sequence[Statement], kind: Kind) -> Statement | None:
    """The newest of a kind, the quarter before the year where both end alike."""
    of_kind = [one for one in statements if one.kind == kind]
    return max(of_kind, key=lambda one: (one.fiscal_end, one.period == "quarter"), default=None)


def _a_year_before(newest: Statement, other: Statement) -> bool:
    same = (other.kind, other.period, other.currency) == (newest.kind, newest.period, newest.currency)
    return same and abs(newest.fiscal_end - other.fiscal_end - A_YEAR) <= SLACK


def _alike(some: Sequence[Statement], others: Sequence[Statement]) -> bool:
    """Whether two rows of statements cover the same periods in the same currency."""
    return len(some) == len(others) and all(
        abs(one.fiscal_end - other.fiscal_end) <= SLACK and one.currency == other.currency
        for one, other in zip(some, others, strict=True)
    )


def _positive(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and amount > 0 else None


def _ratio(name: RatioName, value: Decimal, basis: Basis, rests_on: Sequence[Statement]) -> Ratio:
    ends = tuple(one.fiscal_end for one in rests_on)
    return Ratio(name=name, value=value.quantize(FOUR_DECIMALS), basis=basis, fiscal_ends=ends)
