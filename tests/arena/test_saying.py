import json

import pytest

from arena.saying import KEPT, Floor, Speech

PLAN = {
    "action": "BUY",
    "fraction": 0.25,
    "reasoning": 'Momentum is "strong"\nand {broad} — 12\\13 sessions, Bäume 🌲.',
    "key_risks": ["rates may rise", "FX"],
    "stop_loss": None,
}
PROSE = 'Momentum is "strong" and {broad} — 12\\13 sessions, Bäume 🌲. · rates may rise'


def words(text, *, form, size=None):
    speech = Speech(form=form)
    for start in range(0, len(text), size or len(text)):
        speech.hear(text[start : start + (size or len(text))])
    return speech.words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@pytest.mark.parametrize("size", [None, 1, 2, 3, 7, 11])
@pytest.mark.parametrize("escaped", [True, False])
def test_of_a_form_only_the_prose_is_shown_however_it_is_cut(size, escaped):
    assert words(json.dumps(PLAN, ensure_ascii=escaped), form=True, size=size) == PROSE


def test_a_code_in_the_making_is_never_shown():
    text = json.dumps(PLAN)
    seen = {words(text[:end], form=True) for end in range(1, len(text))}
    assert not any("BUY" in shown or "action" in shown or "FX" in shown for shown in seen)
    assert any(shown.endswith("strong") for shown in seen)


def test_what_comes_before_a_form_is_prose_and_its_fence_is_not():
    assert words(f"Let me see.\n```json\n{json.dumps(PLAN)}\n```", form=True).startswith("Let me see.")
    assert words(f"```json\n{json.dumps(PLAN)}\n```", form=True) == PROSE


def test_text_without_spaces_is_shown_once_it_is_long():
    reasoning = "动量强劲" * 12
    assert words(json.dumps({"reasoning": reasoning}, ensure_ascii=False), form=True) == reasoning


def test_a_speech_is_shown_as_it_comes_braces_and_all():
    assert words('The set {1, 2} is "small"', form=False, size=4) == 'The set {1, 2} is "small"'


@pytest.mark.parametrize("form", [True, False])
def test_of_a_long_answer_only_the_end_is_kept(form):
    speech = Speech(form=form)
    speech.hear('{"reasoning": "' if form else "")
    for number in range(20_000):
        speech.hear(f"word {number} ")
        assert len(speech.words) <= KEPT
    assert speech.words.endswith("word 19999 ")


@pytest.mark.parametrize(
    "text", ['{"a": "\\', '{"a": "\\u12', '{"a": "x y \\uZZ z', '"{\\"a\\": \\"b c\\"}"', "}{", "[[[", ""]
)
def test_no_broken_form_breaks_the_reader(text):
    for size in (None, 1):
        words(f"{text} ", form=True, size=size)


def test_of_two_that_speak_at_once_one_is_followed_until_it_is_through():
    floor = Floor()
    assert floor.saying is None
    assert floor.heard("1", "bull_researcher", "Up ", form=False)
    assert not floor.heard("2", "bear_researcher", "Down ", form=False)
    assert floor.heard("1", "bull_researcher", "it goes.", form=False)
    assert (floor.saying.speaker, floor.saying.words) == ("bull_researcher", "Up it goes.")
    floor.ended("1")
    assert floor.saying.words == "Up it goes."
    assert floor.heard("2", "bear_researcher", "it goes.", form=False)
    assert (floor.saying.speaker, floor.saying.words) == ("bear_researcher", "Down it goes.")


def test_an_answer_that_broke_off_is_unsaid_and_begins_anew():
    floor = Floor()
    floor.heard("1", "trader", "Half a", form=False)
    assert floor.unsaid("1")
    assert floor.saying is None
    floor.heard("1", "trader", "A whole word", form=False)
    assert floor.saying.words == "A whole word"
    assert not floor.unsaid("2")


def test_half_a_character_reaches_nobody():
    floor = Floor()
    floor.heard("1", "trader", '{"reasoning": "up we go \\ud83d', form=True)
    assert floor.saying.words == "up we go \ufffd"
    floor.heard("1", "trader", "\\ude00\\u0000", form=True)
    assert floor.saying.words == "up we go \U0001f600"
