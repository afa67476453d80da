"""Texts are cut where people cut them, and each part is kept once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.tape.parts import SHORTEST, fetched_tree, fingerprint, fold, kept_tree, pack, split, unfold, unpack

PARAGRAPH = "Report figures exactly as the data gives them, and name in the report what the data cannot tell." * 3
OTHER = "The decision is yours: BUY, SELL or HOLD; how much of the available cash or of the shares held." * 3


class Shelf:
    """Parts by number, as a tape keeps them."""

    def __init__(self):
        self.texts = []

    def keep(self, part):
        if part not in self.texts:
            self.texts.append(part)
        return self.texts.index(part)

    def fetch(self, number):
        return self.texts[number]


texts = st.text(st.sampled_from('ab#\n {}"\\é\ud83d'), max_size=400)


@given(texts)
def test_the_pieces_of_a_text_joined_are_the_text(text):
    assert "".join(split(text)) == text


def test_a_text_is_cut_at_blank_lines_and_before_headings():
    assert split("one\ntwo\n\nthree\n# four\nfive") == ["one\ntwo", "\n\n", "three", "\n", "# four\nfive"]


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(trees)
def test_a_folded_tree_unfolds_to_itself(tree):
    shelf = Shelf()
    assert unfold(fold(tree, shelf.keep), shelf.fetch) == tree
    assert fetched_tree(kept_tree(tree, shelf.keep), shelf.fetch) == tree


def test_a_shared_paragraph_is_kept_once_and_a_short_text_not_at_all():
    shelf = Shelf()
    fold({"prompt": f"{PARAGRAPH}\n\n{OTHER}", "short": "x" * (SHORTEST - 1)}, shelf.keep)
    fold([f"# News\n\n{PARAGRAPH}"], shelf.keep)
    assert sorted(shelf.texts) == sorted([PARAGRAPH, OTHER])


def test_equal_trees_have_the_same_number():
    shelf = Shelf()
    assert kept_tree([PARAGRAPH, 1], shelf.keep) == kept_tree([PARAGRAPH, 1], shelf.keep)


@given(st.lists(texts, max_size=5))
def test_a_pack_opens_to_its_parts(parts):
    assert unpack(pack(parts)) == parts


@pytest.mark.parametrize("text", ["", "half \ud83d", "NUL \x00"])
def test_every_text_has_a_fingerprint_of_its_own(text):
    assert fingerprint(text) == fingerprint(text)
    assert len(fingerprint(text)) == 32
    assert fingerprint(text) != fingerprint(text + " ")
