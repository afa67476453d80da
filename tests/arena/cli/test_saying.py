import pytest
from rich.cells import cell_len

from arena.cli.views.saying import said
from arena.records.progress import Saying
from tests.arena.cli.test_live import progress

HOSTILE = "up \x1b[2J\x1b]0;owned\x07[bold red]it[/]\n\x00goes \u202egnorw\u202c :smile: \u200dand on"


def shown(words, columns=60, contestant="momentum"):
    return said(progress(contestant, said=Saying(speaker="bull_researcher", words=words)), columns)


def test_a_line_says_who_speaks_and_what():
    assert shown("The case is bullish.") == "NVDA momentum, bull researcher: The case is bullish."


def test_where_nobody_spoke_the_line_is_empty():
    assert said(progress(), 60) == ""


def test_of_a_long_speech_the_newest_words_are_shown():
    line = shown(" ".join(f"word{number}" for number in range(100)))
    assert line.startswith("NVDA momentum, bull researcher: …")
    assert line.endswith("word98 word99")
    assert cell_len(line) == 60


def test_what_a_model_says_commands_no_terminal_and_turns_no_line_around():
    assert shown(HOSTILE, 90) == "NVDA momentum, bull researcher: up [bold red]it[/] goes gnorw :smile: and on"


def test_a_sequence_that_is_put_together_by_what_is_dropped_is_dropped_too():
    assert shown("a \x1b\u200d[31m b") == "NVDA momentum, bull researcher: a b"


@pytest.mark.parametrize(
    "words", ["动量强劲" * 40, "👩\u200d👩\u200d👧\u200d👦" * 40, "e\u0301" * 300, "x" * 300, "שלום " * 60]
)
@pytest.mark.parametrize("columns", [20, 21, 39, 40, 79, 119])
def test_no_line_is_wider_than_its_terminal(words, columns):
    line = shown(words, columns, "a-contestant-with-a-rather-long-name")
    assert cell_len(line) <= columns
    assert cell_len(line) >= columns - 1
