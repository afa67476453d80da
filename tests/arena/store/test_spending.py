"""Spending in the store: exact, found by season, round, contestant and day, and older stores learn of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from arena.records.spending import Spending
from arena.store import Store

DAY = date(2025, 10, 14)
NOON = datetime(2025, 11, 3, 12, tzinfo=UTC)


def spending(number, dollars="0.1", **changes):
    known = {"at": NOON, "season": "main", "session": DAY, "contestant": "a", "known": True}
    return Spending(**{**known, "id": str(number), "dollars": Decimal(dollars), **changes})


def test_sums_are_exact_where_floats_would_not_be(store):
    store.spend([spending(n, "0.000000000000001") for n in range(10)] + [spending("x", "1000")])
    assert store.spent() == Decimal("1000.00000000000001")


def test_what_matches_is_summed(store):
    store.spend(
        [
            spending(1, "1"),
            spending(2, "2", contestant="b"),
            spending(3, "4", session=date(2025, 10, 15)),
            spending(4, "8", season="other"),
            spending(5, "16", session=None, at=NOON - timedelta(days=1)),
        ]
    )
    assert store.spent(season="main") == 23
    assert store.spent(season="main", session=DAY) == 3
    assert store.spent(season="main", session=DAY, contestant="b") == 2
    assert store.spent(since=NOON) == 15
    assert store.spent(since=NOON.astimezone(timezone(timedelta(hours=9)))) == 15
    assert store.spent(season="nobody's") == 0


def test_a_settlement_takes_the_place_of_its_reservation_and_a_release_strikes_it_out(store):
    store.spend([spending(1, "0.5", known=False), spending(2, "0.5", known=False)])
    store.spend([spending(1, "0.02")], released=["2", "never there"])
    assert store.spent() == Decimal("0.02")


def test_a_tiny_amount_is_written_without_an_exponent(store):
    store.spend([spending(1, "1E-9")])
    (row,) = store._rows("SELECT dollars, known, session FROM spending")
    assert tuple(row) == ("0.000000001", 1, "2025-10-14")


def test_a_negative_amount_is_no_spending():
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        spending(1, "-1")


def test_a_store_of_the_first_version_learns_of_spending(store):
    store._connection.execute("DROP TABLE spending")
    store._connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'spending'")
    store._connection.execute("PRAGMA user_version = 1")
    with Store.open(store.home) as again:
        again.spend([spending(1, "3")])
        assert again.spent() == 3
    with closing(sqlite3.connect(store.home / "arena.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
