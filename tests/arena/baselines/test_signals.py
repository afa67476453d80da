"""Indicators by hand: paths simple enough to say on paper where each one stands."""

from datetime import timedelta
from decimal import Decimal

import pytest

from arena.records.market import Split
from tests.arena.baselines.situations import decided, situation
from tests.arena.desks import SESSION

FLAT = [100] * 40
RISING = [*FLAT, *(100 + n for n in range(1, 6))]
FALLING = [*FLAT, *(100 - n for n in range(1, 6))]


def test_macd_is_in_above_the_signal_line_and_out_below_it():
    # After a long rest the fast mean moves first: the line leaves zero, and its mean of nine trails behind.
    assert decided("macd", situation(*RISING)) == ("BUY", 0.5)
    assert decided("macd", situation(*RISING, held=5)) == ("HOLD", 0)
    assert decided("macd", situation(*FALLING, held=5)) == ("SELL", 1)
    assert decided("macd", situation(*FALLING)) == ("HOLD", 0)
    assert decided("macd", situation(*FLAT)) == ("HOLD", 0)


def test_the_averages_cross_by_hand():
    # Means of two and four: (4 + 8) / 2 = 6 over (4 + 4 + 4 + 8) / 4 = 5; then 2 under 3.5.
    windows = {"fast": 2, "slow": 4}
    assert decided("sma_cross", situation(4, 4, 4, 8), **windows) == ("BUY", 0.5)
    assert decided("sma_cross", situation(4, 4, 4, 2, 2, held=9), **windows) == ("SELL", 1)
    assert decided("sma_cross", situation(4, 4, 4, 4, held=9), **windows) == ("HOLD", 0)


def test_too_short_a_history_is_an_abstention_that_says_so():
    told = decided("sma_cross", situation(*FLAT))
    assert told == "sma_cross: sma over 200 sessions needs 200 bars; there are 40"
    assert "needs 34 bars; there are 3" in decided("macd", situation(1, 2, 3))
    assert "needs 13 bars" in decided("kdj_rsi", situation(1, 2, 3))
    assert "needs 20 bars" in decided("zero_mean_reversion", situation(1, 2, 3))
    assert decided("macd", situation()) == "macd: there are no prices"


def test_a_split_is_no_signal():
    halved = [*[100] * 39, 50]
    split = Split(ex_date=SESSION, ratio=Decimal(2))
    assert decided("sma_cross", situation(*halved, held=9, splits=(split,)), fast=2, slow=4) == ("HOLD", 0)
    assert decided("sma_cross", situation(*halved, held=9), fast=2, slow=4) == ("SELL", 1)


def test_kdj_and_rsi_buy_what_fell_without_a_pause_and_sell_what_rose():
    # Every close is the lowest of nine: K, D and J are 0, and RSI, without a gain, is 0 too.
    down, up = range(140, 100, -1), range(100, 140)
    assert decided("kdj_rsi", situation(*down)) == ("BUY", 0.5)
    assert decided("kdj_rsi", situation(*up, held=5)) == ("SELL", 1)
    assert decided("kdj_rsi", situation(*up)) == ("HOLD", 0)
    assert decided("kdj_rsi", situation(*down, held=5)) == ("HOLD", 0)


def test_kdj_alone_moves_nothing():
    # A fall of nine sessions after a long rise: J is 0, and RSI still above 30.
    path = [*range(100, 140), *(139 - n / 10 for n in range(1, 10))]
    assert decided("kdj_rsi", situation(*path)) == ("HOLD", 0)


def test_kdj_of_a_price_that_does_not_move_is_undefined():
    assert decided("kdj_rsi", situation(*FLAT)) == f"kdj_rsi: kdj_j is undefined at {SESSION}"


@pytest.mark.parametrize(
    ("last", "held", "expected"),
    [
        # Ten at 99 and nine at 101 before: with 97 the mean is 99.8 and the deviation 1.166, so z is -2.4.
        (97, 0, ("BUY", 0.5)),
        (97, 9, ("HOLD", 0)),
        # With 99 the mean is 99.9 and the deviation 0.995: z is -0.9, between entry and mean.
        (99, 0, ("HOLD", 0)),
        (99, 9, ("HOLD", 0)),
        (101, 9, ("SELL", 1)),
        (101, 0, ("HOLD", 0)),
    ],
)
def test_zero_mean_reversion_by_hand(last, held, expected):
    path = [99, 101] * 9 + [99, last]
    assert decided("zero_mean_reversion", situation(*path, held=held)) == expected


def test_zero_mean_reversion_waits_where_nothing_moves():
    assert decided("zero_mean_reversion", situation(*FLAT, held=9)) == ("HOLD", 0)


def test_the_newest_bar_alone_is_what_counts():
    # The same path a session earlier had not turned yet: nothing looks ahead of the last bar.
    assert decided("macd", situation(*RISING[:-5])) == ("HOLD", 0)
    assert SESSION - timedelta(days=len(RISING) - 1) == situation(*RISING).snapshot.prices.bars[0].session
