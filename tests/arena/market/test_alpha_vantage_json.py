import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import ArenaError, NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage_json import (
    BurstLimitError,
    Flaw,
    QuotaError,
    check_body,
    parse_calendar,
    parse_daily,
    parse_dividends,
    parse_earnings,
    parse_news,
    parse_overview,
    parse_splits,
    parse_statements,
    redact,
)
from arena.records.market import Identity, Statement

KEY = "SECRETKEY1234567"
DAILY_LIMIT = (
    f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day. "
    "Please subscribe to any of the premium plans to instantly remove all daily rate limits."
)
BURST = (
    "Please consider spreading out your free API requests more sparingly (1 request per second). "
    "You may subscribe to lift the free key rate limit (25 requests per day)"
)


def daily(**rows: dict[str, str]) -> dict[str, Any]:
    return {"Meta Data": {"2. Symbol": "ACME"}, "Time Series (Daily)": rows}


def row(**changed: str) -> dict[str, str]:
    sides = {"open": "10.0000", "high": "11.5000", "low": "9.0000", "close": "11.0100", "volume": "1234"} | changed
    return {f"{place}. {name}": sides[name] for place, name in enumerate(sides, start=1)}


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ({"Information": DAILY_LIMIT}, QuotaError, "request limit is reached"),
        ({"Note": DAILY_LIMIT}, QuotaError, "request limit is reached"),
        ({"Information": BURST}, BurstLimitError, "a second apart"),
        (
            {"Note": "Our standard API call frequency is 5 calls per minute and 500 calls per day."},
            VendorError,
            "limit",
        ),
        ({"Information": "This is a premium endpoint. You may subscribe"}, NotCoveredError, "premium keys"),
        ({"Error Message": "the parameter apikey is invalid or missing."}, VendorError, "refuses the key"),
        ({"Information": "the parameter apikey is invalid or missing."}, VendorError, "refuses the key"),
        ({"Error Message": "Invalid API call. Please retry or visit the docs"}, TickerError, "knows no 'ACME'"),
        ({"Information": "Something new"}, VendorError, "answered: Something new"),
        ({}, TickerError, "its answer is empty"),
        ({"Global Quote": {}}, TickerError, "its answer is empty"),
    ],
)
def test_an_answer_without_data_raises_what_it_says(body: dict[str, Any], error: type[ArenaError], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        check_body(body, "ACME", KEY)
    assert type(caught.value) is error
    assert KEY not in str(caught.value)


def test_without_a_ticker_nothing_can_be_unknown() -> None:
    for body in ({}, {"Error Message": "Invalid API call. Please retry or visit the docs"}):
        with pytest.raises(VendorError, match="has no answer"):
            check_body(body, None)


def test_no_articles_are_an_empty_answer_and_no_error() -> None:
    body = {"Information": "No articles found. Please adjust the time range."}
    check_body(body, "ACME")
    assert parse_news(body, "ACME") == ()


def test_the_key_is_hidden_even_where_it_is_not_known() -> None:
    assert redact(f"API key as {KEY} and more") == "API key as [key] and more"
    assert redact(f"GET https://x/query?function=A&apikey={KEY}&symbol=B") == (
        "GET https://x/query?function=A&apikey=[key]&symbol=B"
    )
    assert redact(f"odd {KEY} place", KEY) == "odd [key] place"


def test_daily_prices_come_oldest_first_with_every_digit() -> None:
    history = parse_daily(daily(**{"2025-10-14": row(), "2025-10-13": row(close="10.123456789012345678")}), "ACME")
    assert [bar.session for bar in history.bars] == [date(2025, 10, 13), date(2025, 10, 14)]
    assert history.bars[0].close == Decimal("10.123456789012345678")
    assert history.bars[1].volume == 1234
    assert history.notes == ()


@given(st.decimals(min_value="0.000001", max_value="9999999", places=6), st.integers(min_value=0, max_value=10**12))
def test_no_price_loses_a_digit_on_its_way(price: Decimal, volume: int) -> None:
    body = daily(
        **{"2025-10-14": row(**dict.fromkeys(("open", "high", "low", "close"), str(price)), volume=str(volume))}
    )
    (bar,) = parse_daily(body, "ACME").bars
    assert {bar.open, bar.high, bar.low, bar.close} == {price}
    assert bar.volume == volume


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"1. open": "10.0"}, "high is empty"),
        (row(close="None"), "close is empty"),
        (row(close="NaN"), "close is empty"),
        (row(close="12.00"), "close 12 is outside low 9 and high 11.5"),
        (row(low="0"), "low is 0, not above zero"),
        (row(volume="1.5"), "volume is 1.5, not a whole number of shares"),
        ("gone", "there are no prices"),
    ],
)
def test_a_day_that_cannot_be_read_is_left_out_and_noted_and_takes_no_other_day_with_it(cells: Any, said: str) -> None:
    history = parse_daily(daily(**{"2025-10-13": row(), "2025-10-14": cells}), "ACME")
    assert [bar.session for bar in history.bars] == [date(2025, 10, 13)]
    (note,) = history.notes
    assert note.day == date(2025, 10, 14)
    assert note.text == f"the daily prices of 2025-10-14: {said}; the row is left out"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (daily(**{"2025-10-14": row(close="None")}), "none of the daily prices can be read"),
        (daily(yesterday=row()), "'yesterday', which is not a date"),
        ({"Meta Data": {"2. Symbol": "ACME"}}, "no 'Time Series (Daily)'"),
        ({"Time Series (Daily)": {}}, "no 'Meta Data'"),
        ({"Meta Data": {"2. Symbol": "EMCA"}, "Time Series (Daily)": {}}, "of 'EMCA', not of 'ACME'"),
    ],
)
def test_daily_prices_that_cannot_be_read_at_all_are_an_error(body: dict[str, Any], said: str) -> None:
    with pytest.raises(VendorError) as caught:
        parse_daily(body, "ACME")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def article(published: str, *scores: tuple[str, str], **fields: str) -> dict[str, Any]:
    return {
        "title": "Acme",
        "time_published": published,
        "ticker_sentiment": [{"ticker": ticker, "ticker_sentiment_score": score} for ticker, score in scores],
    } | fields


def test_news_are_those_that_score_the_ticker_newest_first_in_utc() -> None:
    body = {
        "feed": [
            article("20251013T130000", ("ACME", "-0.25"), ("MSFT", "0.9")),
            article("20251014T2118", ("ACME", "0.125"), source="Wire", url="https://x", summary="cut \ud83d emoji"),
            article("20251014T220000", ("MSFT", "0.9")),
            article("20251014T230000"),
        ]
    }
    newest, older = parse_news(body, "ACME")
    assert (newest.published, newest.sentiment) == (datetime(2025, 10, 14, 21, 18, tzinfo=UTC), 0.125)
    assert (newest.publisher, newest.url, newest.summary) == ("Wire", "https://x", "cut \ufffd emoji")
    assert (older.published, older.sentiment) == (datetime(2025, 10, 13, 13, 0, tzinfo=UTC), -0.25)


@pytest.mark.parametrize(
    "feed",
    [
        None,
        ["text"],
        [article("yesterday", ("ACME", "0.1"))],
        [article("20251013T130000", ("ACME", "7"))],
        [{"ticker_sentiment": [{"ticker": "ACME", "ticker_sentiment_score": "0.1"}]}],
        [{"ticker_sentiment": ["ACME"]}],
        [{"ticker_sentiment": None}],
    ],
)
def test_news_that_cannot_be_read_are_an_error_and_not_left_out(feed: object) -> None:
    with pytest.raises(VendorError):
        parse_news({"feed": feed}, "ACME")


def test_an_article_without_a_score_has_none() -> None:
    (found,) = parse_news({"feed": [article("20251013T130000", ("ACME", "None"))]}, "ACME")
    assert found.sentiment is None


def test_a_broken_article_matters_only_where_it_may_lie_in_the_window() -> None:
    later = article("20251015T130000", ("ACME", "7"))
    body = {"feed": [later, article("20251013T130000", ("ACME", "0.5")), article("x", ("MSFT", "0.1"))]}
    start, end = datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 10, 14, tzinfo=UTC)
    assert [item.sentiment for item in parse_news(body, "ACME", start, end)] == [0.5]
    with pytest.raises(VendorError, match="the article of 2025-10-15 13:00 UTC cannot be read"):
        parse_news(body, "ACME", start, datetime(2025, 10, 16, tzinfo=UTC))


def test_an_article_without_a_time_is_never_quoted_as_it_may_be_of_a_later_day() -> None:
    with pytest.raises(VendorError) as caught:
        parse_news({"feed": [article("98765 shares next year", ("ACME", "0.5"))]}, "ACME")
    assert str(caught.value) == "the time of an article cannot be read"


def income(*rows: dict[str, str]) -> dict[str, Any]:
    return {"symbol": "ACME", "annualReports": [], "quarterlyReports": list(rows)}


def earnings(*reported: tuple[str, str]) -> dict[str, Any]:
    return {"quarterlyEarnings": [{"fiscalDateEnding": end, "reportedDate": day} for end, day in reported]}


def test_a_statement_has_terms_all_vendors_share_and_leaves_out_what_is_not_given() -> None:
    report = {
        "fiscalDateEnding": "2021-09-30",
        "reportedCurrency": "TWD",
        "totalRevenue": "83360000000",
        "operatingCashflow": "-1.5",
        "totalShareholderEquity": "63090000000",
        "depreciation": "None",
        "goodwill": "-",
        "otherNonCurrrentAssets": "0",
    }
    (found,), flaws = parse_statements(income(report), None, None, None)
    assert flaws == ()
    assert found == Statement(
        kind="income",
        period="quarter",
        fiscal_end=date(2021, 9, 30),
        filed=None,
        currency="TWD",
        items={
            "total_revenue": Decimal(83360000000),
            "operating_cash_flow": Decimal("-1.5"),
            "shareholder_equity": Decimal(63090000000),
            "other_non_current_assets": Decimal(0),
        },
    )


@pytest.mark.parametrize(
    ("reported", "filed"),
    [
        (("2021-07-31", "2021-08-18"), date(2021, 8, 18)),  # NVIDIA's quarter ends on 1 August
        (("2021-08-08", "2021-08-18"), date(2021, 8, 18)),
        (("2021-08-09", "2021-08-18"), None),
        (("2021-07-31", "2021-08-01"), None),  # nobody reports on a period's last day
        (("2021-07-31", "None"), None),
    ],
)
def test_the_filing_date_is_the_reported_date_of_the_same_period(reported: tuple[str, str], filed: date | None) -> None:
    (found,), _ = parse_statements(income({"fiscalDateEnding": "2021-08-01"}), None, None, earnings(reported))
    assert found.filed == filed


def test_the_nearest_period_gives_the_filing_date() -> None:
    both = earnings(("2021-07-26", "2021-08-10"), ("2021-07-31", "2021-08-18"))
    (found,), _ = parse_statements(income({"fiscalDateEnding": "2021-08-01"}), None, None, both)
    assert found.filed == date(2021, 8, 18)


@pytest.mark.parametrize(
    ("row", "known", "said"),
    [
        ({"totalRevenue": "1"}, None, "'fiscalDateEnding' is None, not a date"),
        ({"fiscalDateEnding": "last year"}, None, "'fiscalDateEnding' is 'last year', not a date"),
        (
            {"fiscalDateEnding": "2021-09-30", "netIncome": "a lot"},
            date(2021, 11, 14),
            "'netIncome' is 'a lot', not a number",
        ),
    ],
)
def test_a_statement_that_cannot_be_read_takes_no_other_with_it(
    row: dict[str, str], known: date | None, said: str
) -> None:
    sound = {"fiscalDateEnding": "2021-06-30", "netIncome": "1"}
    (found,), (flaw,) = parse_statements(income(row, sound), None, None, None)
    assert found.fiscal_end == date(2021, 6, 30)
    ended = "2021-09-30" if known else "on an unknown day"
    assert flaw == Flaw(
        known, f"the income statement of the quarter that ends {ended} cannot be read and is left out: {said}"
    )


def test_a_date_of_report_that_cannot_be_read_leaves_its_statement_undated() -> None:
    sound = {"fiscalDateEnding": "2021-06-30", "netIncome": "1"}
    (found,), (flaw,) = parse_statements(income(sound), None, None, earnings(("2021-06-30", "soon")))
    assert found.filed is None
    assert flaw.text == "a date of report cannot be read and is left out: 'reportedDate' is 'soon', not a date"


@pytest.mark.parametrize("body", [{"symbol": "ACME"}, {"annualReports": [], "quarterlyReports": ["x"]}])
def test_statements_that_cannot_be_read_at_all_are_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(VendorError):
        parse_statements(body, None, None, None)


def test_splits_come_oldest_first_and_a_ratio_of_one_is_none() -> None:
    rows = [("2024-06-10", "10.0000"), ("2021-07-20", "4"), ("2020-01-01", "1.0000")]
    body = {"symbol": "ACME", "data": [{"effective_date": day, "split_factor": ratio} for day, ratio in rows]}
    assert [(split.ex_date.year, split.ratio) for split in parse_splits(body, "ACME")] == [(2021, 4), (2024, 10)]


def test_dividends_without_a_date_or_an_amount_are_none() -> None:
    rows = [
        ("2025-05-12", "0.26"),
        ("None", "0.1"),
        ("1988-02-12", "None"),
        ("1999-01-04", "0.0"),
        ("2025-02-10", "0.25"),
    ]
    body = {"symbol": "ACME", "data": [{"ex_dividend_date": day, "amount": amount} for day, amount in rows]}
    assert [paid.amount for paid in parse_dividends(body, "ACME")] == [Decimal("0.25"), Decimal("0.26")]


@pytest.mark.parametrize(
    ("parse", "row"),
    [
        (parse_splits, {"effective_date": "2024-06-10", "split_factor": "ten"}),
        (parse_splits, {"effective_date": "2024-06-10", "split_factor": "-1"}),
        (parse_splits, {"split_factor": "2"}),
        (parse_dividends, {"ex_dividend_date": "soon", "amount": "1"}),
        (parse_dividends, {"ex_dividend_date": "2025-05-12", "amount": "-1"}),
    ],
)
def test_one_event_that_cannot_be_read_leaves_all_of_them_unknown(parse: Any, row: dict[str, str]) -> None:
    with pytest.raises(VendorError, match="cannot be read"):
        parse({"symbol": "ACME", "data": [row]}, "ACME")
    with pytest.raises(VendorError, match="about 'EMCA', not about 'ACME'"):
        parse({"symbol": "EMCA", "data": []}, "ACME")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("symbol,reportDate\nACME,2025-10-14\nACME,2026-01-29\nEMCA,2025-10-20\n", date(2026, 1, 29)),
        ("symbol,name,reportDate\n", None),
    ],
)
def test_the_next_report_is_the_first_after_the_day(table: str, expected: date | None) -> None:
    assert parse_calendar(table, "ACME", date(2025, 10, 14)) == expected


@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "symbol,reportDate\nACME,soon\n", "symbol,reportDate\nACME\n"])
def test_a_calendar_that_cannot_be_read_is_an_error(table: str) -> None:
    with pytest.raises(VendorError, match="calendar of earnings"):
        parse_calendar(table, "ACME", date(2025, 10, 14))


def test_an_earnings_report_that_cannot_be_read_takes_no_other_with_it() -> None:
    sound = {"fiscalDateEnding": "2021-06-30", "reportedDate": "2021-07-27", "reportedEPS": "1.3"}
    broken = sound | {"reportedDate": "2021-10-28", "surprisePercentage": "a lot"}
    (found,), (flaw,) = parse_earnings({"quarterlyEarnings": [broken, sound]}, splits=())
    assert (found.eps_actual, found.eps_estimate, found.surprise) == (Decimal("1.3"), None, None)
    assert flaw.day == date(2021, 10, 28)
    assert "'surprisePercentage' is 'a lot', not a number" in flaw.text


def test_an_overview_is_an_identity_and_nothing_else() -> None:
    body = {"Symbol": "ACME", "Name": "Acme Corp", "Exchange": "NYSE", "Sector": "None", "PERatio": "28"}
    assert parse_overview(body, "ACME") == Identity(ticker="ACME", name="Acme Corp", exchange="NYSE")
    with pytest.raises(VendorError, match="of 'ACME', not of 'EMCA'"):
        parse_overview(body, "EMCA")


@pytest.mark.real_data
def test_every_recorded_day_of_october_2025_reads(recorded: Path) -> None:
    files = sorted((recorded / "ai-trader-2025-10").glob("daily_prices_*.json"))
    for path in files:
        ticker = path.stem.removeprefix("daily_prices_")
        body = json.loads(path.read_bytes())
        check_body(body, ticker)
        assert len(parse_daily(body, ticker).bars) == (79 if ticker == "FB" else 100), ticker
    assert len(files) > 90


@pytest.mark.real_data
def test_recorded_refusals_and_empty_answers_hold_no_facts(recorded: Path) -> None:
    folder = recorded / "alpha-vantage" / "statements-2021"
    for path in [*folder.glob("AON_*.json"), *folder.glob("MCK_*.json")]:
        with pytest.raises(VendorError, match="request limit is reached"):
            check_body(json.loads(path.read_bytes()), path.name.split("_")[0])
    empty = {
        name: json.loads((folder / f"ONL_{name}.json").read_bytes())
        for name in ("income_statement", "balance_sheet", "cash_flow", "earnings")
    }
    assert parse_statements(*empty.values()) == ((), ())
    assert parse_earnings(empty["earnings"], splits=()) == ((), ())


@pytest.mark.real_data
def test_recorded_statements_have_filing_dates_after_their_period(recorded: Path) -> None:
    folder = recorded / "alpha-vantage" / "statements-2021"
    for ticker in ("AAPL", "AMZN", "FB", "GOOGL", "MSFT", "NVDA", "TSLA"):
        found, flaws = parse_statements(
            *(
                json.loads((folder / f"{ticker}_{name}.json").read_bytes())
                for name in ("income_statement", "balance_sheet", "cash_flow", "earnings")
            )
        )
        assert flaws == ()
        assert len(found) == 75, ticker  # 20 quarters and 5 years of three statements
        assert all(one.filed and 0 < (one.filed - one.fiscal_end).days < 90 for one in found), ticker
        assert [one.fiscal_end for one in found] == sorted((one.fiscal_end for one in found), reverse=True)
