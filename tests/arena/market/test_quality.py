import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.market.quality import RawRow, believed

DAY = date(2025, 10, 14)
SOUND: dict[str, Any] = {"open": "10.0", "high": "11.00", "low": "9.5", "close": "10.25", "volume": "1000"}


def row(day: date = DAY, place: str = "line 2", **cells: Any) -> RawRow:
    return RawRow(day, place, **(SOUND | cells))


def test_a_sound_row_is_a_bar_with_every_digit() -> None:
    (bar,), notes = believed([row(close="10.123456789012345678")])
    assert bar.session == DAY
    assert bar.close == Decimal("10.123456789012345678")
    assert bar.volume == 1000
    assert notes == ()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"low": None}, "low is empty"),
        ({"low": float("nan")}, "low is empty"),
        ({"low": Decimal("NaN")}, "low is empty"),
        ({"close": ""}, "close is empty"),
        ({"close": "None"}, "close is empty"),
        ({"close": "-"}, "close is empty"),
        ({"volume": None}, "volume is empty"),
        ({"close": "n/a"}, "close is 'n/a', not a number"),
        ({"close": math.inf}, "close is 'inf', not a number"),
        ({"close": "0"}, "close is 0, not above zero"),
        ({"open": -10.0}, "open is -10, not above zero"),
        ({"high": "9.0", "low": "9.5"}, "high 9 is below low 9.5"),
        ({"open": "9.4"}, "open 9.4 is outside low 9.5 and high 11"),
        ({"close": "11.01"}, "close 11.01 is outside low 9.5 and high 11"),
        ({"volume": "-1"}, "volume is -1, not a whole number of shares"),
        ({"volume": "1.5"}, "volume is 1.5, not a whole number of shares"),
        (dict.fromkeys(("open", "high", "low", "close")), "there are no prices"),
        (dict.fromkeys(("open", "high", "low", "close"), math.nan), "there are no prices"),
    ],
)
def test_what_cannot_be_believed_is_left_out_and_named(cells: dict[str, Any], said: str) -> None:
    before = row(DAY - timedelta(days=1), "line 1")
    bars, (note,) = believed([row(**cells), before])
    assert [bar.session for bar in bars] == [before.day]
    assert (note.day, note.text) == (DAY, f"line 2: {said}; the row is left out")


def test_a_day_that_is_there_twice_alike_is_kept_once() -> None:
    bars, (note,) = believed([row(), row(place="line 3", close=Decimal("10.250"))])
    assert len(bars) == 1
    assert note.text == "line 3: 2025-10-14 is there twice, the same; one row is kept"


def test_a_day_that_is_there_twice_with_different_prices_is_left_out() -> None:
    bars, (note,) = believed([row(), row(place="line 3", close="10.26")])
    assert bars == ()
    assert (note.day, note.text) == (
        DAY,
        "line 3: 2025-10-14 is there twice with different prices; both are left out",
    )


def test_a_row_without_prices_beside_a_sound_one_of_the_day_takes_only_itself_out() -> None:
    empty = dict.fromkeys(("open", "high", "low", "close"))
    bars, (note,) = believed([row(place="line 3", **empty), row()])
    assert len(bars) == 1
    assert note.text == "line 3: there are no prices; the row is left out"


cells = st.one_of(
    st.none(),
    st.floats(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.text(max_size=4),
    st.sampled_from(["10", "9.5", "11", "0", "-1", "NaN", "inf", ""]),
)
days = st.integers(min_value=0, max_value=3).map(lambda n: DAY + timedelta(days=n))
rows = st.builds(lambda day, found: RawRow(day, "a row", *found), days, st.tuples(cells, cells, cells, cells, cells))


@pytest.mark.slow
@given(st.lists(rows, max_size=12))
def test_whatever_a_vendor_writes_every_row_is_a_bar_or_is_named(written: list[RawRow]) -> None:
    bars, notes = believed(written)
    sessions = [bar.session for bar in bars]
    assert sessions == sorted(set(sessions))
    assert all(bar.low > 0 for bar in bars)
    assert {found.day for found in written} == {*sessions, *(note.day for note in notes)}
