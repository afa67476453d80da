import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.comparing import compare_texts
from arena.records.comparing import OtherText, Piece, SameText


def test_the_same_text_is_said_to_be_the_same():
    assert compare_texts("plan", "Buy.", "Buy.") == SameText(name="plan", text="Buy.")


def test_close_texts_are_compared_word_by_word():
    found = compare_texts("plan", "Buy half of it now.", "Buy all of it later.")
    assert found.kind == "changed"
    assert found.pieces == (
        Piece(kind="same", text="Buy "),
        Piece(kind="removed", text="half "),
        Piece(kind="added", text="all "),
        Piece(kind="same", text="of it "),
        Piece(kind="removed", text="now"),
        Piece(kind="added", text="later"),
        Piece(kind="same", text="."),
    )


def test_a_script_without_spaces_is_compared_by_its_characters():
    found = compare_texts("plan", "毛利率显著改善", "毛利率略有改善")
    assert [(piece.kind, piece.text) for piece in found.pieces] == [
        ("same", "毛利率"),
        ("removed", "显著"),
        ("added", "略有"),
        ("same", "改善"),
    ]


@pytest.mark.parametrize(("one", "other"), [("Buy now.", "Nothing like it, at all"), ("Buy now.", None), (None, "x")])
def test_texts_that_are_not_close_are_left_to_be_read_side_by_side(one, other):
    found = compare_texts("plan", one, other)
    assert isinstance(found, OtherText)
    assert (found.one, found.other) == (one, other)
    assert found.similarity < 0.5


@given(st.lists(st.sampled_from(["buy", "sell ", "\n", "毛", "1,234.5", "\x00", "'s ", "é"])), st.integers(0, 9))
def test_the_pieces_give_both_texts_back(words, at):
    one, other = "".join(words), "".join([*words[:at], "hold ", *words[at + 1 :]])
    found = compare_texts("text", one, other)
    if found.kind == "changed":
        assert "".join(piece.text for piece in found.pieces if piece.kind != "added") == one
        assert "".join(piece.text for piece in found.pieces if piece.kind != "removed") == other


def test_long_texts_are_compared_without_taking_every_word_to_every_other():
    one = " ".join(f"word{n % 997} and so on." for n in range(12_000))
    assert compare_texts("text", one, one.replace("word500 ", "another ")).similarity > 0.9
