"""Full-text search: every word is found in every script, and no question is syntax."""

import sqlite3
from contextlib import closing

import pytest

from arena.errors import UsageError
from arena.records.chat import Message
from arena.store import Store
from tests.arena.store.chat import CLOSE, SESSION, TIMEOUT, call, decided, make_chat


def saying(text, suffix="3f9a2c", **changes):
    return make_chat(suffix, outcome=decided().model_copy(update={"reasoning": text}), **changes)


def found(store, question, **narrowed):
    return [hit.chat_id.rsplit(".", 1)[1] for hit in store.search(question, **narrowed).hits]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("AI demand is up", "ai"),
        ("the P/E is 20", "P/E"),
        ("Margins widened", "margin"),
        ("毛利率显著改善。净利润上升", "毛利"),
        ("毛利率显著改善。净利润上升", "净利润 改善"),
        ("利益率が上昇した。", "利益"),
        ("データセンターの需要", "センター"),
        ("마진이 개선되고 있다", "마진"),
        ("café crème", "CAFE"),
        ("Решение: ПОКУПАТЬ", "покупать"),
        ("القرار: شراء", "شراء"),
        ("half \ud800 a pair and nul\x00byte", "byte"),
    ],
)
def test_what_was_said_is_found_in_every_script(store, text, question):
    store.save_chat(saying(text))
    store.save_chat(saying("nothing of the kind", "other"))
    (hit,) = store.search(question).hits
    assert hit.chat_id.endswith("3f9a2c")
    assert hit.snippet.marks
    assert (hit.season, hit.session, hit.ticker, hit.contestant) == ("main", SESSION, "NVDA", "claude")
    assert (hit.stage, hit.role) == ("decision", "portfolio_manager")


@pytest.mark.parametrize("question", ["margi", "利毛", "maid", '"profit rise"', "净利毛"])
def test_what_was_not_said_is_not_found(store, question):
    store.save_chat(saying("AI profit margin 毛利率, profits rise"))
    assert found(store, question) == (["3f9a2c"] if question == "margi" else [])


@pytest.mark.parametrize(
    "question",
    [
        'a" OR "b',
        "words: margin",
        "NEAR(margin rates)",
        "margin AND",
        "margin*",
        "-margin",
        "^margin",
        "{margin}",
        "mar'gin; DROP TABLE chats",
        '"',
        '"margin',
        "margin\x00gin",
        "mar%_gin",
        "\ud800margin",
        "(" * 300 + "margin",
    ],
)
def test_no_question_is_syntax(store, question):
    store.save_chat(saying("margin"))
    if question == '"':
        with pytest.raises(UsageError):
            store.search(question)
    else:
        assert set(found(store, question)) <= {"3f9a2c"}
    assert len(store.chat_rows()) == 1


def test_prompts_and_replies_are_not_searched(store):
    asked = call(reply="replied").model_copy(update={"prompt": (Message(role="user", text="prompted"),)})
    store.save_chat(make_chat(calls=(asked,)))
    assert found(store, "prompted") == found(store, "replied") == []
    assert found(store, "because") == ["3f9a2c"]


def test_the_best_come_first_a_page_at_a_time(store):
    for n in range(5):
        store.save_chat(saying("margin " * (n + 1) + "filler " * 20, f"00{n}"))
    assert found(store, "margin")[0] == "004"
    first, second = store.search("margin", limit=3), store.search("margin", limit=3, offset=3)
    assert (len(first.hits), first.more, first.offset) == (3, True, 0)
    assert (len(second.hits), second.more, second.offset) == (2, False, 3)
    scores = [hit.score for hit in (*first.hits, *second.hits)]
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(UsageError, match="a page of 0 from 0 on"):
        store.search("margin", limit=0)


def test_a_search_is_narrowed_down(store):
    store.save_chat(saying("margin", "aaa"))
    store.save_chat(saying("margin", "bbb", ticker="AAPL"))
    store.save_chat(saying("margin", "ccc", season="other", contestant="grok"))
    assert found(store, "margin", ticker="AAPL") == ["bbb"]
    assert found(store, "margin", season="other") == found(store, "margin", contestant="grok") == ["ccc"]
    assert sorted(found(store, "margin", season="main", session=SESSION)) == ["aaa", "bbb"]
    assert found(store, "margin", session=CLOSE.date().replace(year=2024)) == []


def save_and_fail(store):
    with store.transaction():
        store.save_chat(saying("margin"))
        raise RuntimeError("killed")


def test_a_chat_that_is_not_kept_is_not_found(store):
    with pytest.raises(RuntimeError, match="killed"):
        save_and_fail(store)
    assert found(store, "margin") == []
    store.save_chat(saying("margin"))
    store.save_chat(saying("margin"))
    assert found(store, "margin") == ["3f9a2c"]


def test_chats_of_an_older_store_are_indexed_when_it_is_opened(store):
    store.save_chat(saying("毛利率 margin"))
    store.save_chat(make_chat("late", outcome=TIMEOUT))
    home = store.home
    store.close()
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection:
        connection.executescript(
            "DROP TABLE said; DROP TABLE passages; DELETE FROM _sqlite_migrations WHERE name = 'search';"
            "PRAGMA user_version = 4"
        )
    with Store.open_existing(home) as migrated:
        assert found(migrated, "毛利 margin") == ["3f9a2c"]
        assert found(migrated, "took too long") == ["late"]
        migrated.save_chat(saying("margin again", "next"))
        assert sorted(found(migrated, "margin")) == ["3f9a2c", "next"]
