"""A stored season at any close: who stood where, and everybody's way there."""

from datetime import timedelta
from decimal import Decimal

import pytest

from arena.rounds.standing import equity_of, standings_of
from arena.store import Store
from tests.arena.store.chat import make_chat
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settled

PRICES = (100, 110, 121, 90, 120)


@pytest.fixture
def store(tmp_path):
    """Ten shares bought at 100 in the second session, marked in every one from then on."""
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}), history(bar(1, 100)))
    with Store.open(tmp_path / "home") as made:
        made.append_events("main", events)
        made.append_events("main", [opened(contestant="grok")])
        made.save_marks("main", [mark(n + 1, price) for n, price in enumerate(PRICES)])
        for n in range(3):
            made.save_chat(make_chat(f"00{n}", session=day(n)))
        yield made


def test_standings_are_those_of_the_session_asked_for(store):
    by_session = [standings_of(store, "main", day(n)).rows for n in range(6)]
    assert [row.equity for rows in by_session for row in rows if row.contestant == "claude"] == [
        10_000,
        10_000,
        10_100,
        10_210,
        9_900,
        10_200,
    ]
    assert [rows[0].contestant for rows in by_session] == ["claude", "claude", "claude", "claude", "grok", "claude"]
    assert [rows[0].decisions for rows in by_session[:4]] == [1, 2, 3, 3]
    assert [(rows[0].trades, rows[0].pending_orders) for rows in by_session[:2]] == [(0, 1), (1, 0)]
    assert standings_of(store, "main", day(5)) == standings_of(store, "main")
    assert standings_of(store, "main", day(0) - timedelta(days=1)).rows == ()


def test_a_curve_has_a_point_a_session_that_is_stored(store):
    claude, grok = equity_of(store, "main", cutoffs={"claude": day(1)})
    assert [point.equity for point in claude.points] == [10_000, 10_000, 10_100, 10_210, 9_900, 10_200]
    assert [point.session for point in claude.points] == [day(n) for n in range(6)]
    assert [point.known for point in claude.points] == [True, True] + [False] * 4
    assert {point.equity for point in grok.points} == {Decimal(10_000)}
    assert [len(curve.points) for curve in equity_of(store, "main", day(2))] == [3, 3]


@pytest.mark.parametrize(
    ("most", "sessions"), [(1, [5]), (2, [0, 5]), (3, [0, 2, 5]), (6, [0, 1, 2, 3, 4, 5]), (99, [0, 1, 2, 3, 4, 5])]
)
def test_too_many_points_are_thinned_evenly_and_keep_their_ends(store, most, sessions):
    whole, thin = equity_of(store, "main")[0], equity_of(store, "main", most=most)[0]
    expected = [whole.points[n] for n in sessions]
    assert [(point.session, point.equity) for point in thin.points][-1:] == [(day(5), 10_200)]
    if most > 1:
        assert list(thin.points) == expected


def test_a_session_before_the_first_price_of_what_was_held_is_left_out(tmp_path):
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}), history(bar(1, 100)))
    with Store.open(tmp_path / "home") as store:
        store.append_events("main", events)
        store.save_marks("main", [mark(1, 5, "SPY"), mark(3, 110)])
        (curve,) = equity_of(store, "main")
        assert [(point.session, point.equity) for point in curve.points] == [(day(0), 10_000), (day(3), 10_100)]
        assert equity_of(store, "nothing") == ()
