"""Research in the store: one that is ready for a desk, until a chat takes it up or it is put aside."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from arena.errors import StoreError
from arena.records.chat import Stages
from arena.records.desk import ResearchBrief
from arena.records.outcome import Abstention
from arena.records.research import Research
from arena.store import Store
from arena.store.database import SCHEMA_VERSION
from tests.arena.store.chat import CLOSE, SESSION, call, make_chat

LATE = Abstention(reason="timeout", detail="too late \ud83d")  # half a character, as models send


def research(suffix="r1", *, session=SESSION, contestant="claude", **changes):
    brief = ResearchBrief(
        season="main", as_of=CLOSE, session=session, ticker="NVDA", contestant=contestant, snapshot_hash="a" * 64
    )
    fields = {
        "id": f"main.{session}.NVDA.{contestant}.{suffix}",
        "brief": brief,
        "basis": "b" * 64,
        "started": CLOSE,
        "finished": CLOSE,
        "seconds": 1.25,
        "stages": Stages(),
        "calls": (call(),),
        "errors": (),
        "failure": None,
    }
    return Research(**{**fields, **changes})


def test_research_is_found_for_its_desk_as_it_was_kept(store):
    kept = research(failure=LATE)
    store.save_research(kept)
    assert store.research("main", SESSION, "NVDA", "claude") == kept
    assert store.research("main", SESSION, "NVDA", "gpt") is None
    assert store.research("other", SESSION, "NVDA", "claude") is None


def test_what_is_ready_is_listed_by_round(store):
    tuesday, wednesday = date(2025, 10, 14), date(2025, 10, 15)
    store.save_research(research(session=wednesday))
    store.save_research(research(contestant="gpt", failure=LATE))
    store.save_research(research())
    ready = store.ready_research("main")
    assert [(one.session, one.contestant, one.failure) for one in ready] == [
        (tuesday, "claude", None),
        (tuesday, "gpt", "timeout"),
        (wednesday, "claude", None),
    ]
    assert store.ready_research("main", wednesday) == ready[2:]
    assert (ready[0].id, ready[0].basis, ready[0].snapshot_hash) == (research().id, "b" * 64, "a" * 64)


def test_a_desk_has_one_that_is_ready(store):
    store.save_research(research("r1"))
    with pytest.raises(
        StoreError, match=r"the desk of claude already has research ready as main\.2025-10-14\.NVDA\.claude\.r1"
    ):
        store.save_research(research("r2"))
    store.put_research_aside([research("r1").id], "the facts have changed")
    store.save_research(research("r2"))
    assert store.research("main", SESSION, "NVDA", "claude") == research("r2")


def test_what_was_put_aside_stays_with_its_reason(store):
    store.save_research(research())
    assert store.put_research_aside([research().id, "unknown"], "the facts have changed") == (research(),)
    assert store.ready_research("main") == ()
    assert store.research_put_aside("main") == ((research(), "the facts have changed"),)


def test_a_chat_takes_up_its_research_in_one_step(store):
    store.save_research(research())
    store.save_research(research(contestant="gpt"))

    def broken_off():
        with store.transaction():
            store.save_chat(make_chat(id=research().id))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert len(store.ready_research("main")) == 2
    store.save_chat(make_chat(id=research().id))
    assert [one.contestant for one in store.ready_research("main")] == ["gpt"]


def test_a_store_from_before_research_ran_ahead_keeps_what_it_has(store):
    store.save_chat(make_chat())
    home = store.home
    store.close()
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection, connection:
        connection.execute("DROP TABLE research")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'research'")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    with Store.open_existing(home) as migrated:
        assert migrated.chat(make_chat().id) == make_chat()
        migrated.save_research(research())
        assert migrated.research("main", SESSION, "NVDA", "claude") == research()
