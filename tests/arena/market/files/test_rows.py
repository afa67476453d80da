"""Rows and files that cannot be read, and what is said of them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.errors import NotCoveredError, VendorError
from arena.market.files import FilesVendor
from tests.arena.market.files.folders import END, START, daily, vendor


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2025-10-14,10,11,9,,1", "ACME.csv, line 3: close is empty"),
        ("2025-10-14,10,11,9,n/a,1", "ACME.csv, line 3: close is 'n/a', not a number"),
        ("2025-10-14,10,11,9,inf,1", "ACME.csv, line 3: close is 'inf', not a number"),
        (
            "2025-10-14,10,11,9,12,1",
            "ACME.csv, line 3: close 12 is outside low 9 and high 11",
        ),
        ("2025-10-14,10,11,-9,10,1", "ACME.csv, line 3: low is -9, not above zero"),
        ("2025-10-14,10,11,9,10,1.5", "ACME.csv, line 3: volume is 1.5, not a whole number of shares"),
    ],
)
def test_a_row_without_sound_prices_is_left_out_and_noted_with_its_day(tmp_path: Path, line: str, said: str) -> None:
    text = f"session,open,high,low,close,volume\n2025-10-13,10,11,9,10,1\n{line}\n2025-10-15,10,11,9,10,1\n"
    history = vendor(tmp_path, ACME__csv=text).prices("ACME", START, END)
    assert [bar.session.day for bar in history.bars] == [13, 15]
    (note,) = history.notes
    assert note.day == date(2025, 10, 14)
    assert said in note.text
    assert note.text.endswith("; the row is left out")
    assert "\n" not in note.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2025-10-14,10,11,9", "line 3: 4 cells under 8 columns"),
        ("2025-10-14,10,11,9,10,1,,,7", "line 3: 9 cells under 8 columns"),
        ("2025-10-14,10,11,9,10,1,,x", "line 3: split is 'x', not a number"),
        ("2025-10-14,10,11,9,10,1,,-2", "line 3: ratio: Input should be greater than 0"),
        ("2025-10-14,10,11,9,10,1,much,", "line 3: dividend is 'much', not a number"),
        ("2025-10-14,10,11,9,10,1,-1,", "line 3: amount: Input should be greater than 0"),
        (
            "2025-10-14,10,11,9,10,1,,\n2025-10-14,10,11,9,10,1,0.25,",
            "line 4: a second row of 2025-10-14 with another dividend or split",
        ),
    ],
)
def test_a_day_of_unknown_actions_ends_the_history_before_it(tmp_path: Path, line: str, said: str) -> None:
    header = "session,open,high,low,close,volume,dividend,split"
    text = f"{header}\n2025-10-13,10,11,9,10,1,,\n{line}\n2025-10-15,10,11,9,10,1,,\n"
    files = vendor(tmp_path, ACME__csv=text)
    history = files.prices("ACME", START, END)
    assert [bar.session.day for bar in history.bars] == [13]
    (note,) = history.notes
    assert note.day == date(2025, 10, 14)
    assert note.text == f"ACME.csv, {said}; the prices from 2025-10-14 on are left out"
    with pytest.raises(NotCoveredError, match=r"its last bar before them is of 2025-10-13; ACME.csv, line"):
        files.prices("ACME", date(2025, 10, 15), date(2025, 10, 16))
    with pytest.raises(VendorError, match=r"ACME.csv has no row that can be read for the days asked for"):
        files.prices("ACME", date(2025, 10, 14), date(2025, 10, 16))


@pytest.mark.parametrize(
    ("second", "days", "said"),
    [
        ("10,11,9,10,1,0.25,", [13, 14], "line 4: 2025-10-14 is there twice, the same; one row is kept"),
        (
            "10,11,9,10.5,1,0.25,",
            [13],
            "line 4: 2025-10-14 is there twice with different prices; both are left out",
        ),
    ],
)
def test_a_day_that_is_there_twice_is_kept_once_or_not_at_all(
    tmp_path: Path, second: str, days: list[int], said: str
) -> None:
    header = "session,open,high,low,close,volume,dividend,split"
    text = f"{header}\n2025-10-13,10,11,9,10,1,,\n2025-10-14,10,11,9,10,1,0.25,\n2025-10-14,{second}\n"
    history = vendor(tmp_path, ACME__csv=text).prices("ACME", START, END)
    assert [bar.session.day for bar in history.bars] == days
    assert [paid.amount for paid in history.dividends] == [Decimal("0.25")]
    assert [note.text for note in history.notes] == [f"ACME.csv, {said}"]


def test_a_split_that_cannot_be_read_leaves_a_split_adjusted_export_unknown(tmp_path: Path) -> None:
    header = "Date,Open,High,Low,Close,Adj Close,Volume,Stock Splits"
    text = f"{header}\n2025-10-13,10,11,9,10,10,1,0\n2025-10-14,10,11,9,10,10,1,x\n"
    with pytest.raises(VendorError, match="line 3: Stock Splits is 'x', not a number"):
        vendor(tmp_path, ACME__csv=text).prices("ACME", START, date(2025, 10, 13))
    text = f"{header}\n2025-10-13,10,11,9,10,10,1,2\n2025-10-13,10,11,9,10,10,1,3\n"
    with pytest.raises(VendorError, match=r"ACME.csv lists two splits of one day"):
        vendor(tmp_path, ACME__csv=text).prices("ACME", START, END)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("14/10/2025,10,11,9,10,1", "ACME.csv, line 3: session is '14/10/2025', not a date"),
        ("2025-10-14 09:30:00,10,11,9,10,1", "an instant inside a day; daily rows are wanted"),
        ('2025-10-14,10,11,9,10,"1', "ACME.csv cannot be read: unexpected end of data"),
    ],
)
def test_a_row_without_a_day_makes_the_file_unreadable(tmp_path: Path, line: str, said: str) -> None:
    files = vendor(tmp_path, ACME__csv=f"session,open,high,low,close,volume\n2025-10-13,10,11,9,10,1\n{line}\n")
    with pytest.raises(VendorError) as caught:
        files.prices("ACME", START, END)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ACME.csv", "", "ACME.csv has no rows"),
        ("ACME.csv", "session,open,high,low,close,volume\n", "ACME.csv has no rows"),
        ("ACME.csv", "day,price\n2025-10-14,1\n", "there is no column 'date'; there are day, price"),
        ("ACME.parquet", "not parquet", "ACME.parquet cannot be read"),
        ("ACME.json", "{", "ACME.json: it cannot be read"),
        ("ACME.json", "[]", "ACME.json: it holds no JSON object"),
        ("ACME.json", "{}", "ACME.json: alpha_vantage knows no 'ACME': its answer is empty"),
        ("ACME.json", daily("EMCA"), "ACME.json: the daily prices are of 'EMCA', not of 'ACME'"),
        ("ACME.json", daily("ACME", "None"), "ACME.json: none of the daily prices can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_vendor_error_that_names_it(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(VendorError) as caught:
        FilesVendor(tmp_path).prices("ACME", START, END)
    assert said in str(caught.value)


def test_bytes_that_are_no_text_are_a_vendor_error(tmp_path: Path) -> None:
    (tmp_path / "ACME.csv").write_bytes(b"session\n\xff\xfe\n")
    with pytest.raises(VendorError, match=r"ACME.csv cannot be read"):
        FilesVendor(tmp_path).prices("ACME", START, END)
