from decimal import Decimal

import pytest

from arena.metrics.opinions import Closes, Opinion, agreements, judge, mean_confidence
from arena.records.market import Split
from tests.arena.trading import day, mark

SESSIONS = [day(n) for n in range(4)]


def opinion(action, n=0, ticker="NVDA", contestant="a", confidence=0.7):
    return Opinion(contestant, day(n), ticker, action, confidence)


def closes(*prices, splits=()):
    return Closes([mark(n, price) for n, price in enumerate(prices) if price], {"NVDA": splits})


def test_a_buy_is_right_when_the_price_rises_and_a_sale_when_it_falls():
    known = closes(100, 110, 90)
    assert judge([opinion("BUY")], known, SESSIONS, 1).forecasts == ((0.7, True),)
    assert judge([opinion("BUY")], known, SESSIONS, 2).forecasts == ((0.7, False),)
    assert judge([opinion("SELL", 1)], known, SESSIONS, 1).forecasts == ((0.7, True),)
    assert judge([opinion("HOLD")], known, SESSIONS, 1) == ((), 0)


def test_a_price_that_has_not_moved_proves_both_wrong():
    said = [opinion("BUY"), opinion("SELL")]
    assert [right for _, right in judge(said, closes(100, 100), SESSIONS, 1).forecasts] == [False, False]


def test_what_has_not_happened_yet_or_has_no_price_is_not_judged():
    said = [opinion("BUY", 3), opinion("BUY", 1), opinion("BUY", 2)]
    assert judge(said, closes(100, 110, None, 120), SESSIONS, 1) == ((), 3)


def test_a_split_is_neither_a_gain_nor_a_loss():
    known = closes(100, "10.1", splits=[Split(ex_date=day(1), ratio=Decimal(10))])
    assert known.change("NVDA", day(0), day(1)) == Decimal("0.01")
    assert judge([opinion("BUY")], known, SESSIONS, 1).forecasts == ((0.7, True),)


def test_where_nobody_can_tell_of_splits_nothing_is_judged():
    known = Closes([mark(n, price) for n, price in enumerate((100, 50, 51))], {}, {"NVDA": day(1)})
    assert known.change("NVDA", day(0), day(1)) is None
    assert known.change("NVDA", day(1), day(2)) == Decimal("0.02")
    assert judge([opinion("BUY"), opinion("BUY", 1)], known, SESSIONS, 1) == (((0.7, True),), 1)


def test_the_mean_confidence_is_over_all_decisions():
    assert mean_confidence([opinion("BUY", confidence=0.9), opinion("HOLD", confidence=0.5)]) == pytest.approx(0.7)
    assert mean_confidence([]) is None


def test_a_decision_without_a_confidence_forecasts_nothing_but_can_be_agreed_with():
    said = [opinion("BUY", confidence=None), opinion("BUY", contestant="b")]
    assert mean_confidence(said) == pytest.approx(0.7)
    assert mean_confidence(said[:1]) is None
    assert judge(said[:1], closes(100, 110), SESSIONS, 1) == ((), 0)
    assert agreements(said)[0].alike == 1


def test_agreement_and_kappa_by_hand():
    # Of four both decided on they agree on three: 0.75. By chance: BUY 2/4 x 3/4 + SELL 2/4 x 1/4 = 0.5.
    first, second = ("BUY", "BUY", "SELL", "SELL"), ("BUY", "BUY", "BUY", "SELL")
    said = [opinion(action, n) for n, action in enumerate(first)]
    said += [opinion(action, n, contestant="b") for n, action in enumerate(second)]
    said += [opinion("BUY", 0, ticker="AAPL"), opinion("BUY", 0, ticker="MSFT", contestant="c")]
    (pair,) = agreements(said)
    assert (pair.one, pair.other, pair.both, pair.alike, pair.kappa) == ("a", "b", 4, 0.75, 0.5)


def test_two_that_always_say_the_same_one_thing_agree_without_a_kappa():
    (pair,) = agreements([opinion("BUY"), opinion("BUY", contestant="b")])
    assert (pair.alike, pair.kappa) == (1, None)
