import pytest

from arena.untrusted import clean, one_line


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain\ntext", "plain\ntext"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1b]52;c;never ended", "52;c;never ended"),
        ("over\rwritten", "over\nwritten"),
        ("a\r\nb\x0bc\u2028d", "a\nb\nc\nd"),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("tab\tstop", "tab stop"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("half \ud83d character", "half \N{REPLACEMENT CHARACTER} character"),
        ("[bold]kept[/bold] :smile:", "[bold]kept[/bold] :smile:"),
        ("ünïcode 漢字 🥇", "ünïcode 漢字 🥇"),
    ],
)
def test_untrusted_text_is_shown_and_never_obeyed(written, shown):
    assert clean(written) == shown


def test_many_unfinished_sequences_take_no_time():
    assert clean("\x1b]" * 200_000) == ""
    assert clean("\x9d" * 200_000) == ""


def test_one_line_cuts_at_a_word_and_says_so():
    assert one_line("a  b\n c") == "a b c"
    assert one_line("twelve chars", 12) == "twelve chars"
    assert one_line("thirteen, now it", 15) == "thirteen, now…"
    assert one_line("x" * 20, 5) == "xxxx…"
