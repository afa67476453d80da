import pytest

from arena.records.terms import Terms
from tests.arena.baselines.situations import decided, situation


def test_buy_and_hold_buys_an_equal_share_once_and_never_sells():
    # Half of 10000 for each of two tickers; what is held is left alone, however much or little it is.
    assert decided("buy_and_hold", situation(100)) == ("BUY", 0.5)
    assert decided("buy_and_hold", situation(100, cash=4_000, tickers=4)) == ("BUY", 0.25)
    assert decided("buy_and_hold", situation(100, held=1)) == ("HOLD", 0)
    assert decided("buy_and_hold", situation(100, held=90)) == ("HOLD", 0)


def test_a_share_too_dear_is_not_bought():
    assert decided("buy_and_hold", situation(5_001)) == ("HOLD", 0)
    assert decided("buy_and_hold", situation(5_000)) == ("BUY", 0.5)


def test_the_position_limit_bounds_the_share():
    assert decided("buy_and_hold", situation(100, limit=0.2)) == ("BUY", 0.2)


def test_equal_weight_sells_what_is_over_and_buys_what_is_missing():
    # 80 x 100 and 2000 in cash: 5000 is the share, so 3000 of 8000 go.
    assert decided("equal_weight", situation(100, held=80, cash=2_000)) == ("SELL", 0.375)
    # 20 x 100 and 8000 in cash: 3000 of the 8000 are spent.
    assert decided("equal_weight", situation(100, held=20, cash=8_000)) == ("BUY", 0.375)
    assert decided("equal_weight", situation(100)) == ("BUY", 0.5)


@pytest.mark.parametrize(("held", "cash"), [(50, 5_000), (50, 5_198), (50, 4_802)])
def test_equal_weight_leaves_less_than_a_share_alone(held, cash):
    assert decided("equal_weight", situation(100, held=held, cash=cash)) == ("HOLD", 0)


def test_a_rule_buys_with_no_more_than_there_is():
    # Its share would be 5500, and 1000 are left.
    assert decided("equal_weight", situation(100, held=10, cash=1_000, tickers=1)) == ("BUY", 1)


def with_parts(place):
    mandate = place.brief.mandate.model_copy(update={"terms": Terms(fractional=True)})
    return place._replace(brief=place.brief.model_copy(update={"mandate": mandate}))


def test_where_parts_of_a_share_can_be_held_no_share_is_too_dear():
    assert decided("buy_and_hold", with_parts(situation(20_000))) == ("BUY", 0.5)
    assert decided("equal_weight", with_parts(situation(100, held=50, cash=5_198))) == (
        "BUY",
        pytest.approx(99 / 5_198),
    )
    assert decided("equal_weight", with_parts(situation(100, held=50, cash=5_000))) == ("HOLD", 0)
