"""Names as parts of addresses."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arena.errors import UsageError
from arena.web.slugs import slug, unslug


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("main", "BTC-USD", "BRK.B", "claude_4.5", "demo.2025-10-14.NVDA.value.07b838db"):
        assert slug(name) == name


@given(st.text(st.characters(), max_size=60))
@example("")
@example("\0")
def test_every_name_comes_back_from_one_safe_part(name: str) -> None:
    part = slug(name)
    assert re.fullmatch(r"[A-Za-z0-9_~-]([A-Za-z0-9_.~-]*[A-Za-z0-9_~-])?", part)
    assert unslug(part) == name


@pytest.mark.parametrize("part", ["", "a/b", "..%2f", "~zz", "~F0", "a b", "é"])
def test_what_no_name_gives_is_refused(part: str) -> None:
    with pytest.raises(UsageError, match="no name in an address"):
        unslug(part)
