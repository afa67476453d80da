import pytest

from arena.errors import UsageError
from arena.search.asking import Phrase, expression, phrases


def test_words_stand_alone_and_quotes_keep_them_together():
    asked = phrases('Margin "free cash flow" P/E 毛利')
    assert asked == (
        Phrase(("margin",), open_ended=True),
        Phrase(("free", "cash", "flow"), open_ended=False),
        Phrase(("p", "e"), open_ended=False),
        Phrase(("毛", "利"), open_ended=False),
    )
    assert expression(asked) == '"margin" * AND "free cash flow" AND "p e" AND "毛 利"'


def test_a_quote_that_is_never_closed_reaches_to_the_end():
    assert phrases('"free cash') == (Phrase(("free", "cash"), open_ended=False),)


def test_what_is_asked_twice_is_looked_for_once():
    assert phrases("AI ai AI*") == (Phrase(("ai",), open_ended=False),)


@pytest.mark.parametrize("question", ["", " ", "***", '""', "\x00", "\ud800", "📈", "( ) - : ^"])
def test_a_question_without_a_word_is_refused(question):
    with pytest.raises(UsageError, match="nothing to search for"):
        phrases(question)


def test_a_question_that_is_too_long_is_refused():
    with pytest.raises(UsageError, match="a question of 1,000,000 characters is too long; ask for 400 at most"):
        phrases("x" * 1_000_000)
    with pytest.raises(UsageError, match="33 words are too many"):
        phrases(" ".join(f"w{n}" for n in range(33)))
