from datetime import date
from decimal import Decimal

import pytest

from arena.ledger import ClosedTrade
from arena.metrics.equity import Point
from arena.metrics.trading import exposure, profit_factor, turnover, win_rate
from arena.records.trading import Fill

DAY = date(2025, 10, 14)


def closed(gain):
    return ClosedTrade(
        ticker="NVDA", session=DAY, shares=1, proceeds=Decimal(100 + gain), cost=Decimal(100), gain=Decimal(gain)
    )


def fill(side, shares, price):
    names = {"key": f"{side}{shares}", "contestant": "a", "session": DAY, "order_key": "o", "ticker": "NVDA"}
    money = {"price": Decimal(price), "slippage": Decimal(1), "fee": Decimal(1)}
    return Fill(**names, **money, side=side, shares=shares, rule="next_open")


def point(equity, invested):
    return Point(DAY, Decimal(equity), Decimal(invested), 0)


def test_the_win_rate_counts_gains_and_the_profit_factor_weighs_them():
    trades = [closed(30), closed(-10), closed(20), closed(0)]
    assert win_rate(trades) == 0.5
    assert profit_factor(trades) == 5  # 50 gained, 10 lost


def test_without_a_trade_or_without_a_loss_there_is_no_figure():
    assert win_rate([]) is None
    assert profit_factor([]) is None
    assert profit_factor([closed(5)]) is None
    assert profit_factor([closed(-5)]) == 0


def test_turnover_is_the_lesser_side_over_mean_equity():
    points = [point(900, 0), point(1_100, 500)]
    assert turnover([fill("BUY", 5, 100), fill("SELL", 2, 120)], points) == pytest.approx(0.24)  # 240 / 1000
    assert turnover([fill("BUY", 5, 100)], points) == 0
    assert turnover([], []) is None


def test_exposure_is_the_mean_part_invested_without_the_session_of_the_starting_cash():
    assert exposure([point(1_000, 0), point(1_000, 500), point(2_000, 2_000)]) == 0.75
    assert exposure([point(1_000, 0)]) is None


def test_a_cover_is_a_closed_trade_that_wins_when_it_costs_less_than_the_sale_brought():
    cover = closed(-5).model_copy(update={"short": True})
    assert win_rate([closed(10), cover, closed(10).model_copy(update={"short": True})]) == pytest.approx(2 / 3)
    assert profit_factor([closed(10), cover]) == 2


def test_exposure_is_gross_so_that_a_short_does_not_cancel_a_holding():
    # 500 held and 500 short of 1000 are all of it.
    assert exposure([point(1_000, 0), point(1_000, 1_000)]) == 1


def test_nothing_is_a_part_of_a_book_that_is_worth_nothing():
    assert exposure([point(1_000, 0), point(0, 100)]) is None
    assert exposure([point(1_000, 0), point(-5, 100)]) is None
    assert turnover([fill("BUY", 1, 1), fill("SELL", 1, 1)], [point(1_000, 0), point(-1_000, 0)]) is None
