"""Chats: stored whole, found again, listed and summed up."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from arena.errors import StoreError, UsageError
from arena.records.chat import Cost
from arena.records.standing import Tally
from tests.arena.store.chat import CLOSE, SESSION, TIMEOUT, call, decided, make_chat

NEXT = SESSION + timedelta(days=1)


def archived(store):
    return sorted(path.relative_to(store.home / "archive") for path in (store.home / "archive").rglob("*.json"))


def test_a_chat_comes_back_as_it_was_from_store_and_archive(store):
    chat = make_chat()
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    file = store.home / "archive" / "main" / "2025-10-14" / "NVDA" / "claude.3f9a2c.json"
    assert json.loads(file.read_text()) == chat.model_dump(mode="json")
    assert file.read_text().startswith('{\n  "id": "main.2025-10-14.NVDA.claude.3f9a2c",\n')
    assert store.verify_archive() == ()


@pytest.mark.parametrize(
    "reply", ["nul \x00 in the middle", "half \ud800 a pair", "\x00\udfff", "emoji 📈, 가격, \x1b[0m"]
)
def test_whatever_a_model_says_survives(store, reply):
    chat = make_chat(calls=(call(reply=reply),))
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    assert store.chat(chat.id).calls[0].reply == reply
    (file,) = archived(store)
    assert json.loads((store.home / "archive" / file).read_text())["calls"][0]["reply"] == reply
    assert store.verify_archive() == ()


@pytest.mark.parametrize("ticker", ["^GSPC", "BRK-B", "GC=F", "BTC/USD", "..", "CON", "nul.de", "한국", "A:B*C?"])
def test_odd_tickers_stay_inside_the_archive(store, ticker):
    chat = make_chat(ticker=ticker)
    store.save_chat(chat)
    assert store.chat(chat.id) == chat
    (file,) = archived(store)
    assert len(file.parts) == 4
    assert not set(file.parts[2]) & set('<>:"/\\|?*')
    assert not file.parts[2].startswith(".")
    assert file.parts[2].split(".")[0].lower() not in {"con", "nul"}
    assert store.verify_archive() == ()


def test_saving_a_chat_again_changes_nothing(store):
    store.save_chat(make_chat())
    store.save_chat(make_chat())
    assert len(store.chat_rows()) == 1
    assert len(archived(store)) == 1


def test_another_chat_of_the_same_id_is_refused(store):
    store.save_chat(make_chat())
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.3f9a2c"):
        store.save_chat(make_chat(outcome=TIMEOUT))
    assert store.chat_rows()[0].kind == "decision"
    assert store.verify_archive() == ()


def test_chats_are_stored_together_in_their_order_and_each_is_found(store):
    words = {"b2": "margins widened", "a1": "demand is up", "c3": "debt is due"}
    stored, *new = (
        make_chat(suffix, outcome=decided().model_copy(update={"reasoning": said})) for suffix, said in words.items()
    )
    store.save_chat(stored)
    # Among them one that is there already, and one twice.
    store.save_chats([new[0], stored, new[1], new[0]])
    assert [store.chat(chat.id) for chat in (stored, *new)] == [stored, *new]
    assert [chat.id for chat in store.each_chat("main")] == [stored.id, *(chat.id for chat in new)]
    found = {suffix: [hit.chat_id for hit in store.search(said).hits] for suffix, said in words.items()}
    assert found == {suffix: [make_chat(suffix).id] for suffix in words}
    assert store.verify_archive() == ()


def test_of_chats_together_none_is_stored_where_one_is_refused(store):
    store.save_chat(make_chat())
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.3f9a2c"):
        store.save_chats([make_chat("a1"), make_chat(outcome=TIMEOUT)])
    with pytest.raises(StoreError, match=r"already stored as main.2025-10-14.NVDA.claude.a2"):
        store.save_chats([make_chat("a2"), make_chat("a2", outcome=TIMEOUT)])
    assert len(store.chat_rows()) == 1
    assert store.verify_archive() == ()


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
