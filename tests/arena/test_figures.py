from decimal import Decimal

import pytest

from arena import figures
from arena.records.chat import Cost


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("10032.22", "$10,032.22"),
        ("-5", "-$5.00"),
        ("0", "$0.00"),
        ("-0.001", "$0.00"),
        ("0.005", "$0.00"),
        ("12345678901234567.89", "$12,345,678,901,234,567.89"),
    ],
)
def test_dollars_are_exact_to_the_cent(amount, shown):
    assert figures.dollars(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"), [("32.22", "+$32.22"), ("-5", "-$5.00"), ("0", "$0.00"), ("0.001", "$0.00")]
)
def test_a_gain_has_a_sign_unless_it_is_nothing(amount, shown):
    assert figures.gain(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("percent", "shown"), [("0.3222", "+0.32%"), ("-1", "-1.00%"), ("0", "0.00%"), ("-0.001", "0.00%")]
)
def test_a_change_has_a_sign_unless_it_is_nothing(percent, shown):
    assert figures.change(Decimal(percent)) == shown


@pytest.mark.parametrize(("at", "shown"), [("345.7", "$345.70"), ("0.1234", "$0.1234"), ("1000", "$1,000.00")])
def test_a_price_keeps_every_digit(at, shown):
    assert figures.price(Decimal(at)) == shown


@pytest.mark.parametrize(
    ("known", "unknown", "shown"),
    [
        ("0", 0, "$0"),
        ("0", 16, "unknown"),
        ("0.0123", 0, "$0.0123"),
        ("0.0123", 3, "$0.0123 + 3 calls unknown"),
        ("0.0123", 1, "$0.0123 + 1 call unknown"),
        ("0.00001", 0, "$0.00001"),
        ("1234.5", 0, "$1,234.5000"),
    ],
)
def test_an_unknown_cost_is_never_nothing(known, unknown, shown):
    assert figures.cost(Cost(known=Decimal(known), unknown_calls=unknown)) == shown


def test_what_is_unknown_is_a_dash():
    assert figures.count(None) == "—"
    assert figures.part(None) == "—"
    assert (figures.count(12345), figures.part(0.8)) == ("12,345", "80%")


def test_time_turns_into_minutes():
    assert (figures.seconds(1.23), figures.seconds(185)) == ("1.2 s", "3:05 min")
