"""Leaderboards as they stood: kept by their round, with how far the ledger went."""

from datetime import timedelta

from tests.arena.messages.news import row, table
from tests.arena.store.chat import SESSION
from tests.arena.trading import opened

NEXT = SESSION + timedelta(days=1)


def test_a_leaderboard_is_kept_by_its_round_and_replaced_by_a_newer_of_it(store):
    assert store.standings_after("main", SESSION) is None
    store.save_standings(SESSION, table(row("a", 1, "10000")))
    store.save_standings(SESSION, table(row("a", 1, "10001.5")))
    store.save_standings(SESSION, table(row("b", 1, "7"), season="other"))
    assert store.standings_after("main", SESSION) == table(row("a", 1, "10001.5"))
    assert store.standings_after("main", NEXT) is None


def test_the_last_one_before_a_session_tells_what_the_ledger_gained_since(store):
    store.append_events("main", [opened()])
    store.save_standings(SESSION, table(row("a", 1, "10000")))
    store.append_events("other", [opened()])
    store.append_events("main", [opened(contestant="grok")])
    assert store.last_standings("main", SESSION) is None
    last = store.last_standings("main", NEXT)
    assert (last.session, last.table) == (SESSION, table(row("a", 1, "10000")))
    assert store.events_since("main", last.seq) == (opened(contestant="grok"),)
