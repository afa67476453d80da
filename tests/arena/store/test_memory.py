import sqlite3
from contextlib import closing
from datetime import date, timedelta

from arena.records.chat import Stages
from arena.records.masking import MaskedAs
from arena.records.memory import ReflectionStage
from arena.records.outcome import Decision
from arena.store import Store
from tests.agents.surroundings import lesson
from tests.arena.store.chat import TIMEOUT, decided, make_chat

DAYS = tuple(date(2025, 10, day) for day in (6, 7, 8, 9, 10, 13, 14))
OTHERS = ({"ticker": "AAPL"}, {"contestant": "gpt"}, {"season": "winter"})


def chat(day, suffix="a", **changes):
    return make_chat(suffix, session=DAYS[day], **changes)


def past(store, through=6, most=9):
    return store.past_decisions("main", "NVDA", "claude", DAYS[through], most)


def test_past_decisions_are_a_contestants_own_on_the_ticker_in_the_season_the_newest_first(store):
    for other in OTHERS:
        store.save_chat(chat(1, **other))
    store.save_chat(chat(0, outcome=decided("HOLD", 0.4)))
    store.save_chat(chat(2))
    store.save_chat(chat(3, outcome=TIMEOUT))
    store.save_chat(chat(5))
    assert [one.session for one in past(store)] == [DAYS[5], DAYS[2], DAYS[0]]
    assert [one.session for one in past(store, through=4)] == [DAYS[2], DAYS[0]]
    assert [one.session for one in past(store, most=1)] == [DAYS[5]]
    hold = past(store)[-1]
    assert (hold.action, hold.fraction, hold.confidence, hold.reasoning) == ("HOLD", 0, 0.4, "because")


def test_of_several_decisions_of_a_session_the_newest_counts(store):
    store.save_chat(chat(0, "a", outcome=decided("BUY")))
    store.save_chat(chat(0, "b", outcome=decided("SELL")))
    store.save_chat(chat(0, "c", outcome=TIMEOUT))
    assert [one.action for one in past(store)] == ["SELL"]


def test_reasons_that_sqlite_would_cut_as_text_are_remembered_whole(store):
    odd = Decision(action="HOLD", fraction=0, confidence=0.5, reasoning="nul \0, “ü”, 😀", key_risks=())
    store.save_chat(chat(0, outcome=odd))
    assert past(store)[0].reasoning == odd.reasoning


def reflecting(day, suffix="a", *, about=0, text="It held.", reflected=None, **changes):
    """A chat that was shown how the decision of day `about` had turned out, and by whose own words."""
    shown = lesson(session=DAYS[about], until=DAYS[about + 2], reflection=text, reflected=DAYS[reflected or day])
    return chat(day, suffix, stages=Stages(reflection=ReflectionStage(lessons=(shown,))), **changes)


def reflections(store, after=0, before=6):
    return store.reflections("main", "NVDA", "claude", DAYS[after], DAYS[before])


def test_reflections_are_a_contestants_own_of_earlier_rounds_as_they_were_written(store):
    for other in OTHERS:
        store.save_chat(reflecting(2, text="another's", **other))
    store.save_chat(reflecting(2))
    store.save_chat(reflecting(3, reflected=2, text="It held. [cut]"))
    store.save_chat(reflecting(3, "b", about=1, text="It did not."))
    store.save_chat(reflecting(6, about=4, text="later"))
    store.save_chat(chat(4))
    assert reflections(store) == {
        (DAYS[0], DAYS[2]): ("It held.", DAYS[2]),
        (DAYS[1], DAYS[3]): ("It did not.", DAYS[3]),
    }
    assert reflections(store, after=2).keys() == {(DAYS[1], DAYS[3])}


def test_the_reflection_of_a_desk_that_abstained_afterwards_counts_until_a_newer_one_is_written(store):
    store.save_chat(reflecting(2, "a", text="first", outcome=TIMEOUT))
    assert reflections(store) == {(DAYS[0], DAYS[2]): ("first", DAYS[2])}
    store.save_chat(reflecting(2, "b", text="second"))
    assert reflections(store) == {(DAYS[0], DAYS[2]): ("second", DAYS[2])}


def test_what_a_desk_was_shown_stays_as_it_first_was(store):
    store.save_lessons("main", DAYS[2], {("NVDA", "claude"): (lesson(),), ("NVDA", "gpt"): ()})
    store.save_lessons("main", DAYS[2], {("NVDA", "gpt"): (lesson(),), ("AAPL", "gpt"): (lesson(horizon=9),)})
    assert store.lessons("main", DAYS[2]) == {
        ("NVDA", "claude"): (lesson(),),
        ("NVDA", "gpt"): (),
        ("AAPL", "gpt"): (lesson(horizon=9),),
    }
    assert (store.lessons("main", DAYS[3]), store.lessons("winter", DAYS[2])) == ({}, {})


def test_a_store_from_before_there_was_a_memory_keeps_what_it_has_and_learns_to_remember(store):
    store.save_chat(chat(0))
    home = store.home
    store.close()
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection, connection:
        connection.execute("DROP TABLE lessons")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'memory'")
        connection.execute("PRAGMA user_version = 4")
    with Store.open_existing(home) as migrated:
        assert len(past(migrated)) == 1
        migrated.save_lessons("main", DAYS[2], {("NVDA", "claude"): (lesson(),)})
        assert migrated.lessons("main", DAYS[2]) == {("NVDA", "claude"): (lesson(),)}


def test_a_chat_without_a_memory_is_stored_in_the_bytes_it_was_stored_in_before_there_was_any(store):
    assert "reflection" not in chat(0).model_dump(mode="json")["stages"]
    store.save_chat(chat(0))
    store.save_chat(chat(0))
    assert "reflection" not in store._rows("SELECT body FROM chats")[0]["body"]


def test_past_decisions_are_found_by_the_index_and_not_by_reading_every_chat(store):
    plan = store._rows(
        "EXPLAIN QUERY PLAN SELECT max(seq) FROM chats WHERE season = 'a' AND session <= 'b' AND ticker = 'c' "
        "AND contestant = 'd' AND kind = 'decision' GROUP BY session ORDER BY session DESC LIMIT 5"
    )
    told = " ".join(row["detail"] for row in plan)
    assert "USING INDEX" in told
    assert "TEMP B-TREE" not in told


MASK = MaskedAs(ticker="VK3R", name="Company VK3R", weeks=3146, original="f" * 64, notes=())


def test_what_was_said_under_a_mask_and_without_one_are_kept_apart(store):
    store.save_chat(chat(0, outcome=decided("BUY")))
    store.save_chat(chat(0, "m", outcome=decided("SELL"), masked=MASK))
    for masked, action in ((False, "BUY"), (True, "SELL")):
        (found,) = store.past_decisions("main", "NVDA", "claude", DAYS[6], 9, masked=masked)
        assert (found.action, found.masked) == (action, masked)


def test_a_reflection_under_a_mask_is_found_by_the_real_days(store):
    moved = timedelta(weeks=MASK.weeks)
    shown = lesson(session=DAYS[0] + moved, until=DAYS[2] + moved, reflection="It held.", reflected=DAYS[2] + moved)
    store.save_chat(chat(2, masked=MASK, stages=Stages(reflection=ReflectionStage(lessons=(shown,)))))
    assert reflections(store) == {}
    found = store.reflections("main", "NVDA", "claude", DAYS[0], DAYS[6], masked=True)
    assert found == {(DAYS[0], DAYS[2]): ("It held.", DAYS[2])}
