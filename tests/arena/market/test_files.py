import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage_json import NO_ACTIONS
from arena.market.files import FilesVendor
from arena.market.files.rows import read_rows
from arena.market.files.tables import FOLDED_IN, SPLITS_UNKNOWN, UN_SPLIT
from arena.records.market import Dividend, PriceNote, Split

START, END = date(2024, 1, 1), date(2025, 12, 31)
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))

PLAIN = """\
session,open,high,low,close,volume,dividend,split
2025-10-13,10.10,11.00,9.95,10.123456789012345678,1000,,
2025-10-14,10.50,10.75,10.25,10.60,2000,0.25,
2025-10-15,5.30,5.40,5.20,5.35,4000,0,2
"""


def daily(ticker: str, close: str = "10.00") -> str:
    bar = {"1. open": "10.00", "2. high": "12.00", "3. low": "9.00", "4. close": close, "5. volume": "1"}
    return json.dumps({"Meta Data": {"2. Symbol": ticker}, "Time Series (Daily)": {"2025-10-14": bar}})


def vendor(folder: Path, **files: str) -> FilesVendor:
    """A vendor over files given as name=text, with `__` in a name for a dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return FilesVendor(folder)


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
        ("ACME.json", "{", "ACME.json cannot be read"),
        ("ACME.json", "[]", "ACME.json holds no JSON object"),
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


def test_the_preferred_file_is_read_where_there_are_several(tmp_path: Path) -> None:
    preferred = {
        "daily_prices_ACME.json": daily("ACME", "10.1"),
        "ACME.json": daily("ACME", "10.2"),
        "ACME.csv": "session,open,high,low,close,volume\n2025-10-14,10,11,9,10.3,1\n",
        "ACME-YFin-data-2025-01-01-2025-12-31.csv": "Date,Open,High,Low,Close,Volume\n2025-10-14,10,11,9,10.4,1\n",
        "ACME_2025-01-01_2025-12-31.csv": "session,open,high,low,close,volume\n2025-10-14,10,11,9,10.5,1\n",
    }
    for name, text in preferred.items():
        (tmp_path / name).write_text(text)
    closes = []
    for name in preferred:
        closes.append(str(FilesVendor(tmp_path).prices("ACME", START, END).bars[0].close))
        (tmp_path / name).unlink()
    assert closes == ["10.1", "10.2", "10.3", "10.4", "10.5"]


def test_two_files_that_might_either_be_meant_are_an_error(tmp_path: Path) -> None:
    for name in ("ACME_2024-01-01_2024-12-31.csv", "ACME_2025-01-01_2025-12-31.csv"):
        (tmp_path / name).write_text(PLAIN)
    with pytest.raises(VendorError, match=r"there are both ACME_2024-01-01_2024-12-31.csv and ACME_2025"):
        FilesVendor(tmp_path).prices("ACME", START, END)


def test_a_decoy_whose_name_only_ends_alike_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "Adaily_prices_ACME.json").write_text(daily("ACME"))
    (tmp_path / "daily_prices_ACMES.json").write_text(daily("ACMES"))
    with pytest.raises(TickerError, match="has no file about ACME; the nearest it has: ACMES"):
        FilesVendor(tmp_path).prices("ACME", START, END)


def test_a_known_ticker_lacks_sections_and_an_unknown_one_does_not_exist(tmp_path: Path) -> None:
    files = vendor(tmp_path, ACME__csv=PLAIN)
    for ask in (
        lambda ticker: files.fundamentals(ticker, EVER[0]),
        lambda ticker: files.news(ticker, *EVER),
        lambda ticker: files.social(ticker, START, END),
    ):
        with pytest.raises(NotCoveredError):
            ask("ACME")
        with pytest.raises(TickerError, match=r"has no file about ACNE; the nearest it has: ACME"):
            ask("ACNE")
    vendor(tmp_path, social_EMCA__csv="day,mentions,sentiment\n")
    with pytest.raises(NotCoveredError, match="has no prices of EMCA"):
        files.prices("EMCA", START, END)


@pytest.mark.parametrize("ticker", ["../../etc/x", "", "ACME/../ACME", "A" * 16])
def test_no_path_is_made_of_what_is_no_ticker(tmp_path: Path, ticker: str) -> None:
    files = vendor(tmp_path, ACME__csv=PLAIN)
    for ask in (
        lambda: files.prices(ticker, START, END),
        lambda: files.fundamentals(ticker, EVER[0]),
        lambda: files.news(ticker, *EVER),
        lambda: files.social(ticker, START, END),
    ):
        with pytest.raises(TickerError, match="is not a ticker"):
            ask()


def test_a_folder_that_is_gone_is_a_failure_and_not_an_unknown_ticker(tmp_path: Path) -> None:
    with pytest.raises(VendorError, match="cannot be listed: No such file or directory"):
        FilesVendor(tmp_path / "gone").prices("ACME", START, END)


def test_no_message_names_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "of-somebody"
    folder.mkdir()
    files = vendor(folder, EMPTY__csv="", PARQ__parquet="not parquet", JSON__json="{", ROWS__csv=PLAIN)
    vendor(folder, **{f"TWO_2024-01-0{n}_2024-12-31__csv": PLAIN for n in (1, 2)}, social_SOME__csv="")
    asks = [
        *(lambda ticker=ticker: files.prices(ticker, START, END) for ticker in ("EMPTY", "PARQ", "JSON", "TWO", "NO")),
        lambda: files.prices("SOME", START, END),
        lambda: files.fundamentals("ROWS", EVER[0]),
        lambda: files.news("ROWS", *EVER),
        lambda: files.social("ROWS", START, END),
        lambda: files.social("SOME", START, END),
        lambda: files.prices("ROWS", date(2030, 1, 1), date(2030, 1, 2)),
        lambda: FilesVendor(folder / "gone").prices("ACME", START, END),
        lambda: read_rows(folder / "gone.csv"),
        lambda: read_rows(folder / "gone.parquet"),
    ]
    for ask in asks:
        with pytest.raises((VendorError, TickerError)) as caught:
            ask()
        assert "of-somebody" not in str(caught.value)
        assert "/" not in str(caught.value)


def feed(*published: str, ticker: str = "ACME") -> str:
    scores = [{"ticker": ticker, "ticker_sentiment_score": "0.5"}]
    items = [{"title": at, "time_published": at, "ticker_sentiment": scores} for at in published]
    return json.dumps({"feed": items})


def test_news_come_from_the_tickers_own_file_before_the_common_one(tmp_path: Path) -> None:
    files = vendor(
        tmp_path, ACME__csv=PLAIN, alpha_vantage_news_sentiment__json=feed("20251013T120000", "20251014T120000")
    )
    noon = datetime(2025, 10, 14, 12, 0, tzinfo=UTC)
    assert [item.published for item in files.news("ACME", noon, EVER[1])] == [noon]
    assert files.news("ACME", EVER[0], datetime(2025, 10, 1, tzinfo=UTC)) == ()
    vendor(tmp_path, news_ACME__json=feed("20251010T120000"))
    assert [item.title for item in files.news("ACME", *EVER)] == ["20251010T120000"]


def test_a_common_feed_that_never_mentions_a_known_ticker_has_no_news_of_it(tmp_path: Path) -> None:
    files = vendor(tmp_path, EMCA__csv=PLAIN, alpha_vantage_news_sentiment__json=feed("20251013T120000"))
    assert files.news("EMCA", *EVER) == ()
    assert len(files.news("ACME", *EVER)) == 1
    with pytest.raises(TickerError):
        files.news("NOPE", *EVER)


def test_social_days_come_newest_first(tmp_path: Path) -> None:
    files = vendor(
        tmp_path, social_ACME__csv="day,mentions,sentiment\n2025-10-13,5,-0.5\n2025-10-14,7,1\n2026-01-02,1,0\n"
    )
    assert [(day.day.day, day.mentions, day.sentiment) for day in files.social("ACME", START, END)] == [
        (14, 7, 1.0),
        (13, 5, -0.5),
    ]
    vendor(tmp_path, social_ACME__csv="day,mentions,sentiment\n2025-10-13,5,-1.5\n2025-10-10,3,0\n")
    with pytest.raises(VendorError, match="line 2: sentiment: Input should be greater than or equal to -1"):
        files.social("ACME", START, END)
    assert len(files.social("ACME", START, date(2025, 10, 10))) == 1


def reports(symbol: str, **items: Any) -> str:
    row = {"fiscalDateEnding": "2025-06-30"} | items
    return json.dumps({"symbol": symbol, "annualReports": [], "quarterlyReports": [row]})


def test_fundamentals_may_lack_some_of_their_files_but_not_be_of_another_company(tmp_path: Path) -> None:
    files = vendor(tmp_path, ACME_income_statement__json=reports("ACME", netIncome="7"))
    found = files.fundamentals("ACME", EVER[0])
    assert found.identity.name is None
    assert found.notes == ()
    assert [(one.kind, one.filed, one.items) for one in found.statements] == [
        ("income", None, {"net_income": Decimal(7)})
    ]
    vendor(tmp_path, ACME_cash_flow__json=reports("EMCA"))
    with pytest.raises(VendorError, match=r"ACME_cash_flow.json: it is about 'EMCA', not about 'ACME'"):
        files.fundamentals("ACME", EVER[0])


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


@pytest.mark.real_data
def test_recorded_statements_have_facts_and_recorded_refusals_have_none(recorded: Path) -> None:
    files = FilesVendor(recorded / "alpha-vantage" / "statements-2021")
    apple = files.fundamentals("AAPL", EVER[0])
    assert apple.identity.name == "Apple Inc"
    assert apple.notes == (
        "the company's name, exchange and sector are as AAPL_overview.json gives them, without a date",
    )
    newest = apple.statements[0]
    assert (newest.kind, newest.filed, newest.items["net_income"]) == (
        "income",
        date(2021, 10, 28),
        94680000000,  # the year comes before its last quarter
    )
    for refused in ("AON", "MCK"):
        with pytest.raises(VendorError, match="request limit is reached"):
            files.fundamentals(refused, EVER[0])
    for empty in ("ONL", "OGN"):
        assert files.fundamentals(empty, EVER[0]).statements == ()
