import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.remote.packing import packed, unpacked

TEXTS = st.text(st.characters(exclude_categories=()))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_content_arrives_as_it_was_halves_of_characters_and_all(content):
    text = packed(content)
    assert text.isascii()
    assert unpacked(text) == content


@pytest.mark.parametrize("text", ["", "no", "bm8=", "eJw="])
def test_what_was_not_packed_is_told(text):
    with pytest.raises(ValueError):
        unpacked(text)
