"""Price tables of every shape, read as traded."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from arena.errors import NotCoveredError
from arena.market.alpha_vantage_json import NO_ACTIONS
from arena.market.files import FilesVendor
from arena.market.files.tables import FOLDED_IN, SPLITS_UNKNOWN, UN_SPLIT
from arena.records.market import Dividend, PriceNote, Split
from tests.arena.market.files.folders import END, EVER, PLAIN, START, vendor


def test_a_plain_table_is_read_as_traded_with_every_digit_and_its_actions(tmp_path: Path) -> None:
    history = vendor(tmp_path, ACME__csv=PLAIN).prices("acme", START, END)
    assert [bar.session.day for bar in history.bars] == [13, 14, 15]
    assert history.bars[0].close == Decimal("10.123456789012345678")
    assert history.bars[2].volume == 4000
    assert history.dividends == (Dividend(ex_date=date(2025, 10, 14), amount=Decimal("0.25")),)
    assert history.splits == (Split(ex_date=date(2025, 10, 15), ratio=Decimal(2)),)
    assert history.notes == ()


def test_rows_may_come_in_any_order_and_the_day_may_be_called_date(tmp_path: Path) -> None:
    text = "volume,date,open,high,low,close\n2,2025-10-14,1,1,1,1\n1,2025-10-13,1,1,1,1\n"
    assert [bar.volume for bar in vendor(tmp_path, ACME__csv=text).prices("ACME", START, END).bars] == [1, 2]


def test_the_window_cuts_bars_and_actions(tmp_path: Path) -> None:
    files = vendor(tmp_path, ACME__csv=PLAIN)
    history = files.prices("ACME", date(2025, 10, 14), date(2025, 10, 14))
    assert [bar.session.day for bar in history.bars] == [14]
    assert len(history.dividends) == 1
    assert history.splits == ()
    with pytest.raises(NotCoveredError, match=r"ACME.csv has no bar .* its last bar before them is of 2025-10-15$"):
        files.prices("ACME", date(2025, 11, 3), date(2025, 11, 4))
    with pytest.raises(NotCoveredError) as caught:
        files.prices("ACME", date(2025, 9, 2), date(2025, 9, 3))
    assert (
        str(caught.value) == "ACME.csv has no bar for the days asked for, and none before them"
    )  # nothing of later days


def test_parquet_is_read_like_csv_and_floats_by_their_shortest_digits(tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "session": pyarrow.array([date(2025, 10, 13), date(2025, 10, 14)]),
            "open": [0.1, 10.1],
            "high": [0.3, 10.1],
            "low": [0.1, 10.1],
            "close": [0.1 + 0.1, 10.1],
            "volume": [1000, 2000],
            "dividend": [None, 0.07],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "ACME.parquet")
    history = FilesVendor(tmp_path).prices("ACME", START, END)
    assert [bar.close for bar in history.bars] == [Decimal("0.2"), Decimal("10.1")]
    assert history.dividends == (Dividend(ex_date=date(2025, 10, 14), amount=Decimal("0.07")),)


def test_an_export_with_everything_folded_in_is_taken_as_it_is_and_says_so(tmp_path: Path) -> None:
    text = (
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n"
        "2025-10-13 00:00:00-04:00,49.5,49.6,49.4,49.52199935913086,1000,0.0,0.0\n"
        "2025-10-14 00:00:00-04:00,50.0,50.1,49.9,50.0,1000,0.25,10.0\n"
    )
    history = vendor(tmp_path, ACME__csv=text).prices("ACME", START, END)
    assert history.bars[0].close == Decimal("49.52199935913086")
    assert history.notes == (PriceNote(text=FOLDED_IN),)
    assert history.dividends == ()  # the prices have paid it already
    assert history.splits == ()


def test_an_export_with_splits_folded_in_is_multiplied_back_by_the_splits_it_lists(tmp_path: Path) -> None:
    text = (
        "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits\n"
        "2025-10-13 00:00:00-04:00,49.5,49.6,49.4,49.52199935913086,49.5,10000,0.01,0.0\n"
        "2025-10-14 00:00:00-04:00,50.0,50.1,49.9,50.0,50.0,10000,0.25,10.0\n"
    )
    history = vendor(tmp_path, ACME__csv=text).prices("ACME", START, END)
    assert [bar.close for bar in history.bars] == [Decimal("495.22"), Decimal(50)]
    assert [bar.volume for bar in history.bars] == [1000, 10000]
    assert [paid.amount for paid in history.dividends] == [Decimal("0.1"), Decimal("0.25")]
    assert history.splits == (Split(ex_date=date(2025, 10, 14), ratio=Decimal(10)),)
    assert history.notes == (PriceNote(text=UN_SPLIT),)


@pytest.mark.real_data
def test_recorded_daily_prices_read_as_traded(recorded: Path) -> None:
    files = FilesVendor(recorded / "ai-trader-2025-10")
    history = files.prices("NVDA", START, END)
    assert len(history.bars) == 100
    assert history.bars[-1].close == Decimal("202.89")
    assert history.notes == (PriceNote(text=NO_ACTIONS),)
    assert len(files.news("NVDA", *EVER)) == 2
    with pytest.raises(NotCoveredError):
        files.fundamentals("NVDA", EVER[0])


@pytest.mark.real_data
def test_a_recorded_yfinance_export_is_accepted_with_its_doubts(recorded: Path) -> None:
    history = FilesVendor(recorded / "prices" / "yfinance-adjusted-2010-2025").prices("NVDA", START, END)
    assert history.notes == (PriceNote(text=FOLDED_IN),)
    assert history.bars[0].session == date(2024, 1, 2)
    assert history.bars[0].close < 50  # as traded 481.68, before the 10:1 split


@pytest.mark.real_data
def test_a_recorded_delisted_ticker_ends_with_its_last_trade(recorded: Path) -> None:
    history = FilesVendor(recorded / "prices").prices("SIVB", date(2023, 1, 1), END)
    assert history.bars[-1].session == date(2023, 3, 9)
    assert history.bars[-1].close == Decimal("106.04")
    assert history.notes == (PriceNote(text=SPLITS_UNKNOWN),)
