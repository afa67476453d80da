from datetime import UTC, date, datetime

import pytest

from arena.errors import DateError, TickerError
from arena.market.calendar import check_session, close_of, is_session, last_completed_session, next_session
from arena.market.listings import UNITED_STATES, listing_of


@pytest.mark.parametrize("ticker", ["NVDA", "BRK.B", "BRK-B", "BF.A", "GOOGL", "PBR-A", "BAC-PL", "ACHR.WS"])
def test_without_an_exchanges_suffix_a_ticker_is_listed_in_the_united_states(ticker):
    assert listing_of(ticker) == UNITED_STATES


@pytest.mark.parametrize(
    ("ticker", "calendar", "currency"),
    [
        ("TSCO.L", "XLON", "GBP"),
        ("SAP.DE", "XETR", "EUR"),
        ("7203.T", "XTKS", "JPY"),
        ("0700.HK", "XHKG", "HKD"),
        ("SHOP.TO", "XTSE", "CAD"),
        ("BTC-USD", "24/7", "USD"),
        ("ETH-EUR", "24/7", "EUR"),
    ],
)
def test_a_suffix_or_a_pair_names_the_calendar_and_the_currency(ticker, calendar, currency):
    assert listing_of(ticker)[:2] == (calendar, currency)


@pytest.mark.parametrize(
    ("ticker", "told"),
    [
        ("EURUSD=X", "a currency pair, a future or an index"),
        ("CL=F", "a currency pair, a future or an index"),
        ("ABCD.XYZ", r"no exchange with the suffix \.XYZ is supported"),
        ("THYAO.IS", r"no exchange with the suffix \.IS is supported"),
        ("PTT.BK", r"no exchange with the suffix \.BK is supported"),
        ("ETH-KRW", "pairs are supported against the dollar and a few others"),
    ],
)
def test_what_is_not_supported_says_so(ticker, told):
    with pytest.raises(TickerError, match=told):
        listing_of(ticker)


def test_exchanges_have_their_own_holidays_and_closes():
    thanksgiving, sunday = date(2025, 11, 27), date(2025, 10, 12)
    assert not is_session(thanksgiving)
    assert is_session(thanksgiving, "XLON")
    assert is_session(sunday, "24/7")
    assert close_of(date(2025, 10, 14), "XLON") == datetime(2025, 10, 14, 15, 30, tzinfo=UTC)
    assert close_of(sunday, "24/7") == datetime(2025, 10, 13, tzinfo=UTC)
    assert next_session(date(2025, 10, 10), "24/7") == date(2025, 10, 11)


def test_a_day_without_a_session_is_refused_by_the_exchange_that_rests():
    now = datetime(2025, 12, 1, tzinfo=UTC)
    assert check_session(date(2025, 11, 27), now, "XLON") == date(2025, 11, 27)
    with pytest.raises(DateError, match="an exchange holiday"):
        check_session(date(2025, 11, 27), now)
    assert last_completed_session(now, "24/7") == date(2025, 11, 30)


def test_a_calendar_that_begins_late_says_from_when_on_it_knows():
    with pytest.raises(DateError, match="outside the calendar, which runs from 1997-01-0"):
        check_session(date(1990, 1, 2), datetime(2025, 12, 1, tzinfo=UTC), "XTKS")
