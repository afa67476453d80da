"""Chats: found again, listed and summed up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from arena.errors import UsageError
from arena.records.chat import Cost
from arena.records.standing import Tally
from tests.arena.store.chat import CLOSE, SESSION, TIMEOUT, call, decided, make_chat

NEXT = SESSION + timedelta(days=1)


def test_a_unique_beginning_is_enough_of_an_id(store):
    one, two = make_chat("aaa111"), make_chat("bbb222", ticker="AAPL")
    store.save_chat(one)
    store.save_chat(two)
    assert store.chat("main.2025-10-14.NV") == one
    with pytest.raises(UsageError, match=r"several chats begin with main: main.2025-10-14.AAPL.claude.bbb222, main"):
        store.chat("main")


def test_an_unknown_id_names_the_nearest(store):
    store.save_chat(make_chat())
    with pytest.raises(UsageError, match=r"the nearest are main.2025-10-14.NVDA.claude.3f9a2c"):
        store.chat("main.2025-10-14.NVDA.claud.3f9a2d")
    with pytest.raises(UsageError, match="no chat %; 1 chats are stored, and none is like it"):
        store.chat("%")


def test_rows_are_the_newest_first_and_can_be_narrowed(store):
    for n, (ticker, who) in enumerate([("NVDA", "claude"), ("AAPL", "claude"), ("NVDA", "grok")]):
        store.save_chat(make_chat(f"00{n}", ticker=ticker, contestant=who, session=(SESSION, NEXT)[n // 2]))
    assert [row.id[-3:] for row in store.chat_rows()] == ["002", "001", "000"]
    assert [row.id[-3:] for row in store.chat_rows(limit=1)] == ["002"]
    assert [row.id[-3:] for row in store.chat_rows(contestant="claude", ticker="NVDA")] == ["000"]
    assert [row.id[-3:] for row in store.chat_rows("main", NEXT)] == ["002"]
    assert store.chat_rows("other") == ()


def test_a_row_tells_the_outcome_and_the_cost(store):
    store.save_chat(make_chat("aaa", labels=("rehearsal",), calls=(call("0.1"), call("0.2"), call(None))))
    store.save_chat(make_chat("bbb", outcome=TIMEOUT))
    abstained, row = store.chat_rows()
    assert (row.kind, row.action, row.fraction, row.confidence, row.reason) == ("decision", "BUY", 0.5, 0.6, None)
    assert row.cost == Cost(known=Decimal("0.3"), unknown_calls=1)
    assert (row.labels, row.started) == (("rehearsal",), CLOSE)
    assert (abstained.kind, abstained.action, abstained.reason) == ("abstention", None, "timeout")


def test_the_newest_decision_counts_and_abstentions_do_not_hide_it(store):
    store.save_chat(make_chat("aaa", outcome=decided("BUY")))
    store.save_chat(make_chat("bbb", outcome=decided("SELL")))
    store.save_chat(make_chat("ccc", outcome=TIMEOUT))
    store.save_chat(make_chat("ddd", ticker="AAPL", outcome=TIMEOUT))
    store.save_chat(make_chat("eee", ticker="AAPL", contestant="grok"))
    store.save_chat(make_chat("fff", session=NEXT))
    assert [chat.id[-3:] for chat in store.decided_chats("main", SESSION)] == ["eee", "bbb"]


def test_the_newest_decision_of_everybody_is_named_for_one_session(store):
    for suffix, changes in {
        "a1": {},
        "a2": {"outcome": decided("SELL")},
        "a3": {"outcome": TIMEOUT},
        "b1": {"ticker": "AAPL"},
        "c1": {"contestant": "gpt", "outcome": TIMEOUT},
        "d1": {"session": NEXT},
    }.items():
        store.save_chat(make_chat(suffix, **changes))
    named = {desk: chat_id.rsplit(".", 1)[1] for desk, chat_id in store.decisions("main", SESSION).items()}
    assert named == {("NVDA", "claude"): "a2", ("AAPL", "claude"): "b1"}
    assert store.decisions("other", SESSION) == {}


def test_tallies_count_the_newest_chat_and_add_the_cost_of_all(store):
    store.save_chat(make_chat("aaa", outcome=TIMEOUT, calls=(call("0.1"),)))
    store.save_chat(make_chat("bbb", calls=(call("0.2"), call(None))))
    store.save_chat(make_chat("ccc", session=NEXT, outcome=TIMEOUT, labels=("simulated", "rehearsal")))
    store.save_chat(make_chat("ddd", contestant="grok", calls=()))
    store.save_chat(make_chat("eee", season="other"))
    claude = Tally(
        contestant="claude",
        decisions=1,
        abstentions=1,
        cost=Cost(known=Decimal("0.31"), unknown_calls=1),
        labels=("rehearsal", "simulated"),
    )
    assert store.tallies("main") == (claude, Tally(contestant="grok", decisions=1))
    assert store.tallies("nothing") == ()


def test_the_archive_is_checked_against_the_store(store):
    for n in range(3):
        store.save_chat(make_chat(f"00{n}", session=date(2025, 10, 14 + n)))
    folder = store.home / "archive" / "main"
    (folder / "2025-10-14/NVDA/claude.000.json").unlink()
    (folder / "2025-10-15/NVDA/claude.001.json").write_text("{}")
    (folder / "2025-10-16/NVDA/grok.777.json").write_text("{}")
    missing, changed, unknown = store.verify_archive()
    assert missing.startswith("chat main.2025-10-14.NVDA.claude.000 has no file main")
    assert changed.endswith("is not what is stored as chat main.2025-10-15.NVDA.claude.001")
    assert unknown.endswith("grok.777.json belongs to no stored chat")
    (folder / "2025-10-15/NVDA/claude.001.json").write_text("{half")
    assert store.verify_archive()[1] == changed


def test_a_contestants_chats_are_its_replicas_too_and_nobody_elses(store):
    for number, name in enumerate(("m~1", "m~2", "m", "mm~1", "m-b")):
        store.save_chat(make_chat(f"{number}", contestant=name))
    assert [row.contestant for row in store.chat_rows(contestant="m")] == ["m", "m~2", "m~1"]
    assert [row.contestant for row in store.chat_rows(contestant="m~2")] == ["m~2"]
    assert (store.home / "archive/main/2025-10-14/NVDA/m~2.1.json").exists()
