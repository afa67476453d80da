"""Recorded statements at an instant: filing dates, stated lags, and the versions known then."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from arena.config.market import MarketSettings
from arena.market.answers import Answered
from arena.market.files import FilesVendor
from arena.market.sections import fundamentals_section
from arena.records.market import Fundamentals, FundamentalsSection, PriceSection, Statement

RETRIEVED = datetime(2025, 11, 3, tzinfo=UTC)
NO_PRICES = PriceSection(status="no_data")
LAG = "a quarter's counts as public 45 days after its end, a year's after 90"


def at(session: date, *statements: Statement) -> FundamentalsSection:
    return section_of(Fundamentals(statements=statements), session)


def section_of(facts: Fundamentals, session: date) -> FundamentalsSection:
    return fundamentals_section(Answered("files", facts, RETRIEVED), session, NO_PRICES, most=MarketSettings().periods)


def filed(recorded: Path, ticker: str) -> tuple[Statement, ...]:
    """The recorded income statements, with the filing dates they came with."""
    folder = recorded / "point-in-time" / "financials"
    found: list[Statement] = []
    periods: tuple[tuple[Literal["quarter", "year"], str], ...] = (("quarter", "quarterly"), ("year", "annual"))
    for period, name in periods:
        for row in json.loads((folder / f"{ticker}.{name}.json").read_text()):
            lines: dict[str, Any] = row["financials"].get("income_statement", {})
            found.append(
                Statement(
                    kind="income",
                    period=period,
                    fiscal_end=date.fromisoformat(row["end_date"]),
                    filed=date.fromisoformat(row["filing_date"]) if row.get("filing_date") else None,
                    items={line: Decimal(str(cell["value"])) for line, cell in lines.items()},
                )
            )
    return tuple(found)


def newest(section: FundamentalsSection, period: str) -> date:
    return next(one.fiscal_end for one in section.statements if one.period == period)


@pytest.mark.real_data
def test_a_fiscal_fourth_quarter_without_a_filing_date_counts_from_the_stated_lag(recorded: Path) -> None:
    apple = filed(recorded, "AAPL")
    before, after = at(date(2024, 11, 11), *apple), at(date(2024, 11, 12), *apple)
    assert newest(before, "quarter") == date(2024, 6, 29)
    assert newest(after, "quarter") == date(2024, 9, 28)  # and 45 days
    assert newest(before, "year") == date(2024, 9, 28)  # filed on 2024-11-01
    assert any(LAG in note for note in after.notes)


@pytest.mark.real_data
def test_a_dated_quarter_is_known_at_the_close_of_the_day_after_its_filing(recorded: Path) -> None:
    apple = filed(recorded, "AAPL")  # the quarter to 2025-03-29 was filed on Friday, 2025-05-02
    assert newest(at(date(2025, 5, 2), *apple), "quarter") == date(2024, 12, 28)
    assert newest(at(date(2025, 5, 5), *apple), "quarter") == date(2025, 3, 29)


@pytest.mark.real_data
@pytest.mark.parametrize("ticker", ["AAPL", "AMZN", "MSFT"])
def test_no_session_sees_a_recorded_statement_before_it_was_filed(recorded: Path, ticker: str) -> None:
    statements = filed(recorded, ticker)
    for session in (date(2015, 1, 30), date(2020, 7, 31), date(2024, 10, 31), date(2025, 7, 30)):
        section = at(session, *statements)
        assert section.statements
        assert all(one.filed is None or one.filed < session for one in section.statements)
        assert all((session - one.fiscal_end).days >= 45 for one in section.statements if one.filed is None)


@pytest.mark.real_data
def test_recorded_statements_make_ratios_of_the_quarters_reported_by_then(recorded: Path) -> None:
    answer = FilesVendor(recorded / "alpha-vantage" / "statements-2021").fundamentals("AAPL", RETRIEVED)
    section = section_of(answer, date(2021, 9, 15))
    found = {one.name: one for one in section.ratios}
    assert found["net_margin"].fiscal_ends == (
        date(2021, 6, 30),
        date(2021, 3, 31),
        date(2020, 12, 31),
        date(2020, 9, 30),
    )
    assert found["net_margin"].value == Decimal("0.2515")  # 86.8 of 345.1 billion
    assert found["current_ratio"].value == Decimal("1.0619")
    assert "price_to_earnings" not in found  # there are no prices


def income(end: date, filed: date | None, net: int, period: Literal["quarter", "year"] = "quarter") -> Statement:
    return Statement(kind="income", period=period, fiscal_end=end, filed=filed, items={"net_income": Decimal(net)})


def test_of_two_versions_of_a_period_the_one_known_last_is_shown() -> None:
    first = income(date(2024, 12, 31), date(2025, 2, 3), 100)
    restated = income(date(2024, 12, 31), date(2025, 6, 2), 70)
    for versions in ((first, restated), (restated, first)):
        assert at(date(2025, 6, 2), *versions).statements == (first,)
        assert at(date(2025, 6, 3), *versions).statements == (restated,)


def test_an_undated_version_does_not_replace_a_dated_one() -> None:
    dated = income(date(2024, 12, 31), date(2025, 2, 3), 100)
    undated = income(date(2024, 12, 31), None, 70)
    assert at(date(2025, 6, 3), undated, dated).statements == (dated,)


def test_an_undated_fourth_quarter_waits_for_a_year_that_was_filed_late() -> None:
    quarter = income(date(2024, 12, 31), None, 100)
    year = income(date(2024, 12, 31), date(2025, 3, 14), 400, "year")  # 45 days after its end are on 2025-02-14
    assert at(date(2025, 3, 14), quarter, year).status == "no_data"
    assert at(date(2025, 3, 17), quarter, year).statements == (year, quarter)
