"""News, social days and fundamentals from a folder of files."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.files import FilesVendor
from arena.market.files.json_lines import TIMES_DISAGREE
from arena.market.files.vendor import SURPRISES_ONLY
from arena.records.market import Dividend, Identity, PriceNote, Split
from tests.arena.market.files.folders import END, EVER, PLAIN, START, daily, vendor


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
    assert files.identity("AAPL", EVER[0]) == Identity(
        ticker="AAPL",
        name="Apple Inc",
        exchange="NASDAQ",
        sector="TECHNOLOGY",
        currency="USD",
        notes=("the company's name, exchange and sector are as AAPL_overview.json gives them, without a date",),
    )
    apple = files.fundamentals("AAPL", EVER[0])
    assert apple.notes == ()
    newest = apple.statements[0]
    assert (newest.kind, newest.filed, newest.items["net_income"]) == (
        "income",
        date(2021, 10, 28),
        94680000000,  # the year comes before its last quarter
    )
    for refused in ("AON", "MCK"):
        with pytest.raises(VendorError, match="request limit is reached"):
            files.fundamentals(refused, EVER[0])
    assert files.fundamentals("ONL", EVER[0]).statements == ()
    assert files.earnings("ONL", EVER[0]).reports == ()
    assert len(files.earnings("OGN", EVER[0]).reports) == 3
    with pytest.raises(NotCoveredError, match="no fundamentals of OGN"):  # there are earnings only
        files.fundamentals("OGN", EVER[0])


def test_the_recorded_events_of_a_recorded_history_stand_in_it(tmp_path: Path) -> None:
    split = {"symbol": "ACME", "data": [{"effective_date": "2025-10-14", "split_factor": "2.0"}]}
    files = vendor(tmp_path, daily_prices_ACME__json=daily("ACME"), ACME_splits__json=json.dumps(split))
    history = files.prices("ACME", START, END)
    assert history.splits == (Split(ex_date=date(2025, 10, 14), ratio=Decimal(2)),)
    assert history.notes == (PriceNote(text="the folder has no dividends of ACME"),)
    paid = {"symbol": "ACME", "data": [{"ex_dividend_date": "2025-10-14", "amount": "0.5"}]}
    vendor(tmp_path, ACME_dividends__json=json.dumps(paid))
    history = files.prices("ACME", START, END)
    assert history.dividends == (Dividend(ex_date=date(2025, 10, 14), amount=Decimal("0.5")),)
    assert history.notes == ()
    vendor(tmp_path, ACME_splits__json="{}")
    with pytest.raises(VendorError, match=r"ACME_splits\.json: "):
        files.prices("ACME", START, END)


def test_a_statement_that_cannot_be_read_is_noted_once_it_counts_as_public(tmp_path: Path) -> None:
    files = vendor(tmp_path, ACME_income_statement__json=reports("ACME", netIncome="much"))
    # 45 days after its end; what cannot be read of it is quoted, and may be all there is to know.
    assert files.fundamentals("ACME", datetime(2025, 8, 14, 20, tzinfo=UTC)).notes == ()
    (note,) = files.fundamentals("ACME", datetime(2025, 8, 15, 20, tzinfo=UTC)).notes
    assert note.endswith("ends 2025-06-30 cannot be read and is left out: 'netIncome' is 'much', not a number")


def test_recorded_earnings_give_surprises_only(tmp_path: Path) -> None:
    row = {"fiscalDateEnding": "2025-06-30", "reportedDate": "2025-07-30", "reportedEPS": "1", "estimatedEPS": "0.8"}
    broken = row | {"reportedDate": "2025-10-29", "surprisePercentage": "x"}
    body = {"symbol": "ACME", "quarterlyEarnings": [broken, row | {"surprisePercentage": "25"}]}
    files = vendor(tmp_path, ACME_earnings__json=json.dumps(body))
    found = files.earnings("ACME", datetime(2025, 10, 29, 20, tzinfo=UTC))
    assert [(report.surprise, report.eps_actual) for report in found.reports] == [(25.0, None)]
    assert found.notes == (SURPRISES_ONLY,)
    assert len(files.earnings("ACME", datetime(2025, 10, 30, 20, tzinfo=UTC)).notes) == 2
    with pytest.raises(NotCoveredError, match="no fundamentals"):
        files.fundamentals("ACME", EVER[0])


def test_recorded_insiders_trades_are_cut_to_the_window(tmp_path: Path) -> None:
    row = {"executive": "A", "security_type": "Common Stock", "acquisition_or_disposal": "D", "shares": "5"}
    body = {"data": [row | {"transaction_date": day, "share_price": "2"} for day in ("2025-10-14", "2026-01-02")]}
    files = vendor(tmp_path, ACME_insider_transactions__json=json.dumps(body))
    (trade,) = files.insiders("ACME", START, END).trades
    assert (trade.traded, trade.side, trade.shares) == (date(2025, 10, 14), "sell", 5)


def test_market_news_are_every_article_of_their_file(tmp_path: Path) -> None:
    files = vendor(tmp_path, market_news__jsonl='{"published": "2025-10-14T12:00:00", "title": "Line"}')
    assert [item.title for item in files.market_news(*EVER)] == ["Line"]
    entry = {"title": "Feed", "time_published": "20251014T120000", "overall_sentiment_score": 0.25}
    vendor(tmp_path, market_news__json=json.dumps({"feed": [entry]}))
    (item,) = files.market_news(*EVER)
    assert (item.title, item.sentiment) == ("Feed", 0.25)
    vendor(tmp_path, market_news__json="{}")
    with pytest.raises(VendorError, match=r"market_news.json: "):
        files.market_news(*EVER)


def test_an_article_of_the_feed_that_cannot_be_read_is_an_error_that_names_file_and_article(tmp_path: Path) -> None:
    body = json.loads(feed("20251013T120000", "20251014T120000"))
    body["feed"][1]["ticker_sentiment"][0]["ticker_sentiment_score"] = "7"
    files = vendor(tmp_path, news_ACME__json=json.dumps(body))
    with pytest.raises(VendorError, match=r"news_ACME.json: the article of 2025-10-14 12:00 UTC cannot be"):
        files.news("ACME", *EVER)
    before = datetime(2025, 10, 14, 11, tzinfo=UTC)
    assert len(files.news("ACME", EVER[0], before)) == 1


@pytest.mark.real_data
@pytest.mark.parametrize("ticker", ["AAPL", "AMZN", "MSFT"])
def test_recorded_news_with_two_times_count_from_the_later_and_say_so(recorded: Path, ticker: str) -> None:
    folder = recorded / "point-in-time" / "news"
    lines = [json.loads(line) for line in (folder / f"{ticker}_news_by_day.jsonl").read_text().splitlines()]
    eight_hours_ahead = [
        line
        for line in lines
        if "datetime" in line
        and datetime.fromisoformat(line["published_utc"]).replace(tzinfo=UTC).timestamp() == line["datetime"] + 8 * 3600
    ]
    files = FilesVendor(folder)
    items = files.news(ticker, *EVER)
    assert len(items) == len(lines)
    assert sum(item.doubt == TIMES_DISAGREE for item in items) == len(eight_hours_ahead) > 300
    one = eight_hours_ahead[0]
    epoch, written = datetime.fromtimestamp(one["datetime"], UTC), datetime.fromisoformat(one["published_utc"])
    shown = [item.url for item in files.news(ticker, EVER[0], written.replace(tzinfo=UTC) - timedelta(seconds=1))]
    assert epoch < written.replace(tzinfo=UTC)
    assert one["url"] not in shown
    assert one["url"] in [item.url for item in files.news(ticker, EVER[0], written.replace(tzinfo=UTC))]


@pytest.mark.real_data
def test_recorded_fourth_quarters_without_a_filing_date_count_from_their_years_filing(recorded: Path) -> None:
    files = FilesVendor(recorded / "point-in-time" / "financials")
    found = files.fundamentals("AAPL", EVER[0])
    dated = {(one.kind, one.period, one.fiscal_end): one.filed for one in found.statements}
    assert dated["income", "quarter", date(2024, 9, 28)] == date(2024, 11, 1)  # null in the file
    assert dated["income", "year", date(2024, 9, 28)] == date(2024, 11, 1)
    assert dated["income", "quarter", date(2025, 6, 28)] == date(2025, 8, 1)
    newest = found.statements[0]
    assert (newest.kind, newest.currency, newest.items["total_revenue"]) == ("income", "USD", 94_036_000_000)
    assert found.notes == ()
    for ticker in ("AAPL", "AMZN", "MSFT"):
        statements = files.fundamentals(ticker, EVER[0]).statements
        assert all(one.filed > one.fiscal_end for one in statements if one.filed)
        fourth = [one for one in statements if one.period == "quarter" and one.filed is None]
        assert len(fourth) < len(statements) / 10


def test_a_fourth_quarter_without_its_year_has_no_filing_date(tmp_path: Path) -> None:
    lines = {"income_statement": {"revenues": {"value": 7.5, "unit": "USD"}}}
    quarter = {"end_date": "2024-09-28", "filing_date": None, "tickers": ["ACME"], "financials": lines}
    broken = {"end_date": "2024-06-29", "tickers": ["ACME"], "financials": {"income_statement": {"revenues": {}}}}
    files = vendor(tmp_path, ACME__quarterly__json=json.dumps([quarter, broken]))
    found = files.fundamentals("ACME", EVER[1])
    (only,) = found.statements
    assert (only.filed, only.items) == (None, {"total_revenue": Decimal("7.5")})
    (note,) = found.notes
    assert note.startswith("the income statement of the quarter that ends 2024-06-29 cannot be read and is left out: ")
    vendor(tmp_path, ACME__quarterly__json=json.dumps([quarter | {"tickers": ["EMCA"]}]))
    with pytest.raises(VendorError, match=r"ACME.quarterly.json: it is about EMCA, not about 'ACME'"):
        files.fundamentals("ACME", EVER[1])
    vendor(tmp_path, ACME__quarterly__json="{")
    with pytest.raises(VendorError, match=r"ACME.quarterly.json: it cannot be read"):
        files.fundamentals("ACME", EVER[1])


@pytest.mark.real_data
def test_a_recorded_reused_ticker_has_the_short_history_of_its_new_owner(recorded: Path) -> None:
    history = FilesVendor(recorded / "ai-trader-2025-10").prices("FB", START, END)
    assert len(history.bars) == 79
    assert history.bars[-1].session == date(2025, 10, 16)
