"""Long messages: every part within its service's limits, in valid markup, and together all of the text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arena.messages.anywhere import PlainForm
from arena.messages.page import Page, Span, heading, line, quoted
from arena.messages.slack import SlackForm, blocks, escaped
from arena.messages.slack import plain as slack_plain
from arena.messages.splitting import split
from arena.messages.telegram import TelegramForm, html, plain
from tests.arena.sinks.servers import parsed, units, wrong

# Letters that are one, two or many units, that are escaped, that combine, that run from right to left.
TEXTS = st.text(st.sampled_from('ab <>&"*_`~😀é́️ש漢'), max_size=40).map(quoted)
LONG = st.tuples(TEXTS, st.integers(1, 400)).map(lambda made: made[0] * made[1])
SPANS = st.builds(Span, text=st.one_of(TEXTS, LONG), bold=st.booleans())
LINES = st.one_of(st.lists(SPANS, max_size=3).map(tuple), TEXTS.map(heading), st.just(()))
PAGES = st.lists(LINES, max_size=30).map(lambda lines: Page(lines=tuple(lines)))


def letters(text):
    return "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(PAGES)
@example(Page(lines=(heading("&" * 5000),)))
@example(Page(lines=(line("😀" * 4000),)))
@example(Page(lines=(*[heading("x" * 140)] * 60, line("end"))))
@example(Page(lines=((),)))
def test_parts_hold_all_the_text_within_the_limits_in_valid_markup(page):
    told = split(page, TelegramForm())
    read = [parsed(html(part)) for part in told]
    assert [one.wrong for one in read] == [""] * len(told)
    assert all(0 < units(one.text) <= 4096 for one in read)
    assert [one.text for one in read] == [plain(part) for part in told]
    assert letters("".join(one.text for one in read)) == letters(page.text)
    shown = split(page, SlackForm())
    made = [blocks(part) for part in shown]
    assert all(0 < len(one) <= 50 and not any(map(wrong, one)) for one in made)
    assert all(units(slack_plain(part)) <= 9_000 for part in shown)
    assert letters("".join(block["text"]["text"] for one in made for block in one)) == letters(escaped(page.text))


def test_a_short_message_is_one_part():
    page = Page(lines=(heading("Title"), line("text")))
    for form in (TelegramForm(), SlackForm(), PlainForm()):
        assert split(page, form) == (page,)


def test_parts_end_between_lines():
    page = Page(lines=tuple(line(f"{number} {'x' * 90}") for number in range(100)))
    parts = split(page, TelegramForm())
    assert [one for part in parts for one in part.lines] == list(page.lines)
    assert [len(part.lines) for part in parts] == [43, 43, 14]


def test_a_long_line_ends_between_words():
    page = Page(lines=(line("word " * 2000),))
    parts = split(page, TelegramForm())
    assert all(set(part.text.split()) == {"word"} for part in parts)
    assert sum(len(part.text.split()) for part in parts) == 2000


def test_a_long_word_is_cut_where_no_letter_loses_its_accents():
    page = Page(lines=(line("e\u0301" * 4000),))
    parts = split(page, TelegramForm())
    assert all(part.text.startswith("e") and part.text.endswith("\u0301") for part in parts)


def test_a_style_goes_on_in_the_next_part():
    page = Page(lines=((Span(text="a" * 3000), Span(text="b" * 3000, bold=True)),))
    first, second = split(page, TelegramForm())
    assert [(len(span.text), span.bold) for span in first.lines[0]] == [(3000, False), (1096, True)]
    assert [(len(span.text), span.bold) for span in second.lines[0]] == [(1904, True)]


def test_a_heading_goes_with_what_it_heads():
    page = Page(lines=(line("x" * 4000), (), heading("Title"), line("y" * 95)))
    first, second = split(page, TelegramForm())
    assert first.lines == page.lines[:1]
    assert second.lines == page.lines[2:]


@pytest.mark.parametrize("form", [TelegramForm(), SlackForm(), PlainForm()])
def test_nothing_but_blanks_is_no_message(form):
    assert split(Page(lines=((), line("  "))), form) == ()


def test_slack_gets_headers_sections_and_one_line_of_markup():
    link = (Span(text="See <it>", href="https://h/a|b"),)
    page = Page(lines=(heading("Title & more"), (), line("*not bold*"), line("<!channel>"), heading("N" * 200), link))
    header, section, mrkdwn = blocks(page)
    assert header == {"type": "header", "text": {"type": "plain_text", "text": "Title &amp; more", "emoji": False}}
    told = "*not bold*\n&lt;!channel&gt;\n" + "N" * 200
    assert section == {"type": "section", "text": {"type": "plain_text", "text": told, "emoji": False}}
    assert mrkdwn["text"] == {"type": "mrkdwn", "text": "<https://h/a%7Cb|See &lt;it&gt;>"}


def test_telegram_escapes_text_and_addresses():
    page = Page(lines=(line("<b>&amp;", Span(text="a<b", bold=True), Span(text="c", href='http://h/?a&b"')),))
    assert html(page) == '&lt;b&gt;&amp;amp;<b>a&lt;b</b><a href="http://h/?a&amp;b&quot;">c</a>'
