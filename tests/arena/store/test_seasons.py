import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

from arena.records.season import SeasonPlan
from arena.store import Store
from arena.store.database import SCHEMA_VERSION
from tests.arena.store.chat import make_chat
from tests.arena.trading import opened

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)


def a_plan(**changed):
    return SeasonPlan(
        season="main",
        tickers=("AAPL", "NVDA"),
        contestants=("claude",),
        every="DAY",
        start=date(2025, 10, 6),
        end=date(2025, 10, 7),
        sessions=(date(2025, 10, 6), date(2025, 10, 7)),
        benchmark="SPY",
        config_hash="0" * 64,
        made=NOW,
    ).model_copy(update=changed)


def test_a_plan_is_read_as_it_was_written_and_the_newest_counts(store):
    assert store.plan("main") is None
    store.save_plan(a_plan(end=None, sessions=(), benchmark=None))
    store.save_plan(a_plan())
    store.save_plan(a_plan(season="winter"))
    assert store.plan("main") == a_plan()
    assert store.planned_seasons() == ("main", "winter")
    assert store.seasons() == ()


def test_a_round_that_is_over_stays_over_since_it_first_was(store):
    store.finish_round("main", date(2025, 10, 7), NOW)
    store.finish_round("main", date(2025, 10, 6), NOW)
    store.finish_round("main", date(2025, 10, 6), NOW + timedelta(days=1))
    assert store.finished_rounds("main") == (date(2025, 10, 6), date(2025, 10, 7))
    assert store.finished_rounds("winter") == ()
    assert store._rows("SELECT DISTINCT finished FROM season_rounds")[0]["finished"] == NOW.isoformat()


def test_a_store_from_before_seasons_were_planned_keeps_what_it_has(store):
    store.save_chat(make_chat())
    store.append_events("main", [opened()])
    home = store.home
    store.close()
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection, connection:
        connection.execute("DROP TABLE seasons")
        connection.execute("DROP TABLE season_rounds")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'seasons'")
        connection.execute("PRAGMA user_version = 3")
    with Store.open_existing(home) as migrated:
        assert migrated.chat(make_chat().id) == make_chat()
        assert migrated.events("main") == (opened(),)
        migrated.save_plan(a_plan())
        assert migrated.plan("main") == a_plan()
        assert migrated._rows("PRAGMA user_version")[0][0] == SCHEMA_VERSION
