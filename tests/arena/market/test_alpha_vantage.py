"""The Alpha Vantage adapter over recorded answers and every error the vendor is known for, on loopback."""

import json
import logging
import socket
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage import AlphaVantageVendor
from arena.market.alpha_vantage.vendor import EPS_SINCE_SPLIT, NO_PAST_EPS, TODAYS_IDENTITY
from arena.market.calendar import session_back
from arena.records.market import Dividend, EarningsReport, Identity, PriceNote, Split
from tests.arena.market.alpha_vantage_server import (
    KEY,
    NOW,
    Sleeps,
    by_function,
    functions,
    recorded_statements,
    vendor_of,
)
from tests.loopback import Answer, Loopback, Reply, Request, loopback

START, END = datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 10, 14, 20, 0, tzinfo=UTC)
YEARS_AGO = datetime(2021, 12, 1, 21, 0, tzinfo=UTC)

BURST = {
    "Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more "
    "sparingly (1 request per second). You may subscribe to any of the premium plans at "
    "https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day), raise the "
    "per-second burst limit, and instantly unlock all premium endpoints"
}
QUOTA = {
    "Information": f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day. "
    "Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/"
}
PREMIUM = {
    "Information": "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature for "
    "the TIME_SERIES_DAILY endpoint."
}
ARTICLES = "No articles found. Please adjust the time range or refer to the API documentation"

Connect = Any


@pytest.fixture
def connect() -> Iterator[Connect]:
    servers = []

    def connected(answer: Answer, **changed: Any) -> tuple[AlphaVantageVendor, Loopback]:
        running = loopback(answer)
        servers.append(running)
        server = running.__enter__()
        return vendor_of(server, **changed), server

    yield connected
    for running in servers:
        running.__exit__(None, None, None)


def serve(content: Any, status: int = 200) -> Answer:
    return lambda request: Reply(status, content)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def all_asks(vendor: AlphaVantageVendor) -> tuple[Any, ...]:
    return (
        lambda: vendor.identity("NVDA", END),
        lambda: vendor.prices("NVDA", START.date(), END.date()),
        lambda: vendor.fundamentals("NVDA", END),
        lambda: vendor.earnings("NVDA", END),
        lambda: vendor.insiders("NVDA", START.date(), END.date()),
        lambda: vendor.news("NVDA", START, END),
        lambda: vendor.social("NVDA", START.date(), END.date()),
        lambda: vendor.market_news(START, END),
    )


# Prices.


def daily(*closes: tuple[str, str], ticker: str = "NVDA") -> dict[str, Any]:
    rows = {
        day: {"1. open": close, "2. high": close, "3. low": close, "4. close": close, "5. volume": "1"}
        for day, close in closes
    }
    return {"Meta Data": {"2. Symbol": ticker}, "Time Series (Daily)": rows}


def splits(*rows: tuple[str, str], ticker: str = "NVDA") -> dict[str, Any]:
    return {"symbol": ticker, "data": [{"effective_date": day, "split_factor": ratio} for day, ratio in rows]}


def dividends(*rows: tuple[str, str], ticker: str = "NVDA") -> dict[str, Any]:
    return {"symbol": ticker, "data": [{"ex_dividend_date": day, "amount": amount} for day, amount in rows]}


@pytest.mark.real_data
def test_recorded_daily_prices_are_read_as_traded_and_cut_to_the_window(connect, recorded):
    body = read(recorded / "ai-trader-2025-10" / "daily_prices_NVDA.json")
    vendor, server = connect(
        by_function(
            {
                "TIME_SERIES_DAILY": body,
                "SPLITS": splits(("2024-06-10", "10.0000")),
                "DIVIDENDS": dividends(("2025-10-02", "0.01"), ("2025-12-04", "0.01")),
            }
        )
    )
    history = vendor.prices("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert [bar.session for bar in history.bars][::9] == [date(2025, 10, 1), date(2025, 10, 14)]
    assert history.bars[-1].close == Decimal("180.03")
    assert history.dividends == (Dividend(ex_date=date(2025, 10, 2), amount=Decimal("0.01")),)
    assert (history.splits, history.notes) == ((), ())
    assert functions(server) == ["TIME_SERIES_DAILY", "SPLITS", "DIVIDENDS"]
    assert server.requests[0].query == {
        "function": "TIME_SERIES_DAILY",
        "symbol": "NVDA",
        "outputsize": "compact",
        "apikey": KEY,
        "datatype": "json",
    }


@pytest.mark.real_data
def test_a_recorded_split_stands_among_the_prices_as_traded(connect, recorded):
    body = read(recorded / "ai-trader-2025-10" / "ORLY_through_its_split.json")
    body["Meta Data"]["2. Symbol"] = "ORLY"
    answers = {
        "TIME_SERIES_DAILY": body,
        "SPLITS": splits(("2025-06-10", "15.0000"), ticker="ORLY"),
        "DIVIDENDS": dividends(ticker="ORLY"),
    }
    vendor, _ = connect(by_function(answers))
    history = vendor.prices("ORLY", date(2025, 6, 9), date(2025, 6, 10))
    assert [bar.close for bar in history.bars] == [Decimal("1348.10"), Decimal("91.71")]
    assert history.splits == (Split(ex_date=date(2025, 6, 10), ratio=Decimal(15)),)


@pytest.mark.parametrize("body", [{}, QUOTA, PREMIUM, splits(("x", "2")), splits(("2020-01-01", "0")), Reply(500, b"")])
def test_prices_whose_events_cannot_be_had_say_so_and_stand(connect, body):
    answers = {"TIME_SERIES_DAILY": daily(("2025-10-14", "10")), "SPLITS": body, "DIVIDENDS": dividends()}
    vendor, _ = connect(by_function(answers))
    history = vendor.prices("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert len(history.bars) == 1
    (note,) = history.notes
    assert note.text.startswith("the splits could not be had, so none are known: ")
    assert KEY not in note.text
    assert note.day is None
    assert history.provisional
    whole, _ = connect(by_function(answers | {"SPLITS": splits()}))
    assert not whole.prices("NVDA", date(2025, 10, 1), date(2025, 10, 14)).provisional


def test_a_dividend_that_was_no_cash_is_left_out_and_noted_on_its_day(connect):
    bars = daily(("2014-03-26", "1130"), ("2014-03-27", "1115"), ("2014-04-10", "560"), ticker="GOOGL")
    answers = {
        "TIME_SERIES_DAILY": bars,
        "SPLITS": splits(ticker="GOOGL"),
        "DIVIDENDS": dividends(("2014-03-27", "567.72"), ("2014-04-10", "0.2"), ticker="GOOGL"),
    }
    vendor, _ = connect(by_function(answers))
    history = vendor.prices("GOOGL", date(2014, 3, 1), date(2014, 4, 30))
    assert [paid.amount for paid in history.dividends] == [Decimal("0.2")]
    (note,) = history.notes
    assert (note.day, note.text) == (
        date(2014, 3, 27),
        "a dividend of 567.72 a share on 2014-03-27 is 50% of the close before it and cannot have been cash; "
        "it is left out",
    )
    assert vendor.prices("GOOGL", date(2014, 3, 1), date(2014, 3, 26)).notes == ()


def test_a_large_dividend_that_the_price_shows_was_paid(connect):
    answers = {
        "TIME_SERIES_DAILY": daily(("2025-10-13", "40"), ("2025-10-14", "29")),
        "SPLITS": splits(),
        "DIVIDENDS": dividends(("2025-10-14", "11")),
    }
    vendor, _ = connect(by_function(answers))
    assert vendor.prices("NVDA", START.date(), END.date()).dividends[0].amount == 11
    answers["TIME_SERIES_DAILY"] = daily(("2025-10-13", "40"), ("2025-10-14", "39"))
    assert vendor.prices("NVDA", START.date(), END.date()).dividends == ()


def test_what_lies_further_back_than_the_short_answer_is_asked_for_in_full(connect):
    vendor, server = connect(by_function({"TIME_SERIES_DAILY": daily(("2025-01-02", "10"))}))
    vendor.prices("NVDA", date(2025, 1, 2), date(2025, 1, 3))
    assert server.requests[0].query["outputsize"] == "full"


LAST = END.date()
FIRST_OF_100 = session_back(LAST, 99)


def free_key(rows: int = 100, end: date = LAST, **answers: Any) -> Answer:
    """A server that keeps the long answer for premium keys and has so many rows up to `end` in the short one."""
    days = [(str(session_back(end, back)), "10") for back in range(rows)]
    known = {"SPLITS": splits(), "DIVIDENDS": dividends(), "TIME_SERIES_DAILY": daily(*days)} | answers
    by_name = by_function(known)
    return lambda request: Reply(200, PREMIUM) if request.query.get("outputsize") == "full" else by_name(request)


def test_a_key_that_is_refused_the_full_history_gets_the_last_hundred_sessions_and_a_word_on_it(connect):
    before, inside = str(FIRST_OF_100 - timedelta(days=1)), str(session_back(END.date(), 50))
    vendor, server = connect(
        free_key(SPLITS=splits((before, "2"), (inside, "3")), DIVIDENDS=dividends((before, "0.1"), (inside, "0.2")))
    )
    history = vendor.prices("NVDA", date(2024, 10, 1), END.date())
    assert (history.bars[0].session, history.bars[-1].session, len(history.bars)) == (FIRST_OF_100, END.date(), 100)
    assert history.known_from == FIRST_OF_100
    assert [split.ratio for split in history.splits] == [3]  # what happened before the first bar is not half told
    assert [paid.amount for paid in history.dividends] == [Decimal("0.2")]
    (note,) = history.notes
    why = "alpha_vantage gives a key of this plan the last 100 sessions only"
    assert note == PriceNote(text=f"the prices begin on {FIRST_OF_100}, as {why}", day=FIRST_OF_100)
    assert not history.provisional
    assert [request.query.get("outputsize") for request in server.requests] == ["full", "compact", None, None]
    vendor.prices("NVDA", date(2024, 10, 1), END.date())
    assert [request.query.get("outputsize") for request in server.requests][4:] == ["compact", None]


def test_a_listing_younger_than_the_short_answer_is_told_whole_to_any_key(connect):
    vendor, _ = connect(free_key(rows=40))
    history = vendor.prices("NVDA", date(2024, 10, 1), END.date())
    assert (len(history.bars), history.known_from, history.notes) == (40, None, ())


def test_days_before_the_last_hundred_sessions_need_a_premium_key_and_say_what_to_do(connect):
    vendor, server = connect(free_key())
    for ticker in ("NVDA", "AAPL"):
        with pytest.raises(NotCoveredError, match="set a premium key, or name another vendor before alpha_vantage"):
            vendor.prices(ticker, date(2024, 10, 1), FIRST_OF_100 - timedelta(days=1))
    assert len(server.requests) == 1  # one refusal tells of all


def test_a_short_answer_that_begins_behind_the_window_is_none(connect):
    tomorrow = END.date() + timedelta(days=1)  # whose unfinished row is among the hundred
    vendor, _ = connect(free_key(end=tomorrow))
    with pytest.raises(NotCoveredError, match="premium key"):
        vendor.prices("NVDA", date(2024, 10, 1), FIRST_OF_100)


@pytest.mark.parametrize(
    ("ticker", "said"),
    [("TSCO.LON", "in which currency"), ("BTC-USD", "shares only"), ("EURUSD=X", "shares only"), ("GC=F", "only")],
)
def test_what_is_no_us_listing_is_not_covered_and_costs_no_request(connect, ticker, said):
    vendor, server = connect(serve({}))
    with pytest.raises(NotCoveredError, match=said):
        vendor.prices(ticker, START.date(), END.date())
    assert server.requests == []


# The company.


def test_the_identity_is_todays_and_says_so(connect):
    vendor, _ = connect(serve({"Symbol": "NVDA", "Name": "NVIDIA Corp", "Exchange": "NASDAQ", "Currency": "USD"}))
    assert vendor.identity("NVDA", YEARS_AGO) == Identity(
        ticker="NVDA", name="NVIDIA Corp", exchange="NASDAQ", currency="USD", notes=(TODAYS_IDENTITY,)
    )


@pytest.mark.real_data
def test_recorded_statements_carry_the_day_they_were_reported(connect, recorded):
    vendor, server = connect(recorded_statements(recorded / "alpha-vantage" / "statements-2021", "AAPL"))
    facts = vendor.fundamentals("AAPL", END)
    found = {(one.kind, one.period, one.fiscal_end): one for one in facts.statements}
    income = found["income", "quarter", date(2021, 6, 30)]
    assert income.filed == date(2021, 7, 27)
    assert income.items["net_income"] == Decimal(21_744_000_000)
    assert found["income", "year", date(2021, 9, 30)].items["net_income"] == Decimal(94_680_000_000)
    assert facts.notes == ()
    assert functions(server) == ["INCOME_STATEMENT", "BALANCE_SHEET", "CASH_FLOW", "EARNINGS"]


@pytest.mark.real_data
def test_a_recorded_limit_body_among_the_statements_is_an_error(connect, recorded):
    folder = recorded / "alpha-vantage" / "statements-2021"

    def answer(request: Request) -> Reply:
        return recorded_statements(folder, "AON" if request.query["function"] == "CASH_FLOW" else "AAPL")(request)

    vendor, _ = connect(answer)
    with pytest.raises(VendorError, match="request limit"):
        vendor.fundamentals("AAPL", END)


def test_a_fund_costs_one_request_and_is_said_to_have_no_statements(connect):
    vendor, server = connect(serve({}))
    with pytest.raises(TickerError, match="does not know or has no such data of"):
        vendor.fundamentals("QQQ", END)
    assert functions(server) == ["INCOME_STATEMENT"]


def test_a_statement_that_cannot_be_read_is_left_out_and_noted_once_it_was_reported(connect):
    rows = [
        {"fiscalDateEnding": "2025-06-30", "netIncome": "1"},
        {"fiscalDateEnding": "2025-09-30", "netIncome": "much"},
    ]
    answers = {
        "INCOME_STATEMENT": {"symbol": "NVDA", "annualReports": [], "quarterlyReports": rows},
        "EARNINGS": {
            "symbol": "NVDA",
            "quarterlyEarnings": [{"fiscalDateEnding": "2025-09-30", "reportedDate": "2025-10-10"}],
        },
    }
    vendor, _ = connect(by_function(answers))
    facts = vendor.fundamentals("NVDA", END)
    assert [one.fiscal_end for one in facts.statements] == [date(2025, 6, 30)]
    assert facts.notes == (
        "the income statement of the quarter that ends 2025-09-30 cannot be read and is left out: "
        "'netIncome' is 'much', not a number",
    )
    assert vendor.fundamentals("NVDA", datetime(2025, 10, 10, 20, tzinfo=UTC)).notes == ()


# Earnings.

EARNINGS = {
    "symbol": "NVDA",
    "quarterlyEarnings": [
        {"fiscalDateEnding": "2025-10-31", "reportedDate": "2025-11-19", "reportedEPS": "None"},
        {
            "fiscalDateEnding": "2025-07-31",
            "reportedDate": "2025-08-27",
            "reportedEPS": "1.04",
            "estimatedEPS": "1.01",
            "surprisePercentage": "2.9703",
        },
        {
            "fiscalDateEnding": "2024-04-30",
            "reportedDate": "2024-05-22",
            "reportedEPS": "0.61",
            "estimatedEPS": "0.55",
            "surprisePercentage": "10.9091",
        },
    ],
}
CALENDAR = (
    "symbol,name,reportDate,fiscalDateEnding,estimate,currency\r\n"
    "NVDA,NVIDIA Corp,2026-02-25,2026-01-31,1.3,USD\r\n"
    "NVDA,NVIDIA Corp,2025-11-19,2025-10-31,1.17,USD\r\n"
)


def test_earnings_of_the_present_have_what_is_known_since_the_last_split_and_the_next_day(connect):
    answers = {"EARNINGS": EARNINGS, "SPLITS": splits(("2024-06-10", "10.0")), "EARNINGS_CALENDAR": CALENDAR}
    vendor, server = connect(by_function(answers))
    found = vendor.earnings("NVDA", END)
    newest, before_the_split = found.reports
    assert newest == EarningsReport(
        reported=datetime(2025, 8, 28, 3, 59, 59, tzinfo=UTC),  # the end of 27 August in New York
        fiscal_end=date(2025, 7, 31),
        eps_estimate=Decimal("1.01"),
        eps_actual=Decimal("1.04"),
        surprise=2.9703,
    )
    assert (before_the_split.eps_estimate, before_the_split.eps_actual) == (None, None)
    assert before_the_split.surprise == 10.9091
    assert found.expected == date(2025, 11, 19)
    assert found.notes == (EPS_SINCE_SPLIT,)
    assert not found.provisional
    assert functions(server) == ["EARNINGS", "SPLITS", "EARNINGS_CALENDAR"]
    assert server.requests[2].query["symbol"] == "NVDA"


def test_earnings_of_a_past_date_tell_nothing_that_a_later_split_or_announcement_would(connect):
    vendor, server = connect(by_function({"EARNINGS": EARNINGS}))
    found = vendor.earnings("NVDA", END - timedelta(days=1))
    assert [report.surprise for report in found.reports] == [2.9703, 10.9091]
    assert {report.eps_actual for report in found.reports} == {None}
    assert (found.expected, found.notes, found.provisional) == (None, (NO_PAST_EPS,), False)
    assert functions(server) == ["EARNINGS"]


@pytest.mark.parametrize("broken", [{}, QUOTA, {"Information": "Something new."}, Reply(500, b""), "day,x\n1,2\n"])
def test_earnings_stand_where_the_splits_and_the_calendar_cannot_be_had(connect, broken):
    vendor, _ = connect(by_function({"EARNINGS": EARNINGS, "SPLITS": broken, "EARNINGS_CALENDAR": broken}))
    found = vendor.earnings("NVDA", END)
    assert len(found.reports) == 2
    assert {report.eps_actual for report in found.reports} == {None}
    assert found.expected is None
    without_eps, without_day = found.notes
    assert without_eps.startswith("earnings a share are left out, as they may be restated for splits")
    assert without_day.startswith("the day of the next report is unknown: ")
    assert KEY not in "".join(found.notes)
    assert found.provisional


@pytest.mark.parametrize("missing", ["SPLITS", "EARNINGS_CALENDAR"])
def test_earnings_are_provisional_where_either_request_failed(connect, missing):
    answers = {"EARNINGS": EARNINGS, "SPLITS": splits(), "EARNINGS_CALENDAR": CALENDAR}
    vendor, _ = connect(by_function(answers | {missing: QUOTA}))
    assert vendor.earnings("NVDA", END).provisional
    whole, _ = connect(by_function(answers))
    assert not whole.earnings("NVDA", END).provisional


@pytest.mark.real_data
def test_recorded_earnings_before_a_split_are_indeed_restated_and_so_left_out(connect, recorded):
    folder = recorded / "alpha-vantage" / "statements-2021"
    july_2020 = next(
        row for row in read(folder / "AAPL_earnings.json")["quarterlyEarnings"] if row["reportedDate"] == "2020-07-30"
    )
    assert july_2020["reportedEPS"] == "0.65"  # Apple reported 2.58, before its 4:1 split of August 2020
    answers = {
        "EARNINGS": read(folder / "AAPL_earnings.json"),
        "SPLITS": splits(("2020-08-31", "4.0"), ticker="AAPL"),
        "EARNINGS_CALENDAR": CALENDAR,
    }
    vendor, _ = connect(by_function(answers))
    reports = {report.fiscal_end: report for report in vendor.earnings("AAPL", END).reports}
    assert reports[date(2020, 6, 30)].eps_actual is None
    assert reports[date(2020, 6, 30)].surprise == 27.451
    assert reports[date(2021, 9, 30)].eps_actual == Decimal("1.24")


def test_statements_and_earnings_share_one_request(connect):
    answers = {
        "INCOME_STATEMENT": {"symbol": "NVDA", "annualReports": [], "quarterlyReports": []},
        "EARNINGS": EARNINGS,
    }
    vendor, server = connect(by_function(answers))
    vendor.fundamentals("NVDA", YEARS_AGO)
    vendor.earnings("NVDA", YEARS_AGO)
    assert functions(server).count("EARNINGS") == 1


def test_a_shared_request_that_failed_is_sent_again(connect):
    replies = iter([QUOTA, EARNINGS])
    vendor, _ = connect(lambda request: Reply(200, next(replies)))
    with pytest.raises(VendorError):
        vendor.earnings("NVDA", YEARS_AGO)
    assert len(vendor.earnings("NVDA", YEARS_AGO).reports) == 2


# Insiders.


def transaction(day: str, **changed: str) -> dict[str, str]:
    return {
        "transaction_date": day,
        "ticker": "NVDA",
        "executive": "HUANG, JEN HSUN",
        "executive_title": "President and CEO",
        "security_type": "Common Stock",
        "acquisition_or_disposal": "D",
        "shares": "1000.0",
        "share_price": "180.5",
    } | changed


def test_insiders_trades_are_told_apart_by_price_and_by_what_was_given_up(connect):
    rows = [
        transaction("2025-10-14"),
        transaction("2025-10-13", acquisition_or_disposal="A"),
        transaction("2025-10-10", acquisition_or_disposal="A", share_price="0.0"),
        transaction("2025-10-09", acquisition_or_disposal="A", share_price="4.2"),
        transaction("2025-10-09", security_type="Stock Option (Right to Buy)", share_price="0.0"),
        transaction("2025-10-08", share_price=""),
        transaction("2025-10-06", shares="None"),
        transaction("2025-09-01"),
    ]
    vendor, server = connect(serve({"data": rows}))
    found = vendor.insiders("NVDA", START.date(), END.date())
    assert [(trade.traded.day, trade.side) for trade in found.trades] == [
        (14, "sell"),
        (13, "buy"),
        (10, "other"),  # a grant
        (9, "other"),  # an exercise: the option was given up on the same day
        (8, "other"),  # a gift
    ]
    newest = found.trades[0]
    assert (newest.insider, newest.role, newest.filed) == ("HUANG, JEN HSUN", "President and CEO", None)
    assert (newest.shares, newest.price) == (1000, Decimal("180.5"))
    _, flaw = found.notes
    assert flaw == "an insider's trade of 2025-10-06 cannot be read and is left out: 'shares' is 'None', not a number"
    assert functions(server) == ["INSIDER_TRANSACTIONS"]
    assert len(vendor.insiders("NVDA", START.date(), date(2025, 10, 13)).notes) == 1, "its filing is due first"


# News and moods.


@pytest.mark.real_data
def test_recorded_news_are_cut_to_the_window_to_the_second(connect, recorded):
    feed = read(recorded / "ai-trader-2025-10" / "alpha_vantage_news_sentiment.json")
    entry = next(entry for entry in feed["feed"] if entry["ticker_sentiment"])
    published = datetime.strptime(entry["time_published"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    vendor, server = connect(serve(feed))
    item = next(item for item in vendor.market_news(START, published) if item.title == entry["title"])
    assert item.sentiment == pytest.approx(float(entry["overall_sentiment_score"]))
    assert entry["title"] not in [one.title for one in vendor.market_news(START, published - timedelta(seconds=1))]
    assert server.requests[0].query["topics"] == "financial_markets"


def article(published: str, score: str, title: str = "News", **changed: Any) -> dict[str, Any]:
    return {
        "title": title,
        "url": f"https://example.com/{title}",
        "time_published": published,
        "summary": "",
        "source": "Wire",
        "overall_sentiment_score": score,
        "ticker_sentiment": [{"ticker": "NVDA", "relevance_score": "1", "ticker_sentiment_score": score}],
    } | changed


def test_news_of_a_ticker_carry_its_own_score_and_are_cut_to_the_window(connect):
    feed = [article("20251014T200001", "0.9", "Late"), article("20251014T200000", "0.5", overall_sentiment_score="-1")]
    vendor, server = connect(serve({"feed": feed}))
    (only,) = vendor.news("NVDA", START, END)
    assert (only.title, only.sentiment, only.publisher) == ("News", 0.5, "Wire")
    assert server.requests[0].query["tickers"] == "NVDA"
    assert server.requests[0].query["time_to"] == "20251014T2001"
    assert server.requests[0].query["limit"] == "1000"


def test_market_news_are_asked_topic_by_topic_and_shown_once(connect):
    feeds = {
        "financial_markets": [article("20251013T120000", "0.1", "Stocks"), article("20251014T120000", "0.2", "Both")],
        "economy_macro": [article("20251014T120000", "0.2", "Both"), article("20251014T210000", "0.2", "Late")],
        "economy_monetary": [],
    }
    vendor, server = connect(lambda request: Reply(200, {"feed": feeds[request.query["topics"]]}))
    assert [(item.title, item.sentiment) for item in vendor.market_news(START, END)] == [("Both", 0.2), ("Stocks", 0.1)]
    assert all("tickers" not in request.query for request in server.requests)
    assert len(server.requests) == 3


def test_news_and_moods_of_a_session_share_one_request(connect):
    vendor, server = connect(serve({"feed": [article("20251014T120000", "0.5")]}))
    vendor.news("NVDA", END - timedelta(days=14), END)
    vendor.social("NVDA", END.date() - timedelta(days=14), END.date())
    assert len(server.requests) == 1


def test_a_social_day_ends_with_its_sessions_close(connect):
    feed = [
        article("20251010T195900", "0.5"),  # 15:59 in New York, Friday
        article("20251010T120000", "-0.1"),
        article("20251010T200100", "-0.9"),  # 16:01: Saturday's
        article("20251011T150000", "0.1"),
    ]
    vendor, server = connect(serve({"feed": feed}))
    saturday, friday = vendor.social("NVDA", date(2025, 10, 10), date(2025, 10, 11))
    assert (friday.day, friday.mentions, friday.sentiment) == (date(2025, 10, 10), 2, 0.2)  # (0.5 - 0.1) / 2
    assert (saturday.day, saturday.mentions, saturday.sentiment) == (date(2025, 10, 11), 2, -0.4)  # (-0.9 + 0.1) / 2
    assert server.requests[0].query["time_from"] == "20251009T2000"


def test_what_follows_an_early_close_counts_to_the_next_day(connect):
    feed = [article("20241129T175900", "0.5"), article("20241129T180100", "-0.5")]  # close at 13:00, 18:00 UTC
    vendor, _ = connect(serve({"feed": feed}))
    (friday,) = vendor.social("NVDA", date(2024, 11, 29), date(2024, 11, 29))
    assert (friday.mentions, friday.sentiment) == (1, 0.5)


def test_a_day_cut_short_by_the_limit_of_articles_is_left_out(connect):
    feed = [article("20251014T150000", "0.2")] * 900 + [article("20251013T150000", "0.2")] * 100
    vendor, _ = connect(serve({"feed": feed}))
    (only,) = vendor.social("NVDA", date(2025, 10, 1), date(2025, 10, 14))
    assert (only.day, only.mentions) == (date(2025, 10, 14), 900)


def test_no_articles_is_an_empty_answer(connect):
    vendor, _ = connect(serve({"Information": ARTICLES}))
    assert vendor.news("NVDA", START, END) == ()
    assert vendor.social("NVDA", START.date(), END.date()) == ()
    assert vendor.market_news(START, END) == ()


# Limits, errors, keys.


def test_the_burst_limit_is_waited_out_once(connect):
    replies, sleeps = iter([BURST, {"feed": [article("20251010T195900", "0.5")]}]), Sleeps()
    vendor, server = connect(lambda request: Reply(200, next(replies)), sleep=sleeps)
    assert len(vendor.news("NVDA", START, END)) == 1
    assert sleeps == [1.0]
    assert server.requests[0].target == server.requests[1].target


def test_a_second_burst_limit_is_an_error(connect):
    sleeps = Sleeps()
    vendor, server = connect(serve(BURST), sleep=sleeps)
    with pytest.raises(VendorError, match="a second apart"):
        vendor.news("NVDA", START, END)
    assert sleeps == [1.0]
    assert len(server.requests) == 2


def test_a_free_keys_requests_are_a_second_apart_and_stop_when_the_day_is_spent(connect):
    sleeps = Sleeps()
    answers = {"INCOME_STATEMENT": {"annualReports": [], "quarterlyReports": []}, "EARNINGS": EARNINGS}
    vendor, server = connect(by_function(answers), daily_limit=5, sleep=sleeps, clock=lambda: NOW)
    vendor.fundamentals("NVDA", YEARS_AGO)
    assert sleeps == [1.0, 2.0, 3.0]  # the clock stands still, so each waits for those before it
    with pytest.raises(TickerError):
        vendor.identity("NVDA", END)
    with pytest.raises(VendorError, match="5 requests of 2025-10-14 are spent; it was not asked"):
        vendor.identity("NVDA", END)
    assert len(server.requests) == 5


def test_the_vendors_word_that_the_day_is_spent_is_believed_over_the_count(connect):
    vendor, server = connect(serve(QUOTA), daily_limit=25)
    with pytest.raises(VendorError, match="request limit is reached"):
        vendor.identity("NVDA", END)
    with pytest.raises(VendorError, match="are spent; it was not asked"):
        vendor.news("NVDA", START, END)
    assert len(server.requests) == 1


def test_a_premium_key_is_neither_counted_nor_slowed(connect):
    sleeps = Sleeps()
    vendor, server = connect(serve({"feed": []}), daily_limit=None, sleep=sleeps)
    for hours in range(30):
        vendor.news("NVDA", START + timedelta(hours=hours), END + timedelta(hours=hours))
    assert (len(server.requests), sleeps) == (30, [])


def test_what_never_reached_the_vendor_is_not_counted(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/query"
        vendor = AlphaVantageVendor(KEY, address, timeout=5.0, daily_limit=1, folder=tmp_path, sleep=Sleeps())
        for _ in range(3):
            with pytest.raises(VendorError, match="cannot be reached"):
                vendor.news("NVDA", START, END)
    (kept,) = tmp_path.glob("*.json")
    assert read(kept)["requests"] == 0


ERRORS: dict[str, tuple[Any, type[Exception]]] = {
    "daily quota": (QUOTA, VendorError),
    "daily quota as a note": ({"Note": QUOTA["Information"]}, VendorError),
    "legacy throttle": (
        {"Note": "Our standard API call frequency is 5 calls per minute and 500 calls per day."},
        VendorError,
    ),
    "premium": ({"Information": "Thank you! This is a premium endpoint. You may subscribe"}, NotCoveredError),
    "premium parameter": (PREMIUM, NotCoveredError),
    "no key": ({"Error Message": "the parameter apikey is invalid or missing. Please claim your key"}, VendorError),
    "no key, as information": ({"Information": "the parameter apikey is invalid or missing."}, VendorError),
    "bad symbol": ({"Error Message": "Invalid API call. Please retry or visit the documentation"}, TickerError),
    "empty object": ({}, TickerError),
    "empty quote": ({"Global Quote": {}}, TickerError),
    "unknown message": ({"Information": f"Something new about {KEY}."}, VendorError),
    "unknown shape": ({"surprise": KEY}, VendorError),
    "a list": ([KEY], VendorError),
    "html": (f"<html>Bad gateway {KEY}</html>", VendorError),
    "cut json": (json.dumps(QUOTA)[:-20], VendorError),
    "empty body": ("", VendorError),
}


@pytest.mark.parametrize(("content", "kind"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_body_is_classified_and_never_read_as_facts(connect, caplog, content, kind):
    caplog.set_level(logging.DEBUG)
    sleeps = Sleeps()
    vendor, _ = connect(serve(content), sleep=sleeps)
    *with_ticker, market_news = all_asks(vendor)
    for ask in with_ticker:
        with pytest.raises(kind) as caught:
            ask()
        assert_without_key(caught.value)
    # Without a ticker nothing can be unknown: it is a failure.
    with pytest.raises(VendorError if kind is TickerError else kind) as caught:
        market_news()
    assert_without_key(caught.value)
    assert sleeps == []
    assert KEY not in caplog.text


def test_a_key_that_stands_among_facts_is_taken_out_of_them(connect):
    facts = {"Symbol": "NVDA", "Name": f"Company {KEY}", "data": [transaction("2025-10-14", executive=KEY)]}
    vendor, _ = connect(serve(facts))
    assert vendor.identity("NVDA", END).name == "Company [key]"
    assert vendor.insiders("NVDA", START.date(), END.date()).trades[0].insider == "[key]"


def assert_without_key(error: BaseException | None) -> None:
    """Neither in the traceback nor in any error behind it, shown or not."""
    assert error is not None
    assert KEY not in "".join(traceback.format_exception(error))
    while error is not None:
        assert KEY not in f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_http_error_is_a_vendor_error_whatever_its_body(connect, status):
    vendor, _ = connect(serve({"feed": []}, status))
    for ask in all_asks(vendor):
        with pytest.raises(VendorError, match=str(status)):
            ask()


@pytest.mark.parametrize("slow", [Reply(200, {"feed": []}, delay=5), Reply(200, {"feed": []}, drip=0.1)])
def test_the_deadline_covers_the_whole_answer(connect, slow):
    vendor, _ = connect(lambda request: slow, timeout=0.3)
    with pytest.raises(VendorError, match="timed out") as caught:
        vendor.news("NVDA", START, END)
    assert_without_key(caught.value)


def test_the_deadline_covers_all_requests_of_a_section(connect):
    vendor, server = connect(lambda request: Reply(200, {"feed": []}, delay=0.25), timeout=0.6)
    with pytest.raises(VendorError, match=r"timed out|took more than 0\.6 seconds"):
        vendor.market_news(START, END)
    assert len(server.requests) <= 3


def test_the_key_shows_nowhere_even_where_the_transport_names_it():
    key = "secretkey123456"
    vendor = AlphaVantageVendor(key, f"{key}://127.0.0.1/query")  # curl: Protocol "secretkey123456" not supported
    with pytest.raises(VendorError, match=r'Protocol "\[key\]"') as caught:
        vendor.news("NVDA", START, END)
    assert key not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    assert key not in repr(vendor)
