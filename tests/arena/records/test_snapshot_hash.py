"""A snapshot's hash is that of its canonical JSON, whichever library writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.records.base import content_hash
from arena.records.market import SECTIONS, MarketSnapshot
from tests.agents.surroundings import altered_section, simulated

SIMULATED = simulated()

floats = st.floats(allow_nan=False, allow_infinity=False)


def snapshot(
    series: dict[str, tuple[float | None, ...]], notes: tuple[str, ...] = (), volume: int = 0, item: str = "revenue"
) -> MarketSnapshot:
    bar, filed = SIMULATED.prices.bars[-1], SIMULATED.fundamentals.statements[0]
    made = altered_section(SIMULATED, "indicators", series=series)
    made = altered_section(made, "identity", notes=notes)
    made = altered_section(made, "prices", bars=(bar.model_copy(update={"volume": volume}),))
    return altered_section(
        made, "fundamentals", statements=(filed.model_copy(update={"items": {item: filed.items["net_income"]}}),)
    )


def defined(one: MarketSnapshot) -> str:
    """The hash as it is defined."""
    content = one.model_dump(mode="json")
    for name in SECTIONS:
        del content[name]["retrieved"]
    return content_hash(content)


@given(
    series=st.dictionaries(st.text(), st.lists(st.none() | floats, max_size=4).map(tuple), max_size=3),
    notes=st.lists(st.text(), max_size=3).map(tuple),
    volume=st.integers(min_value=0, max_value=2**80),
    item=st.text(),
)
def test_it_is_the_hash_of_the_canonical_json_whatever_is_inside(
    series: dict[str, tuple[float | None, ...]], notes: tuple[str, ...], volume: int, item: str
) -> None:
    one = snapshot(series, notes, volume, item)
    assert one.hash == defined(one)


@pytest.mark.parametrize("value", [1e-4, 9.9e-5, 1e-5, -3e-7, 5e-324, 1e15, 9999999999999998.0, 1e16, 1.5e300, -0.0])
def test_floats_that_python_writes_with_an_exponent_are_hashed_as_python_writes_them(value: float) -> None:
    one = snapshot({"macd": (value,)})
    assert one.hash == defined(one)


@pytest.mark.parametrize("volume", [2**53 + 1, 2**63, 2**64, 2**64 + 1, 10**308, 10**400])
def test_no_digit_of_a_large_volume_is_lost(volume: int) -> None:
    one = snapshot({}, volume=volume)
    assert one.hash == defined(one)
    assert one.hash != snapshot({}, volume=volume - 1).hash
