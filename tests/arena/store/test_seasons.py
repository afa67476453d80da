import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

from arena.records.market import Dividend
from arena.records.season import KeptActions, SeasonPlan
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
        for table in ("seasons", "season_rounds", "outbox", "standings"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name IN ('seasons', 'outbox', 'standings')")
        connection.execute("PRAGMA user_version = 3")
    with Store.open_existing(home) as migrated:
        assert migrated.chat(make_chat().id) == make_chat()
        assert migrated.events("main") == (opened(),)
        migrated.save_plan(a_plan())
        assert migrated.plan("main") == a_plan()
        assert migrated._rows("PRAGMA user_version")[0][0] == SCHEMA_VERSION


def test_a_benchmarks_dividends_and_splits_are_kept_as_they_were_first_told(store):
    def told(through, *dividends):
        paid = tuple(Dividend(ex_date=date(2025, 10, n), amount=amount) for n, amount in dividends)
        return KeptActions(ticker="SPY", through=date(2025, 10, through), dividends=paid)

    assert store.kept_actions("main", "SPY") is None
    store.keep_actions("main", told(10, (9, 2)))
    store.keep_actions("main", told(8, (9, 3), (7, 1)))
    assert store.kept_actions("main", "SPY") == told(10, (7, 1), (9, 2))
    assert store.kept_actions("other", "SPY") is None
