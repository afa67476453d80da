"""Untrusted text, made fit for a page."""

from arena.web.text import gist, one_line, shown


def test_what_html_cannot_hold_is_left_out_and_half_a_character_is_replaced() -> None:
    assert shown("a\x00b\x07\x1b[31mc\ud83d") == "ab[31mc\N{REPLACEMENT CHARACTER}"
    assert shown("one\r\ntwo\u2028three\tfour") == "one\ntwo\nthree\tfour"
    assert shown("مرحبا \u202eevil\u202c") == "مرحبا evil"


def test_a_gist_has_no_marks_of_markdown() -> None:
    text = "   ## Verdict\n\n**Buy** `NVDA` at [the open](https://x.y): a_b * c\n- *margins* are __wide__\n> 3 > 2"
    assert gist(text, 200) == "Verdict Buy NVDA at the open: a_b * c margins are wide 3 > 2"


def test_a_long_line_is_cut_at_a_word() -> None:
    assert one_line("one two  three\nfour", 12) == "one two…"
    assert len(one_line("x" * 500, 40)) == 40
