"""The leaderboard: ranks, medals, figures by hand, and the notes a reader needs."""

from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.records.chat import Cost
from arena.records.standing import Tally
from arena.standings import standings
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settings, settled


def rows(events, marks=(), tallies=()):
    return {row.contestant: row for row in standings("main", events, marks, tallies).rows}


def holding(contestant, shares, trading=None):
    """A ledger of one contestant that holds some NVDA, bought at 100."""
    rules = trading or settings()
    size = {"NVDA": decision("BUY", shares / 100) if shares else decision("HOLD")}
    n = 1 if rules.fill == "same_close" else 0
    events = decide([opened(contestant=contestant)], n, size, trading=rules, contestant=contestant, fills_on=1)
    return settled(events, history(bar(1, 100)), trading=rules)


def test_figures_by_hand():
    # 10 shares at 100 with 1% commission leave 10000 - 1010 = 8990; 4 sold at 120 bring 480 - 4.80.
    rules = settings(commission_bps=Decimal(100))
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.101)}, trading=rules)
    events = settled(events, history(bar(1, 100)), trading=rules)
    events = decide(events, 1, {"NVDA": decision("SELL", 0.4)}, [mark(1, 100)], trading=rules)
    events = settled(events, history(bar(1, 100), bar(2, 120)), trading=rules)
    events = decide(events, 2, {"NVDA": decision("BUY", 0.1)}, [mark(2, 130)], trading=rules)
    tally = Tally(contestant="claude", decisions=3, abstentions=1, cost=Cost(known=Decimal("0.12"), unknown_calls=2))
    row = rows(events, [mark(1, 100), mark(2, 130)], [tally])["claude"]
    assert (row.cash, row.equity) == (Decimal("9465.2"), Decimal("10245.2"))  # + 6 x 130
    assert (row.pnl, row.return_pct) == (Decimal("245.2"), Decimal("2.452"))
    assert (row.trades, row.closed_trades, row.win_rate, row.pending_orders) == (2, 1, 1.0, 1)
    assert (row.decisions, row.abstentions, row.coverage) == (3, 1, 0.75)
    assert row.cost == tally.cost
    assert row.equity == row.cash + sum(position.value for position in row.positions)


def test_a_sale_that_only_gained_before_fees_is_no_win():
    rules = settings(commission_bps=Decimal(100))
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}), history(bar(1, 100)), trading=rules)
    events = decide(events, 1, {"NVDA": decision("SELL")}, [mark(1, 100)])
    events = settled(events, history(bar(1, 100), bar(2, 101)), trading=rules)
    assert rows(events)["claude"].win_rate == 0.0


def test_the_return_is_rounded_to_four_decimals():
    events = settled(decide([opened(300)], 0, {"NVDA": decision("BUY")}), history(bar(1, 100)))
    assert rows(events, [mark(1, "100.01")])["claude"].return_pct == Decimal("0.01")
    assert rows(events, [mark(1, "133.33333")])["claude"].return_pct == Decimal("33.3333")


def test_the_best_equity_leads_and_medals_go_to_three():
    events = [event for n, name in enumerate("abcd") for event in holding(name, n * 10)]
    table = standings("main", events, [mark(1, 110)], ())
    assert [(row.contestant, row.rank, row.medal) for row in table.rows] == [
        ("d", 1, "gold"),
        ("c", 2, "silver"),
        ("b", 3, "bronze"),
        ("a", 4, None),
    ]
    assert (table.season, table.session) == ("main", day(1))


def test_equal_equity_shares_rank_and_medal():
    events = [*holding("b", 10), *holding("a", 10), *holding("c", 0), *holding("d", 0)]
    decided = [Tally(contestant=name, decisions=1) for name in "abcd"]
    table = standings("main", events, [mark(1, 110)], decided)
    assert [(row.contestant, row.rank, row.medal) for row in table.rows] == [
        ("a", 1, "gold"),
        ("b", 1, "gold"),
        ("c", 3, "bronze"),
        ("d", 3, "bronze"),
    ]


def test_there_are_no_medals_while_everyone_is_level():
    assert {row.medal for row in rows([opened(contestant="a"), opened(contestant="b")]).values()} == {None}


def test_a_contestant_that_never_decided_wins_no_medal():
    events = [*holding("a", 10), *holding("b", 0)]
    failing = [Tally(contestant="a", decisions=1), Tally(contestant="b", abstentions=1)]
    assert {name: row.medal for name, row in rows(events, [mark(1, 110)], failing).items()} == {"a": "gold", "b": None}


def test_competing_alone_wins_no_medal():
    row = rows(holding("a", 10), [mark(1, 200)])["a"]
    assert (row.rank, row.medal) == (1, None)


def test_before_the_first_chat_there_is_no_coverage_and_no_mark():
    table = standings("main", [opened()], (), ())
    (row,) = table.rows
    assert (table.session, row.coverage, row.win_rate, row.return_pct) == (None, None, None, 0)


def test_labels_come_from_the_tally():
    tally = Tally(contestant="claude", decisions=1, labels=("rehearsal", "simulated"))
    assert rows([opened()], (), [tally])["claude"].labels == ("rehearsal", "simulated")


def test_optimistic_fills_are_said_to_be():
    (note,) = standings("main", holding("a", 10, settings(fill="same_close")), [mark(1, 100)], ()).notes
    assert "same_close" in note
    assert "optimistic" in note
    assert standings("main", holding("a", 10), [mark(1, 100)], ()).notes == ()


def test_an_old_mark_of_something_held_is_named():
    marks = [mark(4, 100), mark(5, 10, "AAPL"), mark(1, 1, "MSFT")]
    table = standings("main", holding("a", 10), marks, ())
    assert table.session == day(5)
    assert table.notes == (f"NVDA is marked at {day(4)}'s close, its last",)


def test_the_newest_mark_counts_whatever_the_order():
    events = holding("a", 10)
    forth = rows(events, [mark(1, 100), mark(2, 200)])
    assert forth == rows(events, [mark(2, 200), mark(1, 100)])
    assert forth["a"].equity == 11_000


def test_chats_without_a_book_are_named_rather_than_ranked():
    table = standings("main", [opened(contestant="a")], (), [Tally(contestant="b", decisions=1)])
    assert [row.contestant for row in table.rows] == ["a"]
    assert table.notes == ("b has chats but no book yet",)


def test_a_holding_without_a_mark_stops_the_standings():
    with pytest.raises(LedgerError, match="NVDA"):
        standings("main", holding("a", 10), (), ())


def test_a_holding_marked_before_the_boards_session_is_called_carried():
    held = rows(holding("a", 10), [mark(4, 100), mark(5, 10, "AAPL")])["a"].positions
    assert [(position.carried, position.marked) for position in held] == [(True, day(4))]
    fresh = rows(holding("a", 10), [mark(5, 100)])["a"].positions
    assert [position.carried for position in fresh] == [False]
    assert held[0].model_dump(mode="json")["carried"] is True
