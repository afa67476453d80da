"""Figures keep every digit they have."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.figures import dollars, figure, signed
from arena.records.base import micro


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (1e9, "1000000000"),
        (12345678.9, "12345678.9"),
        (14044977880.0, "14044977880"),
        (-0.0, "0"),
        (1e-07, "0.0000001"),
        (1e16, "10000000000000000"),
        (1e300, "1e+300"),
        (5e-324, "5e-324"),
        (342.7300, "342.73"),
        (100, "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.1"),
        (Decimal("12.3456789012345678901234567890123"), "12.3456789012345678901234567890123"),
    ],
)
def test_a_figure_is_written_in_full(value, written):
    assert figure(value) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_as_it_was(value):
    assert float(figure(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_decimal_is_read_back_as_it_was(value):
    assert Decimal(figure(value)) == value


@given(st.floats(-1, 1))
def test_a_score_has_its_sign_and_is_read_back_as_it_was(score):
    assert signed(score)[0] in "+-"
    assert float(signed(score)) == score
    assert "e" not in signed(score)


@pytest.mark.parametrize(
    ("score", "written"), [(0.7, "+0.70"), (-0.2, "-0.20"), (1, "+1.00"), (-0.0, "+0.00"), (0.123, "+0.123")]
)
def test_a_score_has_two_decimals_or_all_it_needs(score, written):
    assert signed(score) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("10000", "$10,000.00"),
        ("4321.123457", "$4,321.123457"),
        ("0.0034", "$0.0034"),
        ("187.4", "$187.40"),
        ("-12", "$-12.00"),
    ],
)
def test_dollars_show_fractions_of_a_cent_where_there_are_any(amount, written):
    assert dollars(Decimal(amount)) == written


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_dollars_are_exact_to_the_micro_dollar(amount):
    assert Decimal(dollars(amount).replace("$", "").replace(",", "")) == micro(amount)
