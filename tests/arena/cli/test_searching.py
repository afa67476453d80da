"""Chats searched and compared from the command line."""

import json

import pytest

from arena.records.comparing import ChatDiff
from arena.records.search import SearchResult
from arena.store import Store
from tests.arena.store.chat import decided, make_chat

BEARISH = "strength tends to persist"


def id_of(played, contestant):
    with Store.open_existing(played) as store:
        return store.chat_rows(contestant=contestant)[0].id


def test_what_was_said_is_found_with_its_speaker_and_how_to_read_it(arena, played):
    ran = arena("chat", "search", "--home", played, f'"{BEARISH}"', "--limit", "2")
    assert ran.code == 0
    assert ran.out.startswith("REHEARSAL: ")
    assert id_of(played, "momentum") in ran.out
    assert BEARISH in " ".join(ran.out.split())
    assert "\nRead one:\n  arena chat show demo." in ran.out
    assert ran.err == "note: there are more: --offset 2\n"


def test_json_is_the_record_and_words_may_be_given_one_by_one(arena, played):
    ran = arena("chat", "search", "--home", played, "strength", "persist", "--contestant", "momentum", "--json")
    found = SearchResult.model_validate_json(ran.out)
    assert found.asked == "strength persist"
    assert {hit.contestant for hit in found.hits} == {"momentum"}
    hit = found.hits[0]
    assert {hit.snippet.text[mark.start : mark.end] for mark in hit.snippet.marks} == {"strength", "persist"}
    assert not json.loads(arena("chat", "search", "--home", played, "strength", "--ticker", "aapl", "--json").out)[
        "hits"
    ]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("unheardof", 0, "nobody said so\n"),
        ("***", 1, "arena: there is nothing to search for: name a word, or several that stand together\n"),
        ('"" OR NEAR(', 0, "nobody said so\n"),
        ("x" * 500, 1, "arena: a question of 500 characters is too long; ask for 400 at most\n"),
    ],
)
def test_a_question_without_an_answer_is_no_error_and_one_without_a_word_is(arena, played, asked, code, said):
    ran = arena("chat", "search", "--home", played, asked)
    assert (ran.code, ran.out, ran.err) == (code, "", said)


def test_what_was_found_cannot_command_the_terminal(arena, tmp_path):
    evil = "\x1b[2Jmargin\x1b]0;owned\x07 \u202emargin\x00 [bold]up[/]"
    with Store.open(tmp_path / "home") as store:
        store.save_chat(make_chat(outcome=decided().model_copy(update={"reasoning": evil, "key_risks": ()})))
    ran = arena("chat", "search", "--home", tmp_path / "home", "margin")
    assert "margin margin [bold]up[/]" in ran.out
    assert not set("\x1b\x07\x00\u202e") & set(ran.out)


def test_two_models_chats_are_compared_setting_first(arena, played):
    one, other = id_of(played, "momentum"), id_of(played, "value")
    ran = arena("chat", "diff", "--home", played, one, other)
    assert (ran.code, ran.err) == (1, "")
    shown = " ".join(ran.out.split())
    assert f"A {one} B {other} Asked with" in shown
    assert "The same: snapshot hash, prompts hash, config hash" in shown
    assert "[-strength tends to persist-]{+price follows earnings in the end+}" in shown
    assert ran.out.index("Asked with") < ran.out.index("Decision") < ran.out.index("Market")


def test_a_chat_beside_itself_is_equal(arena, played):
    one = id_of(played, "momentum")
    ran = arena("chat", "diff", "--home", played, one, one, "--json")
    assert ran.code == 0
    content = json.loads(ran.out)
    assert content.pop("equal") is True
    assert ChatDiff.model_validate(content).one == one
    shown = arena("chat", "diff", "--home", played, one, one)
    assert "The same in both: decision, market, news, fundamentals, social, research, trader, risk" in shown.out


def test_a_text_only_one_has_stands_beside_a_gap_and_changed_facts_are_pointed_at(arena, tmp_path):
    with Store.open(tmp_path / "home") as store:
        store.save_chat(make_chat("aaa", outcome=decided().model_copy(update={"key_risks": ("rates", "\x1b[2Jwar")})))
        store.save_chat(make_chat("bbb", snapshot_hash="d" * 64))
    ran = arena("chat", "diff", "--home", tmp_path / "home", *(f"main.2025-10-14.NVDA.claude.{n}" for n in ("a", "b")))
    assert [line.split() for line in ran.out.splitlines() if "war" in line] == [["war", "—"]]
    assert "What changed of the facts:\n  arena data diff main.2025-10-14.NVDA.claude.aaa main." in ran.out


def test_an_unknown_chat_is_a_mistake(arena, played):
    ran = arena("chat", "diff", "--home", played, id_of(played, "value"), "nonsense")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: no chat nonsense; ")
