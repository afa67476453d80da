"""The companies of the simulated market: what they file, report and whose insiders trade."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from arena.market.calendar import close_of, sessions_between
from arena.market.simulated import SimulatedVendor
from arena.market.simulated.earnings import earnings
from arena.market.simulated.fundamentals import quarters
from arena.market.simulated.prices import BEAR, BULL, simulate
from arena.records.market import Statement

FIRST, END = date(2018, 1, 2), date(2025, 12, 31)
AS_OF = datetime(2025, 10, 14, 20, tzinfo=UTC)
TICKERS = ("AAPL", "NVDA", "META", "QQQ", "KO", "BRK.B", "ZZZZ", "X")


@pytest.fixture(scope="module")
def vendor() -> SimulatedVendor:
    return SimulatedVendor(7)


@pytest.fixture(scope="module", params=TICKERS)
def books(vendor, request) -> dict[tuple[str, str, date], Statement]:
    statements = vendor.fundamentals(request.param, AS_OF).statements
    return {(one.kind, one.period, one.fiscal_end): one for one in statements}


def test_the_three_statements_fit_together(books):
    ends = sorted(end for kind, period, end in books if (kind, period) == ("income", "quarter"))
    assert ends[0] == date(2018, 3, 31)
    before = None
    for end in ends:
        income, balance, flow = (books[kind, "quarter", end].items for kind in ("income", "balance_sheet", "cash_flow"))
        assert income["gross_profit"] == income["total_revenue"] - income["cost_of_revenue"]
        assert income["operating_income"] == income["gross_profit"] - income["operating_expenses"]
        assert income["income_before_tax"] == income["operating_income"] - income["interest_expense"]
        assert income["net_income"] == income["income_before_tax"] - income["income_tax_expense"]
        assert income["diluted_eps"] == round(income["net_income"] / income["diluted_shares"], 2)
        assert balance["total_assets"] == balance["total_liabilities"] + balance["shareholder_equity"]
        assert flow["free_cash_flow"] == flow["operating_cash_flow"] - flow["capital_expenditure"]
        assert flow["change_in_cash"] == sum(
            flow[name] for name in ("operating_cash_flow", "investing_cash_flow", "financing_cash_flow")
        )
        assert balance["cash_and_equivalents"] > 0
        if before is not None:
            paid = flow["dividend_payout"] + flow["payments_for_repurchase_of_common_stock"]
            earned = income["net_income"] - paid
            assert balance["cash_and_equivalents"] - before["cash_and_equivalents"] == flow["change_in_cash"]
            assert balance["shareholder_equity"] - before["shareholder_equity"] == earned
        before = balance


def test_a_years_flows_are_its_quarters_together(books):
    years = [one for (kind, period, _), one in books.items() if (kind, period) == ("income", "year")]
    assert len(years) >= 6
    for year in years:
        own = [
            one
            for (kind, period, end), one in books.items()
            if (kind, period) == ("income", "quarter")
            and year.fiscal_end - timedelta(days=350) < end <= year.fiscal_end
        ]
        assert len(own) == 4
        assert year.items["net_income"] == sum(one.items["net_income"] for one in own)
        assert year.filed == max(one.filed for one in own if one.filed)


def test_statements_are_filed_as_late_as_real_ones_and_known_only_then(vendor, books):
    for (_, period, end), one in books.items():
        assert one.filed is not None
        assert one.filed.weekday() < 5
        assert 25 <= (one.filed - end).days <= 60
        if period == "year":
            assert (one.filed - end).days >= 45
    newest = max(books.values(), key=lambda one: (one.filed, one.fiscal_end))
    assert newest.filed
    day_before = datetime.combine(newest.filed, datetime.min.time(), UTC) - timedelta(hours=4)
    assert newest not in vendor.fundamentals("NVDA", day_before).statements


def test_revenue_grows_faster_in_bull_quarters_than_in_bear_ones():
    moods, growth = [], []
    for number in range(12):
        series = simulate(7, f"T{number}", sessions_between(FIRST, END))
        books = list(quarters(7, f"T{number}", series))
        for before, quarter in pairwise(books):
            span = slice(bisect_right(series.sessions, before.end), bisect_right(series.sessions, quarter.end))
            regimes = series.regimes[span]
            moods.append((regimes.count(BULL) - regimes.count(BEAR)) / len(regimes))
            growth.append(quarter.income["total_revenue"] / before.income["total_revenue"])
    assert np.corrcoef(moods, growth)[0, 1] > 0.5


@pytest.mark.parametrize("ticker", TICKERS)
def test_earnings_are_reported_when_the_statements_are_filed_with_their_figures(vendor, ticker):
    filed = {
        one.fiscal_end: one
        for one in vendor.fundamentals(ticker, AS_OF).statements
        if (one.kind, one.period) == ("income", "quarter")
    }
    found = vendor.earnings(ticker, AS_OF)
    splits = vendor.prices(ticker, FIRST, END).splits
    assert [one.fiscal_end for one in found.reports] == sorted(filed, reverse=True)
    for one in found.reports:
        statement = filed[one.fiscal_end]
        assert one.reported.date() == statement.filed
        ratio = 1
        for split in splits:
            ratio *= split.ratio if one.fiscal_end < split.ex_date <= statement.filed else 1
        assert abs(one.eps_actual - statement.items["diluted_eps"] / ratio) <= Decimal("0.01")
        assert one.surprise == pytest.approx(
            float(100 * (one.eps_actual - one.eps_estimate) / abs(one.eps_estimate)), abs=0.005
        )
    gaps = [one.surprise for one in found.reports]
    assert len(set(gaps)) > 20
    assert min(gaps) < 0 < max(gaps)


def test_a_split_between_a_quarters_end_and_its_report_divides_what_is_reported():
    series = simulate(7, "NVDA", sessions_between(FIRST, END))
    books = [one for one in quarters(7, "NVDA", series) if one.end < END]
    quarter = books[-1]
    place = bisect_right(series.sessions, quarter.end)
    unsplit = series._replace(splits=[1] * len(series.splits))
    split = unsplit._replace(splits=[10 if at == place else 1 for at in range(len(series.splits))])
    before, after = (earnings(7, "NVDA", one, books, END).reports[0] for one in (unsplit, split))
    assert before.fiscal_end == after.fiscal_end == quarter.end
    assert after.eps_actual == pytest.approx(before.eps_actual / 10, abs=Decimal("0.005"))


def test_the_next_report_is_announced_once_its_quarter_has_ended(vendor):
    ended = vendor.earnings("NVDA", datetime(2025, 10, 14, 20, tzinfo=UTC))
    assert ended.reports[0].fiscal_end == date(2025, 6, 30)
    filed = max(one.filed for one in vendor.fundamentals("NVDA", close_of(END)).statements if one.filed)
    assert ended.expected == filed
    assert vendor.earnings("NVDA", datetime(2025, 9, 15, 20, tzinfo=UTC)).expected is None


def test_insiders_trade_inside_the_days_range_and_are_known_when_they_have_filed(vendor):
    bars = {bar.session: bar for bar in vendor.prices("NVDA", FIRST, END).bars}
    made = vendor.insiders("NVDA", FIRST, END).trades
    assert 50 < len(made) < 200  # 8 years
    assert [one.traded for one in made] == sorted((one.traded for one in made), reverse=True)
    assert {one.side for one in made} == {"buy", "sell", "other"}
    for one in made:
        assert 2 <= (one.filed - one.traded).days <= 4
        assert one.filed.weekday() < 5
        assert (one.price is None) == (one.side == "other")
        assert one.price is None or bars[one.traded].low <= one.price <= bars[one.traded].high
    newest = made[0]
    assert newest in vendor.insiders("NVDA", FIRST, newest.filed).trades
    assert newest not in vendor.insiders("NVDA", FIRST, newest.filed - timedelta(days=1)).trades
