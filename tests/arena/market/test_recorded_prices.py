"""What real bad data becomes: each recorded file as a section of a snapshot, beside its repaired twin."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from arena.market.alpha_vantage_json import NO_ACTIONS, parse_daily
from arena.market.answers import Answered
from arena.market.calendar import is_session
from arena.market.files import FilesVendor
from arena.market.files.tables import read_prices
from arena.market.sections import indicator_section, price_section
from arena.records.market import PriceHistory, PriceSection

pytestmark = pytest.mark.real_data

RETRIEVED = datetime(2025, 11, 3, tzinfo=UTC)
EVER = (date(2000, 1, 1), date(2025, 12, 31))


def section(history: PriceHistory, session: date | None = None, most: int = 260) -> PriceSection:
    """The section at `session`, by default that of the newest bar."""
    return section_and_jumps(history, session, most)[0]


def section_and_jumps(
    history: PriceHistory, session: date | None = None, most: int = 260
) -> tuple[PriceSection, tuple[str, ...]]:
    """The section, and its doubts about jumps between the bars it shows."""
    last = history.bars[-1].session
    while not is_session(last):
        last -= timedelta(days=1)
    return price_section(Answered("files", history, RETRIEVED), session or last, most)


def bad_rows(recorded: Path, name: str) -> PriceHistory:
    return read_prices(recorded / "prices" / "yahoo-bad-rows" / f"{name}.csv", "ACME")


def said(found: PriceSection, *words: str) -> bool:
    return any(all(word in note for word in words) for note in found.notes)


def test_blocks_in_another_unit_are_an_error(recorded: Path) -> None:
    found = section(bad_rows(recorded, "AET-L-1d-100x-error"))
    assert (found.status, found.bars) == ("error", ())
    assert "jumps 100-fold between 2022-05-06 and 2022-05-09 without a split" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "day", "fold"),
    [
        ("ALPHA-PA-1d-bad-stock-split", date(2023, 5, 8), "5000-fold"),
        ("MOB-ST-1d-bad-stock-split", date(2023, 5, 22), "9.15-fold"),
        ("LA-V-1d-bad-stock-split", date(2020, 8, 26), "9.86-fold"),
    ],
)
def test_one_row_that_missed_a_split_is_left_out_and_named(recorded: Path, name: str, day: date, fold: str) -> None:
    found = section(bad_rows(recorded, name))
    assert found.status == "ok"
    assert day not in {bar.session for bar in found.bars}
    assert said(found, f"the bar of {day} lies", "off those around it; it is left out")
    assert not said(found, "-fold on ")


@pytest.mark.parametrize(
    ("name", "day", "why"),
    [
        ("4063-T-1d-bad-stock-split", "2023-03-29", "close to one of 5:1"),
        ("DEX-AX-1d-bad-stock-split", "2023-05-22", "it may be news"),
        ("CNE-L-1d-bad-stock-split", "2023-05-09", "close to one of 2:1"),
        ("SPM-MI-1d-bad-stock-split", "2022-06-21", "close to one of 20:1"),
    ],
)
def test_rows_on_the_wrong_side_of_a_split_are_a_doubt(recorded: Path, name: str, day: str, why: str) -> None:
    found = section(bad_rows(recorded, name))
    assert found.status == "ok"
    assert said(found, f"-fold on {day} and no split is known", why)
    assert said(found, "the prices begin on")


@pytest.mark.parametrize(
    "name",
    [
        "4063-T-1d-bad-stock-split",
        "AET-L-1d-100x-error",
        "ALPHA-PA-1d-bad-stock-split",
        "CNE-L-1d-bad-stock-split",
        "DEX-AX-1d-bad-stock-split",
        "MOB-ST-1d-bad-stock-split",
    ],
)
def test_the_repaired_twin_has_no_jump(recorded: Path, name: str) -> None:
    found = section(bad_rows(recorded, f"{name}-fixed"))
    assert found.status == "ok"
    assert not said(found, "-fold")


def test_a_missing_dividend_adjustment_does_not_touch_prices_as_traded(recorded: Path) -> None:
    name = "8TRA-DE-1d-missing-div-adjust"
    bad, fixed = section(bad_rows(recorded, name)), section(bad_rows(recorded, f"{name}-fixed"))
    assert [round(bar.close, 6) for bar in bad.bars] == [round(bar.close, 6) for bar in fixed.bars]
    assert [paid.amount for paid in bad.dividends] == [Decimal("0.7")]


def test_a_delisted_ticker_is_stale_from_the_fourth_session_after_its_last_trade(recorded: Path) -> None:
    history = FilesVendor(recorded / "prices").prices("SIVB", *EVER)
    found = section(history, date(2023, 3, 15))
    assert found.status == "stale"
    assert said(found, "the newest bar is of 2023-03-09, not of 2023-03-15")
    assert said(found, "4 sessions behind: trading may be halted, or the ticker no longer listed")
    assert said(found, "fell 2.53-fold on 2023-03-09", "it may be news")
    assert found.bars[-1].close == Decimal("106.04")
    assert section(history, date(2023, 3, 14)).status == "ok"


def test_a_reused_ticker_says_since_when_it_has_prices(recorded: Path) -> None:
    history = FilesVendor(recorded / "ai-trader-2025-10").prices("FB", *EVER)
    found = section(history, date(2025, 10, 16))
    assert (found.status, len(found.bars)) == ("ok", 79)
    assert said(found, "the prices begin on 2025-06-26", "the ticker was another company's before")
    assert section(history, date(2025, 10, 30)).status == "stale"


def test_a_split_that_the_vendor_does_not_list_is_a_doubt_beside_the_indicators_too(recorded: Path) -> None:
    body = json.loads((recorded / "ai-trader-2025-10" / "ORLY_through_its_split.json").read_text())
    found, jumps = section_and_jumps(parse_daily(body, "ORLY"))
    assert found.status == "ok"
    doubt = "the price fell 15-fold on 2025-06-10 and no split is known, close to one of 15:1"
    assert said(found, doubt)
    assert any(doubt in note for note in indicator_section(found, jumps).notes)
    closes = {bar.session: bar.close for bar in found.bars}
    assert (closes[date(2025, 6, 9)], closes[date(2025, 6, 10)]) == (Decimal("1348.1"), Decimal("91.71"))


@pytest.mark.parametrize("ticker", ["AAPL", "NVDA", "TSLA", "QQQ", "COST", "GEHC", "CHTR", "FTNT"])
def test_sound_recorded_prices_raise_no_doubt_but_their_length(recorded: Path, ticker: str) -> None:
    found = section(FilesVendor(recorded / "ai-trader-2025-10").prices(ticker, *EVER))
    assert found.status == "ok"
    assert len(found.notes) == 2
    assert said(found, NO_ACTIONS)
    assert said(found, "the prices begin on 2025-06-10")
