"""A snapshot's hash is that of its canonical JSON, whichever library writes it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.records.base import content_hash
from arena.records.market import (
    SECTIONS,
    Bar,
    EarningsSection,
    FundamentalsSection,
    IdentitySection,
    IndicatorSection,
    InsiderSection,
    MarketSnapshot,
    NewsSection,
    PostSection,
    PriceSection,
    SocialSection,
    Statement,
)

SESSION = date(2025, 10, 14)
CLOSE = datetime(2025, 10, 14, 20, tzinfo=UTC)
LATER = datetime(2025, 11, 3, 12, 0, 0, 250, tzinfo=UTC)

floats = st.floats(allow_nan=False, allow_infinity=False)


def snapshot(
    series: dict[str, tuple[float | None, ...]], notes: tuple[str, ...] = (), volume: int = 0, item: str = "revenue"
) -> MarketSnapshot:
    bar = Bar(session=SESSION, open=Decimal(1), high=Decimal(2), low=Decimal(1), close=Decimal("1.5"), volume=volume)
    filed = Statement(
        kind="income", period="quarter", fiscal_end=SESSION, filed=None, items={item: Decimal("0.00001234")}
    )
    return MarketSnapshot(
        ticker="ACME",
        as_of=CLOSE,
        session=SESSION,
        identity=IdentitySection(status="ok", name="Acmé", notes=notes, retrieved=LATER),
        prices=PriceSection(status="ok", bars=(bar,), retrieved=LATER),
        indicators=IndicatorSection(status="ok", sessions=(SESSION,), series=series),
        fundamentals=FundamentalsSection(status="ok", statements=(filed,)),
        earnings=EarningsSection(status="no_data"),
        insiders=InsiderSection(status="no_data"),
        news=NewsSection(status="no_data"),
        market_news=NewsSection(status="no_data"),
        social=SocialSection(status="no_data"),
        posts=PostSection(status="no_data"),
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
