from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import UsageError
from arena.export.cells import arrow_cell, csv_cell, json_cell


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1 is a loss", "'-1 is a loss"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "'\n=1"),
        ("  \n=HYPERLINK(0)", "'  \n=HYPERLINK(0)"),
        ("\uff1d1", "'\uff1d1"),
        ("\x00=1", "'=1"),
        ("\u202e=1", "'=1"),
        ("\x1b[31m=1", "'=1"),
        ("up 1-2%, a=b", "up 1-2%, a=b"),
        ("two\r\nlines\x0bthree", "two\nlines\nthree"),
        ("nul\x00bell\x07half\ud800", "nulbellhalf\N{REPLACEMENT CHARACTER}"),
        ("شراء\u202e NVDA 买入", "شراء NVDA 买入"),
        ("", ""),
        ("'", "'"),
    ],
)
def test_a_text_in_a_csv_is_never_a_formula_and_holds_no_control_characters(written, cell):
    assert csv_cell("text", written) == cell


@given(st.text(st.sampled_from("=+-@\t\r\n '\x00\u202e\x1b[1mAa\uff1d\u2028"), max_size=12))
def test_no_text_begins_a_formula(text):
    assert csv_cell("text", text).lstrip()[:1] not in set("=+-@\uff1d")


@pytest.mark.parametrize(
    ("kind", "value", "in_csv", "in_json"),
    [
        ("decimal", Decimal("-0.000000123450"), "-0.00000012345", "-0.00000012345"),
        ("decimal", Decimal("1E+6"), "1000000", "1000000"),
        ("decimal", 15, "15", "15"),
        ("dollars", Decimal("-9465.2"), "-9465.2", "-9465.2"),
        ("number", 0.1, "0.1", 0.1),
        ("number", 1, "1.0", 1.0),
        ("integer", 7, "7", 7),
        ("boolean", False, "false", False),
        ("date", date(2025, 10, 14), "2025-10-14", "2025-10-14"),
        ("instant", datetime(2025, 10, 14, 16, tzinfo=timezone(-timedelta(hours=4))), "2025-10-14T20:00:00Z", None),
        ("texts", ("=a", 'b "c"', "\x00"), '["=a", "b \\"c\\"", ""]', ["=a", 'b "c"', "\x00"]),
        ("text", None, "", None),
    ],
)
def test_values_are_exact_and_unknown_is_not_zero(kind, value, in_csv, in_json):
    assert csv_cell(kind, value) == in_csv
    assert json_cell(kind, value) == (in_csv if kind == "instant" else in_json)


def test_text_is_kept_as_it_is_in_json_and_parquet():
    text = "=1\r\n\x00\u202e\u0634\u0631\t"
    assert json_cell("text", text) == arrow_cell("text", text) == text
    assert json_cell("text", "half \ud800") == "half \N{REPLACEMENT CHARACTER}"


def test_parquet_holds_decimals_exactly_or_says_that_it_cannot():
    assert arrow_cell("decimal", Decimal("12345678901234567890.123456789012345678")) == Decimal(
        "12345678901234567890.123456789012345678"
    )
    assert arrow_cell("dollars", Decimal("0.1234565")) == Decimal("0.123456")
    assert arrow_cell("instant", datetime(2025, 1, 1, tzinfo=UTC)) == datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises(UsageError, match=r"1\.000000e\+30 is more than a Parquet file can hold; export it as csv"):
        arrow_cell("decimal", Decimal("1e30"))
