"""News, social days and fundamentals from a folder of files."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.errors import TickerError, VendorError
from arena.market.files import FilesVendor
from tests.arena.market.files.folders import END, EVER, PLAIN, START, vendor


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
