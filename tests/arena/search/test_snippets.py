import pytest

from arena.search import phrases, snippet


def marked(text, question):
    found = snippet(text, phrases(question))
    return found, [found.text[span.start : span.end] for span in found.marks]


def test_a_short_text_is_shown_whole_on_one_line():
    found, marks = marked("Margins rose.\n\n  The margin\tis 57%.", "margin")
    assert found.text == "Margins rose. The margin is 57%."
    assert marks == ["Margins", "margin"]
    assert (found.cut_before, found.cut_after) == (False, False)


def test_the_place_with_most_of_what_was_asked_is_shown_between_whole_words():
    text = f"{'early talk of risk ' * 20}the gross margin carries a risk here {'and so on ' * 60}"
    found, marks = marked(text, '"gross margin" risk carries')
    assert marks[-3:] == ["gross margin", "carries", "risk"]
    assert (found.cut_before, found.cut_after) == (True, True)
    assert len(found.text) <= 200
    assert set(found.text.split()) <= set(text.split())


@pytest.mark.parametrize("place", [0, 57, 1000, 1993, 1998])
def test_scripts_without_spaces_and_endless_words_are_cut_anywhere(place):
    for filler in "增x":
        text = filler * place + " 毛利 " + filler * (1998 - place)
        found, marks = marked(text, "毛利")
        assert marks == ["毛利"]
        assert len(found.text) <= 200


def test_marks_that_overlap_are_one():
    assert marked("free cash flow", '"free cash" "cash flow"')[1] == ["free cash flow"]


def test_a_phrase_longer_than_a_snippet_is_marked_as_far_as_it_is_shown():
    text = " ".join(["word"] * 90)
    found, marks = marked(text, f'"{" ".join(["word"] * 70)}"')
    assert marks == [found.text]
