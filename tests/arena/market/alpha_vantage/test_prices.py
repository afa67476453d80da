"""Alpha Vantage's prices as traded, with their events, and what a free key gets of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from arena.errors import NotCoveredError
from arena.market.calendar import session_back
from arena.records.market import Dividend, PriceNote, Split
from tests.arena.market.alpha_vantage.answers import END, PREMIUM, QUOTA, START, daily, read, serve, splits
from tests.arena.market.alpha_vantage.server import (
    KEY,
    by_function,
    functions,
)
from tests.loopback import Answer, Reply


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
