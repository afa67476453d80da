"""Spending in the store: exact, found by season, round, contestant and day, and older stores learn of it."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from arena.records.spending import Spending
from arena.store import Store
from arena.store.database import SCHEMA_VERSION

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


def test_another_connection_is_told_what_was_settled_since_it_looked_and_what_is_open(store):
    with Store.open(store.home) as other:
        store.spend([spending(1, "1")])
        store.reserve([spending(2, "2", known=False), spending(3, "4", known=False)])
        first = other.spending_elsewhere(0)
        assert ([one.id for one in first.settled], [one.id for one in first.open]) == (["1"], ["2", "3"])
        assert first.settled[0] == spending(1, "1")
        store.spend([spending(2, "0.5")], released=["3"])
        then = other.spending_elsewhere(first.number)
        assert ([one.dollars for one in then.settled], then.open) == ([Decimal("0.5")], ())
        assert other.spending_elsewhere(then.number).settled == ()
        assert store.spending_elsewhere(0)[:2] == ((), ())


def test_only_what_others_wrote_counts_as_a_change(store):
    with Store.open(store.home) as other:
        before, theirs = store.changes(), other.changes()
        store.spend([spending(1)])
        assert (store.changes() == before, other.changes() == theirs) == (True, False)


@pytest.mark.parametrize("scope", spending(1).scopes, ids=lambda scope: scope.limit)
def test_what_others_settled_is_summed_by_scope_and_what_they_reserved_is_not(store, scope):
    elsewhere = {"season": "x", "session": None, "contestant": "x", "at": NOON - timedelta(days=1)}
    with Store.open(store.home) as other:
        store.spend([spending(1, "1"), spending(2, "2", at=NOON + timedelta(hours=12)), spending(3, "4", **elsewhere)])
        store.reserve([spending(4, "8", known=False)])
        assert other.spent_elsewhere(scope) == (1 if scope.limit == "day" else 3)
        assert store.spent_elsewhere(scope) == 0


def test_outside_any_round_there_is_a_sum_of_its_own(store):
    with Store.open(store.home) as other:
        store.spend([spending(1, "1"), spending(2, "2", session=None)])
        assert other.spent_elsewhere(spending(3, session=None).scopes[1]) == 2


def test_the_reservations_of_the_living_are_left_alone_and_those_of_the_dead_are_settled_as_they_stand(store):
    with Store.open(store.home) as other:
        other.reserve([spending(1, "0.5", known=False)])
        store.bury_spenders()
        assert [one.id for one in store.spending_elsewhere(0).open] == ["1"]
    # It closed without settling, as a process does that is killed.
    store.bury_spenders()
    found = store.spending_elsewhere(0)
    assert (found.settled, found.open) == ((spending(1, "0.5", known=False),), ())
    assert list((store.home / "spenders").iterdir()) == []


def test_a_store_that_is_only_read_leaves_no_lock_behind(store):
    store.spend([spending(1)])
    assert not (store.home / "spenders").exists()


def test_a_store_of_the_first_version_learns_of_spending(store):
    store._connection.execute("DROP TABLE spending")
    store._connection.execute("DELETE FROM _sqlite_migrations WHERE name IN ('spending', 'spenders')")
    store._connection.execute("PRAGMA user_version = 1")
    with Store.open(store.home) as again:
        again.spend([spending(1, "3")])
        assert again.spent() == 3
    with closing(sqlite3.connect(store.home / "arena.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
