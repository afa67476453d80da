"""Every ratio worked out by hand on one invented company, and every reason for one not to be there."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.market.alpha_vantage_json import parse_statements
from arena.market.calendar import session_back
from arena.market.ratios import ratios
from arena.records.market import Dividend, PriceSection, Ratio, Split, Statement
from tests.arena.market.scripted import bar, bars

SESSION = date(2025, 10, 14)
ENDS = (date(2025, 6, 30), date(2025, 3, 31), date(2024, 12, 31), date(2024, 9, 30), date(2024, 6, 30))

INCOME = {"total_revenue": 1000, "gross_profit": 400, "operating_income": 300, "net_income": 200}
CASH = {"operating_cash_flow": 250, "capital_expenditure": 50}
BALANCE = {
    "total_assets": 8000,
    "total_current_assets": 1500,
    "total_current_liabilities": 1000,
    "total_debt": 1000,
    "shareholder_equity": 4000,
    "shares_outstanding": 160,
}


def statement(kind: Any, end: date, items: dict[str, Any], period: Any = "quarter", currency: Any = "USD") -> Statement:
    lines = {name: Decimal(str(value)) for name, value in items.items() if value is not None}
    return Statement(kind=kind, period=period, fiscal_end=end, filed=None, currency=currency, items=lines)


def company(income: dict[str, Any] | None = None, **balance: Any) -> list[Statement]:
    """Five quarters, newest first; the one a year ago had a revenue of 800 and a net income of 160."""
    year_ago = INCOME | {"total_revenue": 800, "net_income": 160}
    return [
        *(statement("income", end, INCOME | (income or {})) for end in ENDS[:4]),
        statement("income", ENDS[4], year_ago),
        *(statement("cash_flow", end, CASH) for end in ENDS[:4]),
        statement("balance_sheet", ENDS[0], BALANCE | balance),
    ]


def traded(**fields: Any) -> PriceSection:
    """Prices since before the newest balance, the last close at 100."""
    flat = tuple(bar(day.session, "100") for day in bars(date(2025, 6, 2), SESSION))
    return PriceSection(**({"status": "ok", "bars": flat} | fields))


def named(statements: list[Statement], prices: PriceSection | None = None) -> dict[str, Ratio]:
    return {one.name: one for one in ratios(statements, prices or traded())}


def test_each_ratio_by_hand() -> None:
    assert {name: one.value for name, one in named(company()).items()} == {
        "gross_margin": Decimal("0.4"),
        "operating_margin": Decimal("0.3"),
        "net_margin": Decimal("0.2"),
        "free_cash_flow_margin": Decimal("0.2"),  # (1000 - 200) / 4000
        "return_on_equity": Decimal("0.2"),  # 800 / 4000
        "return_on_assets": Decimal("0.1"),  # 800 / 8000
        "current_ratio": Decimal("1.5"),
        "debt_to_equity": Decimal("0.25"),
        "revenue_growth": Decimal("0.25"),  # 1000 / 800 - 1
        "net_income_growth": Decimal("0.25"),  # 200 / 160 - 1
        "price_to_earnings": Decimal(20),  # 100 x 160 / 800
        "price_to_sales": Decimal(4),  # 16,000 / 4,000
        "price_to_book": Decimal(4),
    }


def test_each_ratio_names_the_periods_it_rests_on() -> None:
    found = named(company())
    assert (found["net_margin"].basis, found["net_margin"].fiscal_ends) == ("trailing_year", ENDS[:4])
    assert (found["revenue_growth"].basis, found["revenue_growth"].fiscal_ends) == ("quarter", (ENDS[0], ENDS[4]))
    assert (found["current_ratio"].basis, found["current_ratio"].fiscal_ends) == ("day", ENDS[:1])


def test_three_quarters_are_no_year() -> None:
    found = named([one for one in company() if (one.kind, one.fiscal_end) != ("income", ENDS[2])])
    assert set(found) == {"current_ratio", "debt_to_equity", "revenue_growth", "net_income_growth"}


def test_a_fiscal_year_stands_where_a_quarter_is_missing() -> None:
    quarters = [one for one in company() if (one.kind, one.fiscal_end) != ("income", ENDS[2])]
    year = statement("income", date(2024, 12, 31), INCOME | {"gross_profit": 100}, "year")
    found = named([*quarters, year])
    assert (found["gross_margin"].value, found["gross_margin"].basis) == (Decimal("0.1"), "year")
    assert found["gross_margin"].fiscal_ends == (date(2024, 12, 31),)
    assert "return_on_equity" not in found  # the balance is of another day than that year's end
    assert "free_cash_flow_margin" not in found  # the cash flows are of other periods


@pytest.mark.parametrize(
    ("income", "balance", "gone"),
    [
        ({"net_income": -200}, {}, {"price_to_earnings"}),
        ({"net_income": 0}, {}, {"price_to_earnings"}),
        (
            {"total_revenue": 0},
            {},
            {"gross_margin", "operating_margin", "net_margin", "free_cash_flow_margin", "price_to_sales"},
        ),
        ({"gross_profit": None}, {}, {"gross_margin"}),
        ({}, {"shareholder_equity": -4000}, {"return_on_equity", "debt_to_equity", "price_to_book"}),
        ({}, {"shares_outstanding": None}, {"price_to_earnings", "price_to_sales", "price_to_book"}),
        ({}, {"total_debt": None}, {"debt_to_equity"}),
        ({}, {"total_debt": -200}, {"debt_to_equity"}),
        ({}, {"long_term_debt": 1400}, {"debt_to_equity"}),  # more than the total
        ({}, {"long_term_debt": 500, "short_term_debt": 100}, {"debt_to_equity"}),  # far less
        ({}, {"long_term_debt": 500}, set()),  # leases may be the rest
        ({}, {"long_term_debt": 800, "short_term_debt": 100, "current_long_term_debt": None}, set()),
        ({}, {"total_current_liabilities": 0}, {"current_ratio"}),
    ],
)
def test_a_ratio_that_would_mislead_is_not_there(
    income: dict[str, Any], balance: dict[str, Any], gone: set[str]
) -> None:
    assert set(named(company())) - set(named(company(income, **balance))) == gone


def test_growth_over_a_loss_is_not_there() -> None:
    statements = [one for one in company() if one.fiscal_end != ENDS[4]]
    loss = statement("income", ENDS[4], INCOME | {"net_income": -160})
    assert "net_income_growth" not in named([*statements, loss])


MULTIPLES = {"price_to_earnings", "price_to_sales", "price_to_book"}


@pytest.mark.parametrize(
    "prices",
    [
        traded(splits=(Split(ex_date=date(2025, 8, 1), ratio=Decimal(10)),)),
        traded(
            bars=tuple(bar(one.session, "100") for one in bars(date(2025, 8, 1), SESSION))
        ),  # begin after the balance
        traded(status="stale"),
        PriceSection(status="no_data"),
        traded(currency="EUR"),
        traded(  # a split the vendor does not list
            bars=tuple(
                bar(one.session, "1000" if one.session < date(2025, 8, 1) else "100")
                for one in bars(date(2025, 6, 2), SESSION)
            )
        ),
    ],
    ids=["split", "short", "stale", "none", "currency", "unlisted split"],
)
def test_a_multiple_is_not_there_where_share_counts_may_differ(prices: PriceSection) -> None:
    found = set(named(company(), prices))
    assert not found & MULTIPLES
    assert "net_margin" in found


def test_a_split_before_the_balance_and_a_dividend_after_it_do_not_matter() -> None:
    prices = traded(
        splits=(Split(ex_date=date(2025, 6, 10), ratio=Decimal(1)),),
        dividends=(Dividend(ex_date=session_back(SESSION, 3), amount=Decimal(1)),),
    )
    assert set(named(company(), prices)) >= MULTIPLES


def test_figures_in_two_currencies_are_not_mixed() -> None:
    mixed = [
        one if (one.kind, one.fiscal_end) != ("income", ENDS[1]) else one.model_copy(update={"currency": "EUR"})
        for one in company()
    ]
    assert "net_margin" not in named(mixed)


def test_no_statements_have_no_ratios() -> None:
    assert ratios((), traded()) == ()


@pytest.mark.real_data
def test_a_recorded_total_debt_that_its_own_parts_contradict_makes_no_ratio(recorded: Path) -> None:
    def found(ticker: str) -> Decimal | None:
        body = json.loads((recorded / "alpha-vantage" / "statements-2021" / f"{ticker}_balance_sheet.json").read_text())
        statements, _ = parse_statements(None, body, None, None)
        return next((one.value for one in ratios(statements, traded()) if one.name == "debt_to_equity"), None)

    assert {ticker: found(ticker) for ticker in ("AAPL", "GOOGL", "MSFT", "TSLA")} == {
        "AAPL": None,  # 241.8 billion, of which 134.9 are long-term
        "GOOGL": None,  # -0.2 billion
        "MSFT": Decimal("0.3506"),  # 53.3 / 152.0 billion
        "TSLA": Decimal("0.2269"),  # 6.1 / 27.1 billion
    }
