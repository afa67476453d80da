"""Which file of a folder is meant, and what may be said about it."""

from datetime import date
from pathlib import Path

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.files import FilesVendor
from arena.market.files.rows import read_rows
from tests.arena.market.files.folders import END, EVER, PLAIN, START, daily, vendor


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
        lambda ticker: files.identity(ticker, EVER[0]),
        lambda ticker: files.earnings(ticker, EVER[0]),
        lambda ticker: files.insiders(ticker, START, END),
        lambda ticker: files.news(ticker, *EVER),
        lambda ticker: files.social(ticker, START, END),
        lambda ticker: files.posts(ticker, *EVER),
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
        lambda: files.identity(ticker, EVER[0]),
        lambda: files.earnings(ticker, EVER[0]),
        lambda: files.insiders(ticker, START, END),
        lambda: files.news(ticker, *EVER),
        lambda: files.social(ticker, START, END),
        lambda: files.posts(ticker, *EVER),
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
        lambda: files.posts("ROWS", *EVER),
        lambda: files.market_news(*EVER),
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
