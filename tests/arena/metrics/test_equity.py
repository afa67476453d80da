from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.metrics.equity import Point, equity_curves, ruined
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settings, settled

SESSIONS = [day(n) for n in range(-1, 6)]


def bought(n=0, shares=10):
    """Ten shares of NVDA, bought at 100 on the session after the n-th."""
    events = decide([opened()], n, {"NVDA": decision("BUY", shares / 100)})
    return settled(events, history(bar(n + 1, 100)))


def curve(events, marks, sessions=SESSIONS):
    return equity_curves(events, marks, sessions)["claude"]


def test_a_curve_begins_with_the_starting_cash_at_the_close_the_book_was_opened_at():
    # 10 shares at 100 on day 1: 9000 + 10 x 101, then x 99.
    points = curve(bought(), [mark(1, 101), mark(2, 99)], SESSIONS[:4]).points
    assert points == (
        Point(day(0), Decimal(10_000), Decimal(0), 0),
        Point(day(1), Decimal(10_010), Decimal(1_010), 0),
        Point(day(2), Decimal(9_990), Decimal(990), 0),
    )


def test_what_is_filled_in_the_first_session_counts_from_the_close_before():
    rules = settings(fill="same_close", slippage_bps=Decimal(100))
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.101)}, trading=rules, fills_on=0)
    points = curve(settled(events, history(bar(0, 100)), trading=rules), [mark(0, 100)], SESSIONS[:2]).points
    assert [(point.session, point.equity) for point in points] == [(day(-1), 10_000), (day(0), 9_990)]


def test_a_session_without_a_mark_is_valued_at_the_last_price_and_counted():
    points = curve(bought(), [mark(1, 101), mark(4, 105)]).points
    assert [(point.equity, point.carried) for point in points] == [
        (10_000, 0),
        (10_010, 0),
        (10_010, 1),
        (10_010, 1),
        (10_050, 0),
        (10_050, 1),
    ]


def test_a_split_that_was_told_of_late_is_no_fall_in_between():
    # Ex on day 2, at whose close an order was decided already: it is booked on day 3.
    events = decide(bought(), 2, {"NVDA": decision("SELL", 0.5)}, [mark(2, 10)])
    events = settled(events, history(bar(1, 100), bar(2, 10), bar(3, 10), splits=[(2, 10)]))
    assert [(e.session, e.ex_date) for e in events if e.kind == "split"] == [(day(3), day(2))]
    points = curve(events, [mark(1, 100), mark(2, 10), mark(3, 10)], SESSIONS[:5]).points
    assert [point.equity for point in points] == [10_000] * 4


def test_a_price_carried_over_a_split_is_in_the_new_shares():
    events = bought()
    events = settled(events, history(bar(1, 100), bar(2, 10), bar(3, 11), splits=[(2, 10)]))
    points = curve(events, [mark(1, 100), mark(3, 11)], SESSIONS[:5]).points
    assert [point.equity for point in points] == [10_000, 10_000, 10_000, 10_100]
    assert [point.carried for point in points] == [0, 0, 1, 0]


def test_everybody_has_a_curve_of_their_own_and_a_later_book_a_shorter_one():
    late = opened(5_000, "late").model_copy(update={"session": day(3)})
    curves = equity_curves([*bought(), late], [mark(1, 100)], SESSIONS)
    assert {name: len(one.points) for name, one in curves.items()} == {"claude": 6, "late": 3}
    assert curves["late"].points[-1] == Point(day(5), Decimal(5_000), Decimal(0), 0)


def test_a_holding_without_any_price_is_no_guess():
    with pytest.raises(LedgerError, match="holds 10 NVDA, for which there is no mark"):
        curve(bought(), [])


SHORT = settings(short_selling=True)


def short(n=0, part=0.1):
    """20 shares of NVDA, sold short at 100 on the session after the n-th."""
    begun = opened().model_copy(update={"terms": SHORT.terms})
    return settled(decide([begun], n, {"NVDA": decision("SELL", part)}, trading=SHORT), history(bar(n + 1, 100)))


def test_a_short_counts_against_equity_and_as_positive_in_what_is_invested():
    # 12000 of cash less 20 x 110.
    points = curve(short(), [mark(1, 100), mark(2, 110)], SESSIONS[:4]).points
    assert [(point.equity, point.invested) for point in points[1:]] == [(10_000, 2_000), (9_800, 2_200)]


def test_a_book_is_ruined_from_the_first_close_at_which_it_is_worth_nothing():
    points = curve(short(), [mark(1, 100), mark(2, 600), mark(3, 700), mark(4, 100)]).points
    assert [point.equity for point in points[:4]] == [10_000, 10_000, 0, -2_000]
    assert ruined(points) == day(2)
    assert ruined(points[:2]) is None
