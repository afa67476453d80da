"""Markdown that can neither run, load nor pretend anything."""

import pytest

from arena.web.prose import LONGEST, Flag, prose


def test_prose_is_laid_out() -> None:
    html = prose("## Verdict\n\n**Buy**, since:\n\n- margins\n- demand\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<h4>Verdict</h4>" in html
    assert "<strong>Buy</strong>" in html
    assert html.count("<li>") == 2
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src=//elsewhere></iframe>",
        "<style>body{display:none}</style>",
        "</div></main><h1>Not the arena</h1>",
        "<!-- hidden -->",
    ],
)
def test_markup_is_shown_as_the_text_it_is(text: str) -> None:
    html = prose(f"see {text} here")
    assert "&lt;" in html
    for tag in ("<script", "<img", "<iframe", "<style", "</main", "<!--", "<h1"):
        assert tag not in html
    assert "<a " not in html


@pytest.mark.parametrize(
    "link",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "[x](/seasons/main)",
        "[x](#calls)",
        "[x](//elsewhere)",
        "<javascript:alert(1)>",
    ],
)
def test_only_addresses_of_the_web_become_links(link: str) -> None:
    assert "<a" not in prose(link)


def test_a_link_says_nothing_of_where_it_was_clicked() -> None:
    html = prose("[report](https://example.org/q3?a=1&b=2)")
    assert 'href="https://example.org/q3?a=1&amp;b=2"' in html
    assert 'rel="noopener noreferrer nofollow ugc"' in html


def test_pictures_are_not_loaded() -> None:
    html = prose("![chart](https://example.org/track.png)")
    assert "<img" not in html
    assert "!" in html


def test_characters_that_reorder_or_cannot_be_held_are_left_out() -> None:
    html = prose("a\x00b \u202egnp.exe\u202c c\ud800d")
    assert html == "<p>ab gnp.exe c\N{REPLACEMENT CHARACTER}d</p>\n"


def test_an_unsupported_figure_is_marked_where_it_stands_and_nowhere_else() -> None:
    html = prose("Revenue of **46.7** billion, not 146.7 or 46.75; `46.7`.", (Flag(3, "46.7"),))
    assert html.count("<mark") == 1
    assert '<strong><mark class="flag">46.7<sup>⚑3</sup></mark></strong>' in html


def test_a_text_too_long_to_lay_out_is_shown_as_it_was_written() -> None:
    html = prose("# <b>x</b>\n" * (LONGEST // 8))
    assert html.startswith('<div class="as-written"># &lt;b&gt;x')
    assert "<b>" not in html
