"""Which numbers of a text claim something, how much, and how precisely."""

import time
from decimal import Decimal
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.evidence.stated import figures_in, metric_figure, numbers_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It closed at 342.73 on 2025-10-14, up 3.2% from the mean.", ["342.73", "3.2%"]),
        (
            "Revenue of $46.7 billion in Q2 2025 (10-Q filed 2025-08-27); gross margin 72.4%.",
            ["$46.7 billion", "72.4%"],
        ),
        ("EPS $1.05 against $1.01 expected; P/E 45.3x; debt $8.46B.", ["$1.05", "$1.01", "45.3x", "$8.46B"]),
        ("RSI(14) at 56.47, the 50-day SMA at 329.52, the 200-day near 310.", ["56.47", "329.52", "310"]),
        ("MACD (12, 26, 9) at -1.2345 and a 52-week high of 376.20.", ["-1.2345", "376.20"]),
        ("Between 342 and 351, or 342-351.", ["342", "351", "342", "351"]),
        ("Volume 21,345,600; 12 of 15 articles; 1. first, 2) second.", ["21,345,600"]),
        ("On October 14, 2025 and 3 Nov, at 16:30, after a 10:1 split and a 3-for-2 one.", []),
        ("About 300, some 50%, or $2 million: round figures.", []),
        ("Sentiment +0.46, fraction 0.14, beta 0.85.", []),
        ("I would put the stop at $315.31 and the target at 394.14, sizing at 0.35.", []),
        ("The chance is 62.5%; if it falls 8.5% we lose $1,234.56.", []),
        ("The stop is tight. Revenue was $46,743.", ["$46,743"]),
        ("In 2024 the S&P 500 rose 1.35%.", ["1.35%"]),
        ("A market cap of $4.43 trillion, 51.9 times earnings; capped at 12.5% of equity.", ["$4.43 trillion", "51.9"]),
        ("Marginal costs: margin 72.4%, may 12.5% be enough.", ["72.4%", "12.5%"]),
        ("sma_50 and rsi_14 are names, v1.2.3 a version, A12 a code.", []),
    ],
)
def test_the_figures_that_claim_something_are_found(text, found):
    assert [one.text for one in figures_in(text)] == found


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("342.73", "342.73", "0.01"),
        ("342.70", "342.70", "0.01"),
        ("1,250", "1250", "10"),
        ("$46.7 billion", "46700000000", "100000000"),
        ("46.70bn", "46700000000", "10000000"),
        ("1,250K", "1250000", "10000"),
        ("-2.35%", "2.35", "0.01"),
        ("\u22122.35 percent", "2.35", "0.01"),
    ],
)
def test_a_figure_has_its_multiple_applied_and_the_worth_of_its_last_digit(text, value, step):
    (one,) = figures_in(f"It is {text} now.")
    assert (one.value, one.step) == (Decimal(value), Decimal(step))
    assert one.is_percent == ("%" in text or "percent" in text)
    assert one.is_bare == (not any(mark in text for mark in ("billion", "bn", "K")))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (46743000000.0, "USD", (Decimal(46743000000), False)),
        (46.743, "USD billion", (Decimal(46743000000), False)),
        (55.85, "percent", (Decimal("55.85"), True)),
        (55.85, "%", (Decimal("55.85"), True)),
        (0.35, "USD", (Decimal("0.35"), False)),
    ],
)
def test_a_metric_is_a_figure_with_its_unit(value, unit, expected):
    one = metric_figure(value, unit)
    assert one is not None
    assert (one.value, one.is_percent) == expected


@pytest.mark.parametrize(("value", "unit"), [(15.0, "count"), (0.46, "score"), (50.0, "percent"), (0.0, "USD")])
def test_a_metric_that_claims_too_little_is_none(value, unit):
    assert metric_figure(value, unit) is None


@given(st.text(st.sampled_from("0123456789,.%$-+ kKMBT:/()") | st.characters(), max_size=200))
def test_whatever_is_written_its_figures_are_finite(text):
    for one in figures_in(text):
        assert isfinite(float(one.value))
        assert 0 < one.step <= max(one.value, 1)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["USD", "percent", "USD trillion", ""]))
def test_whatever_a_metric_is_its_figure_is_finite(value, unit):
    one = metric_figure(value, unit)
    assert one is None or isfinite(float(one.value))


@pytest.mark.parametrize("text", ["1," * 20_000, "9" * 40_000, "1 " * 20_000, "SMA 1," + "1," * 20_000, "3-" * 20_000])
def test_a_wall_of_digits_takes_no_time(text):
    began = time.perf_counter()
    list(figures_in(text))
    assert time.perf_counter() - began < 2  # a tenth of a second on an idle machine


def test_all_numbers_of_a_fact_count_but_its_dates():
    text = "The share returned +0.3% on 2025-10-14, 5 of 12 said; revenue $1,250 million"
    assert list(numbers_in(text)) == [Decimal("0.3"), Decimal(5), Decimal(12), Decimal(1250000000)]
