"""Ledger events, marks, rounds, votes and snapshots: written once, read in order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from arena.consensus import consensus
from arena.errors import StoreError
from arena.records.standing import Round
from arena.records.trading import BookOpened
from tests.arena.store.chat import CLOSE, SESSION, decided, make_chat
from tests.arena.trading import bar, book, day, decide, decision, history, mark, opened, settled

NEXT = SESSION + timedelta(days=1)


def ledger():
    """Every kind of event."""
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.25), "AAPL": decision("SELL")})
    return tuple(settled(events, history(bar(1, 100), bar(2, "33.3"), splits=[(2, "0.3")], dividends=[(2, "0.1")])))


def a_round(session=SESSION, **changes):
    fields = {
        "season": "main",
        "session": session,
        "as_of": CLOSE,
        "tickers": ("NVDA",),
        "contestants": ("claude",),
        "snapshots": {"NVDA": "a" * 64},
        "config_hash": "c" * 64,
        "market": "real prices (files)",
        "code_version": "0.1.0",
    }
    return Round(**{**fields, **changes})


def test_a_ledger_comes_back_in_order_with_every_kind_of_event(store):
    events = ledger()
    assert {event.kind for event in events} == {"opened", "order", "rejection", "fill", "split", "dividend"}
    assert store.append_events("main", events) == events
    assert store.events("main") == events
    assert store.events("other") == ()


def test_an_event_is_stored_once(store):
    events = ledger()
    store.append_events("main", events[:2])
    assert store.append_events("main", events) == events[2:]
    assert store.append_events("main", events) == ()
    assert store.events("main") == events


def test_an_event_that_comes_twice_at_once_is_stored_once_too(store):
    first, *rest = ledger()
    assert store.append_events("main", iter([first, first, *rest])) == (first, *rest)
    assert store.events("main") == (first, *rest)
    with pytest.raises(StoreError, match="already has another event"):
        store.append_events("other", [opened(), opened(500)])
    assert store.events("other") == ()


def test_seasons_have_ledgers_of_their_own(store):
    store.append_events("main", [opened()])
    assert store.append_events("other", [opened(500)]) == (opened(500),)


def test_other_content_under_a_known_key_is_refused_and_nothing_is_written(store):
    store.append_events("main", [opened()])
    with pytest.raises(StoreError, match="the ledger of main already has another event opened:claude"):
        store.append_events("main", [opened(contestant="grok"), opened(500)])
    assert store.events("main") == (opened(),)


def test_money_keeps_every_digit(store):
    event = BookOpened(key="k", contestant="c", session=SESSION, cash=Decimal("12345678901234.123456"))
    store.append_events("main", [event])
    assert store.events("main")[0].cash == Decimal("12345678901234.123456")
    store.save_marks("main", [mark(0, "184.52999877929687")])
    assert store.marks("main")[0].close == Decimal("184.52999877929687")


def test_the_first_mark_of_a_session_stays(store):
    store.save_marks("main", [mark(2, 100), mark(1, 90), mark(1, 5, "AAPL")])
    store.save_marks("main", [mark(2, 101), mark(3, 110)])
    assert store.marks("main") == (mark(1, 5, "AAPL"), mark(1, 90), mark(2, 100), mark(3, 110))
    store.save_marks("main", [])
    assert store.marks("other") == ()


def test_a_round_played_again_replaces_itself(store):
    store.save_round(a_round(NEXT))
    store.save_round(a_round())
    store.save_round(a_round(contestants=("claude", "grok")))
    assert store.rounds("main") == (a_round(contestants=("claude", "grok")), a_round(NEXT))
    assert store.round("main", NEXT) == a_round(NEXT)
    assert store.round("other", NEXT) is None


def test_votes_are_replaced_and_in_order_of_ticker(store):
    first = [consensus(ticker, SESSION, {"claude": decided("BUY")}) for ticker in ("NVDA", "AAPL")]
    again = consensus("NVDA", SESSION, {"claude": decided("SELL")})
    store.save_consensus("main", first)
    store.save_consensus("main", [again])
    assert store.consensus("main", SESSION) == (first[1], again)
    assert store.consensus("main", NEXT) == ()


def test_seasons_are_those_with_anything_in_them(store):
    assert store.seasons() == ()
    store.save_round(a_round(season="b"))
    store.save_chat(make_chat(season="c"))
    store.append_events("a", [opened()])
    assert store.seasons() == ("a", "b", "c")


def test_a_snapshot_is_found_by_ticker_session_and_market(store):
    store.index_snapshot("a" * 64, "NVDA", SESSION, "m1")
    assert store.find_snapshot("NVDA", SESSION, "m1") == "a" * 64
    assert store.find_snapshot("NVDA", SESSION, "m2") is None
    assert store.find_snapshot("NVDA", NEXT, "m1") is None
    store.index_snapshot("b" * 64, "NVDA", SESSION, "m1")
    assert store.find_snapshot("NVDA", SESSION, "m1") == "b" * 64


def test_orders_that_wait_are_those_that_replaying_leaves_pending(store):
    told = history(bar(1, 100), bar(2, 100))
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}), told)
    events = decide(events, 2, {"NVDA": decision("SELL", 0.5), "AAPL": decision("BUY", 0.1)}, [mark(2, 100)])
    store.append_events("main", events)
    pending = store.waiting("main")
    assert [(order.ticker, order.side) for order in pending] == [("AAPL", "BUY"), ("NVDA", "SELL")]
    assert sorted(pending, key=lambda order: order.key) == sorted(book(events).pending, key=lambda order: order.key)
    assert store.waiting("other") == ()


def test_events_and_marks_are_told_up_to_a_session(store):
    events = settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}), history(bar(1, 100)))
    store.append_events("main", events)
    store.save_marks("main", [mark(1, 100), mark(2, 101)])
    assert [event.kind for event in store.events("main", day(0))] == ["opened", "order"]
    assert store.events("main", day(1)) == store.events("main")
    assert [m.session for m in store.marks("main", day(1))] == [day(1)]
    assert store.marks("main", day(0)) == ()
