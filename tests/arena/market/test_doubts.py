from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.market.calendar import session_back
from arena.market.doubts import judge
from arena.records.market import Bar, Dividend, Split
from tests.arena.market.scripted import bar

LAST = date(2025, 10, 14)


def days(count: int) -> list[date]:
    return [session_back(LAST, back) for back in reversed(range(count))]


def closes(*prices: str) -> list[Bar]:
    """A bar for each close, the last one of `LAST`, with a range of a percent either way."""
    return [
        Bar(
            session=day,
            open=Decimal(price),
            high=Decimal(price) * Decimal("1.01"),
            low=Decimal(price) * Decimal("0.99"),
            close=Decimal(price),
            volume=1000,
        )
        for day, price in zip(days(len(prices)), prices, strict=True)
    ]


def without(bars: Sequence[Bar], *places: int) -> list[Bar]:
    return [one for place, one in enumerate(bars) if place not in places]


def test_sound_bars_are_kept_without_a_word() -> None:
    bars = closes("100", "104", "99", "60", "61")  # a fall of 39% is news
    found = judge(bars, ())
    assert (found.bars, found.doubts, found.jumps, found.broken, found.torn) == (tuple(bars), (), (), "", "")


@pytest.mark.parametrize("off", ["10000", "1", "600", "15"])
def test_a_single_bar_far_off_its_neighbours_is_left_out_and_named(off: str) -> None:
    bars = closes("100", "101", off, "99", "100")
    found = judge(bars, ())
    assert found.bars == tuple(without(bars, 2))
    assert found.doubts[0].startswith("the bar of 2025-10-10 lies ")
    assert (found.jumps, found.broken) == ((), "")


def test_what_a_spike_is_called() -> None:
    found = judge(closes("100", "100", "10000", "100"), ())
    assert found.doubts == (
        "the bar of 2025-10-13 lies 98-fold off those around it; it is left out",  # 9900 / 101
        "1 sessions in between have no bar, the newest of them 2025-10-13",
    )
    assert found.jumps == ()


def test_the_first_bar_in_another_unit_than_all_others_is_left_out() -> None:
    bars = closes("10000", "100", "101", "99")
    assert judge(bars, ()).bars == tuple(bars[1:])
    spike_second = closes("100", "10000", "100", "101")
    assert judge(spike_second, ()).bars == tuple(without(spike_second, 1))


@pytest.mark.parametrize(
    "prices",
    [
        ("100", "101", "10000", "10100", "10050"),
        ("100", "101", "1", "1.01"),
        ("100", "101", "10000"),  # the newest: nobody knows yet whether it comes back
        ("100", "10000"),
    ],
)
def test_a_hundredfold_jump_that_stays_is_past_repair(prices: tuple[str, ...]) -> None:
    found = judge(closes(*prices), ())
    assert "without a split and does not come back" in found.broken


def test_a_known_split_is_no_jump() -> None:
    split = (Split(ex_date=LAST, ratio=Decimal(100)),)
    found = judge(closes("10000", "10100", "101"), split)
    assert (found.doubts, found.broken) == ((), "")


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (
            ("1350", "1348", "90"),
            "the price fell 15-fold on 2025-10-14 and no split is known, close to one of 15:1: it may be news",
        ),
        (("10", "10", "49"), "the price rose 4.90-fold on 2025-10-14 and no split is known, close to one of 1:5: it"),
        (("100", "100", "41.5"), "the price fell 2.41-fold on 2025-10-14 and no split is known: it may be news"),
    ],
)
def test_a_jump_as_large_as_a_splits_is_a_doubt(prices: tuple[str, ...], said: str) -> None:
    bars = closes(*prices)
    found = judge(bars, ())
    assert found.bars == tuple(bars)
    assert found.doubts == found.jumps
    assert found.doubts[0].startswith(said)
    assert not found.broken


def test_a_split_that_the_prices_do_not_show_is_a_doubt() -> None:
    (doubt,) = judge(closes("100", "101", "100"), (Split(ex_date=LAST, ratio=Decimal(4)),)).doubts
    assert doubt.startswith("the price rose 3.96-fold on 2025-10-14 against the split that is listed for it")


def test_a_fall_by_the_dividend_paid_is_no_jump() -> None:
    paid = (Dividend(ex_date=LAST, amount=Decimal(60)),)
    assert judge(closes("100", "101", "40"), (), paid).doubts == ()


def test_a_wild_day_whose_range_meets_the_day_before_is_no_doubt() -> None:
    one, _ = closes("3", "1")
    wild = Bar(session=LAST, open=Decimal(3), high=Decimal(3), low=Decimal(1), close=Decimal(1), volume=9)
    assert judge([one, wild], ()).doubts == ()


class Book(NamedTuple):
    """What judging promises, with every pair of neighbours reckoned in full and in exact fractions."""

    splits: Sequence[Split]
    dividends: Sequence[Dividend]

    def shares(self, one: Bar, later: Bar) -> Fraction:
        between = (split.ratio for split in self.splits if one.session < split.ex_date <= later.session)
        return prod((Fraction(ratio) for ratio in between), start=Fraction(1))

    def paid(self, one: Bar, later: Bar) -> Fraction:
        between = (due.amount for due in self.dividends if one.session < due.ex_date <= later.session)
        return sum((Fraction(amount) for amount in between), Fraction(0))

    def apart(self, one: Bar, later: Bar, paid: Fraction = Fraction(0)) -> Fraction:
        low, high = ((Fraction(price) + paid) * self.shares(one, later) for price in (later.low, later.high))
        return max(low / Fraction(one.high), Fraction(one.low) / high)

    def ratio(self, one: Bar, later: Bar, paid: Fraction = Fraction(0)) -> Fraction:
        return (Fraction(later.close) + paid) * self.shares(one, later) / Fraction(one.close)

    def agree(self, one: Bar, later: Bar) -> bool:
        return Fraction(1, 2) <= self.ratio(one, later) <= 2

    def is_spike(self, kept: Sequence[Bar], here: Bar, later: Sequence[Bar]) -> bool:
        if not kept:
            return len(later) > 1 and self.apart(here, later[0]) >= 50 and self.agree(later[0], later[1])
        off = later and min(self.apart(kept[-1], here), self.apart(here, later[0])) >= 5
        return bool(off) and self.agree(kept[-1], later[0])

    def is_jump(self, one: Bar, later: Bar) -> bool:
        paid = self.paid(one, later)
        ratio = self.ratio(one, later, paid)
        return max(ratio, 1 / ratio) >= Fraction("1.8") and self.apart(one, later, paid) > 1

    def judge(self, bars: Sequence[Bar]) -> tuple[list[Bar], list[date]]:
        """The bars that are no spikes, and the days of the jumps between them."""
        kept: list[Bar] = []
        for place, here in enumerate(bars):
            if not self.is_spike(kept, here, bars[place + 1 :]):
                kept.append(here)
        return kept, [later.session for one, later in pairwise(kept) if self.is_jump(one, later)]


FACTORS = ("1", "1.01", "0.98", "1.5", "0.6", "2.2", "0.4", "5.5", "0.1", "60", "0.01", "100")


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(FACTORS), st.booleans(), st.sampled_from(("0.001", "0.02", "0.3"))), max_size=12
    ),
    splits=st.lists(st.tuples(st.integers(0, 14), st.sampled_from(("2", "0.1", "100"))), max_size=2),
    dividends=st.lists(st.tuples(st.integers(0, 14), st.sampled_from(("0.5", "60"))), max_size=2),
)
def test_neighbours_that_need_no_reckoning_are_judged_as_if_they_had_been_reckoned(
    steps: list[tuple[str, bool, str]], splits: list[tuple[int, str]], dividends: list[tuple[int, str]]
) -> None:
    bars, level = [], Decimal(100)
    for day, (factor, stays, reach) in zip(days(len(steps)), steps, strict=True):
        close = max(round(level * Decimal(factor), 4), Decimal("0.01"))
        level = close if stays else level
        low, high = close * (1 - Decimal(reach)), close * (1 + Decimal(reach))
        bars.append(Bar(session=day, open=close, high=high, low=low, close=close, volume=1))
    known = [Split(ex_date=session_back(LAST, back), ratio=Decimal(ratio)) for back, ratio in splits]
    paid = [Dividend(ex_date=session_back(LAST, back), amount=Decimal(amount)) for back, amount in dividends]
    kept, jumped = Book(known, paid).judge(bars)
    found = judge(bars, known, paid)
    assert list(found.bars) == kept
    assert [doubt.split(" on ")[1][:10] for doubt in found.jumps] == [day.isoformat() for day in jumped]


@pytest.mark.parametrize(
    ("count", "gone", "torn"),
    [
        (100, range(10, 15), ""),  # five of a hundred are five percent
        (100, range(10, 16), "6 of 100 sessions have no bar"),
        (10, (2, 4, 6), ""),
        (10, (2, 4, 6, 8), "4 of 10 sessions have no bar"),
        (260, range(100, 110), ""),
        (260, range(100, 111), "11 sessions in a row up to "),
    ],
)
def test_too_many_sessions_without_a_bar_are_past_repair(count: int, gone: Sequence[int], torn: str) -> None:
    bars = [bar(day) for day in days(count)]
    found = judge(without(bars, *gone), ())
    assert found.doubts == (
        f"{len(gone)} sessions in between have no bar, the newest of them {bars[gone[-1]].session}",
    )
    assert found.torn.startswith(torn)
    assert bool(found.torn) is bool(torn)


@pytest.mark.parametrize("count", [0, 1])
def test_a_history_of_one_bar_or_none_is_judged_too(count: int) -> None:
    bars = [bar(day) for day in days(count)]
    assert judge(bars, ()).bars == tuple(bars)
