"""A round replayed: all of it compared, and what cannot be compared said."""

import json
from datetime import date

import pytest

from arena.app import Arena
from arena.records.trading import Order
from arena.store import Store
from tests.arenas import Clock, rehearsal_arena

pytestmark = pytest.mark.slow

DAY, NEXT = date(2025, 10, 14), date(2025, 10, 15)
AFTER = Clock("2025-11-20T12:00:00")


def opened(home, **settings):
    return Arena(rehearsal_arena(home, **settings), environ={}, clock=AFTER)


def test_votes_trades_and_standings_of_a_round_played_at_once_are_equal_also_with_books_from_before(tmp_path):
    with opened(tmp_path) as arena:
        arena.run(["ACME", "NVDA"], as_of=DAY)
        arena.run(["ACME", "NVDA"], as_of=NEXT)
        first = arena.replay_round(["ACME", "NVDA"], as_of=DAY)
        second = arena.replay_round(["ACME", "NVDA"], as_of=NEXT)
    assert (first.differences, first.notes, first.equal) == ((), (), True)
    assert (second.differences, second.notes, second.equal) == ((), (), True)


def test_a_forged_fill_shows_in_the_trades_and_in_the_standings(tmp_path):
    with opened(tmp_path) as arena:
        fill = arena.run(["ACME"], as_of=DAY).fills[0]
    with Store.open(tmp_path) as store:
        body = json.loads(store._rows("SELECT body FROM events WHERE key = ?", fill.key)[0]["body"])
        store._connection.execute(
            "UPDATE events SET body = ? WHERE key = ?",
            (json.dumps(body | {"fee": "1.5"}), fill.key),
        )
    with opened(tmp_path) as arena:
        replayed = arena.replay_round(["ACME"], as_of=DAY)
    where = {difference.where for difference in replayed.differences}
    assert f"trades.{fill.key}.fee" in where
    assert f"standings.{fill.contestant}.cash" in where
    assert {place.split(".")[1] for place in where if place.startswith("standings")} == {fill.contestant}


def test_of_a_round_in_several_goes_the_votes_are_compared_and_what_each_go_took_from_the_next_is_said(tmp_path):
    with opened(tmp_path) as arena:
        arena.run(["ACME"], as_of=DAY)
        bought = {order.contestant for order in arena.run(["NVDA"], as_of=DAY).orders}
        replayed = arena.replay_round(["ACME", "NVDA"], as_of=DAY)
    with Store.open_existing(tmp_path) as store:
        first = {e.contestant for e in store.events("trial") if isinstance(e, Order) and e.ticker == "ACME"}
    told = {note.split("'")[0] for note in replayed.notes}
    assert told == first, bought
    assert all("several goes" in note for note in replayed.notes)
    assert replayed.differences == ()
    assert replayed.equal


def test_of_a_part_of_a_round_it_is_said_what_cannot_be_compared(tmp_path):
    with opened(tmp_path) as arena:
        arena.run(["ACME", "NVDA"], as_of=DAY)
        tickers = arena.replay_round(["ACME"], as_of=DAY)
        names = arena.replay_round(["ACME", "NVDA"], as_of=DAY, contestants=["value"])
    assert len(tickers.notes) == 5
    assert tickers.notes[0] == (
        "cautious's orders, fills and standing are not compared: it decided on NVDA too, which share its cash and were "
        "not asked for"
    )
    assert names.notes == ("the votes are not compared: others voted too, who were not asked for",)
    assert tickers.equal
    assert names.equal
