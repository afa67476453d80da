"""Strangers' text as part of a line."""

import pytest

from arena.messages.page import Page, Span, address, heading, is_heading, line, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        (" two\n lines\t", "two lines"),
        ("nul\x00 bell\x07", "nul bell"),
        ("@everyone <@U123> a@b.c", "@\u200beveryone <@\u200bU123> a@b.c"),
        ("\ud83d\ude00 half \ud800", "😀 half \N{REPLACEMENT CHARACTER}"),
        ("\u202eturned\u202c", "turned"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_it_is_made_harmless_to_read(text, shown):
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("longest", "shown"), [(20, "one two three"), (13, "one two three"), (12, "one two…"), (3, "on…"), (1, "…")]
)
def test_it_is_cut_at_a_word(longest, shown):
    assert quoted("one two three", longest) == shown


def test_a_cut_leaves_no_isolate_open():
    assert quoted("\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", 6) == "\u2068\u05e9\u05dc\u05d5\u05dd…\u2069"


def test_a_heading_is_all_bold():
    assert is_heading(heading("x"))
    assert not is_heading(line("x", Span(text="y", bold=True)))
    assert not is_heading(())


def test_a_page_as_text_has_its_addresses():
    page = Page(lines=(heading("A"), (), line("see ", Span(text="it", href="http://h/"))))
    assert page.text == "A\n\nsee it (http://h/)"
    assert Page.model_validate(page.model_dump(mode="json")) == page


def test_an_address_has_nothing_that_could_end_it():
    assert address("https://h/a?b=c&d=é\"'<>| \n") == "https://h/a?b=c&d=%C3%A9%22%27%3C%3E%7C%20%0A"
