"""Prices as traded, held against what other vendors recorded on the day; and the day that is not over."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arena.errors import VendorError
from arena.records.market import Split
from tests.arena.market.yahoo_answers import NOW, body, chart, new_york, serve, split


def test_an_answer_without_days_about_another_symbol_is_no_empty_one(connect):
    answer = chart({date(2025, 2, 20): (1.0, 1.0, 1.0, 1.0, 1)}, {"symbol": "AMD"})
    del answer["chart"]["result"][0]["timestamp"]
    vendor, _ = connect(serve(answer))
    assert vendor.prices("AMD", date(2025, 2, 20), date(2025, 2, 21)).bars == ()
    with pytest.raises(VendorError, match="yahoo failed at the prices of NVDA"):
        vendor.prices("NVDA", date(2025, 2, 20), date(2025, 2, 21))


def adjusted(value: str, ratio: int) -> float:
    """A price as Yahoo gives it once a split came after it: divided, in single precision, printed as a double."""
    return float(np.float32(float(value) / ratio))


@pytest.mark.real_data
def test_orly_over_its_split_reads_as_alpha_vantage_recorded_it_on_the_day(connect, recorded):
    path = recorded / "ai-trader-2025-10" / "ORLY_through_its_split.json"
    days = json.loads(path.read_text())["Time Series (Daily)"]
    traded = {date.fromisoformat(day): list(row.values()) for day, row in sorted(days.items())}
    first_after = date(2025, 6, 10)
    bars = {}
    for day, (*prices, volume) in traded.items():
        ratio = 15 if day < first_after else 1
        bars[day] = (*(adjusted(price, ratio) for price in prices), int(volume) * ratio)
    vendor, _ = connect(
        serve(chart(bars, {"symbol": "ORLY"}, **split(first_after, 15, 1))), datetime(2025, 11, 3, tzinfo=UTC)
    )
    history = vendor.prices("ORLY", min(traded), max(traded))
    assert len(history.bars) == len(traded)
    for bar in history.bars:
        *prices, volume = traded[bar.session]
        off = [
            abs(one - Decimal(text)) for one, text in zip((bar.open, bar.high, bar.low, bar.close), prices, strict=True)
        ]
        assert max(off) <= Decimal("0.0002"), bar
        assert bar.volume == int(volume)
    closes = {bar.session: bar.close for bar in history.bars}
    assert (closes[date(2025, 6, 9)], closes[first_after]) == (Decimal("1348.10"), Decimal("91.71"))


def actions(recorded: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((recorded / "point-in-time" / "corporate_actions" / name).read_text())


@pytest.mark.real_data
def test_apples_dividends_before_two_splits_are_those_that_were_paid(connect, recorded):
    splits = {
        date.fromisoformat(one["execution_date"]): one["split_to"] for one in actions(recorded, "AAPL.splits.json")
    }
    paid = {
        date.fromisoformat(one["ex_dividend_date"]): Decimal(str(one["cash_amount"]))
        for one in actions(recorded, "AAPL.dividends.json")
        if one["ex_dividend_date"] >= "2012-06-01"
    }
    events: dict[str, Any] = {"splits": {}, "dividends": {}}
    for day, ratio in splits.items():
        if day > min(paid):
            events["splits"][str(day)] = {"date": new_york(day), "numerator": ratio, "denominator": 1}
    for day, amount in paid.items():
        later = 1
        for ex_date, ratio in splits.items():
            later *= ratio if ex_date > day else 1
        events["dividends"][str(day)] = {"date": new_york(day), "amount": round(float(amount) / later, 6)}
    bars = dict.fromkeys(sorted({*paid, *(day for day in splits if day > min(paid))}), (10.0, 11.0, 9.0, 10.5, 1000))
    vendor, _ = connect(serve(chart(bars, {"symbol": "AAPL"}, **events)), datetime(2025, 11, 3, tzinfo=UTC))
    history = vendor.prices("AAPL", min(paid), max(paid))
    assert {one.ex_date: one.amount for one in history.dividends} == paid
    assert paid[date(2020, 8, 7)] == Decimal("0.82")


@pytest.mark.real_data
def test_recorded_dividends_and_splits_are_told_on_their_days(connect, recorded):
    vendor, _ = connect(serve(body(recorded, "historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv.json")))
    paid = vendor.prices("MSFT", date(2021, 2, 1), date(2022, 1, 28)).dividends
    assert [(one.ex_date, one.amount) for one in paid] == [
        (date(2021, 2, 17), Decimal("0.56")),
        (date(2021, 5, 19), Decimal("0.56")),
        (date(2021, 8, 18), Decimal("0.56")),
        (date(2021, 11, 17), Decimal("0.62")),
    ]
    vendor, _ = connect(serve(body(recorded, "chart-AAPL-2020-08-31-to-2020-11-07.json")))
    history = vendor.prices("AAPL", date(2020, 8, 31), date(2020, 11, 6))
    assert history.splits == (Split(ex_date=date(2020, 8, 31), ratio=Decimal(4)),)
    assert [one.amount for one in history.dividends] == [Decimal("0.205")]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "symbol", "currency", "days"),
    [
        (
            "chart-WSU.DE-2023-08-04-to-2023-08-09.json",
            "WSU.DE",
            "EUR",
            [date(2023, 8, 4), date(2023, 8, 7), date(2023, 8, 8)],
        ),
        (
            "chart-BTC-USD-2020-01-01-to-2020-01-03.json",
            "BTC-USD",
            "USD",
            [date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)],
        ),
    ],
)
def test_days_elsewhere_are_those_of_their_exchange(connect, recorded, name, symbol, currency, days):
    vendor, _ = connect(serve(body(recorded, name)))
    history = vendor.prices(symbol, days[0], days[-1])
    assert ([bar.session for bar in history.bars], history.currency) == (days, currency)


TODAY = date(2025, 2, 25)
FLAT = (10.0, 11.0, 9.0, 10.5, 1000)


def hours(day: date) -> dict[str, Any]:
    """What a chart says about the trading of its exchange's day, 9:30 to 16:00 in New York."""
    span = {"start": new_york(day), "end": new_york(day, 16, 0), "gmtoffset": -18000, "timezone": "EST"}
    return {"currentTradingPeriod": {"pre": dict(span), "regular": dict(span), "post": dict(span)}}


@pytest.mark.parametrize(
    ("now", "period", "there"),
    [
        (NOW, TODAY, False),
        (datetime(2025, 2, 25, 20, 59, tzinfo=UTC), TODAY, False),
        (datetime(2025, 2, 25, 21, 0, tzinfo=UTC), TODAY, True),
        (datetime(2025, 2, 26, 4, 59, tzinfo=UTC), TODAY, True),
        (datetime(2025, 2, 26, 5, 0, tzinfo=UTC), TODAY, True),
        (datetime(2025, 2, 25, 21, 0, tzinfo=UTC), None, False),
        (datetime(2025, 2, 25, 21, 0, tzinfo=UTC), date(2025, 2, 24), False),
        (datetime(2025, 2, 26, 5, 0, tzinfo=UTC), None, True),
    ],
)
def test_todays_bar_is_there_once_trading_is_over(connect, now, period, there):
    bars = {date(2025, 2, 24): FLAT, TODAY: FLAT}
    vendor, _ = connect(serve(chart(bars, hours(period) if period else None)), now)
    history = vendor.prices("NVDA", date(2025, 2, 24), TODAY)
    assert [bar.session for bar in history.bars] == [date(2025, 2, 24), *([TODAY] if there else [])]
    assert history.notes == ()


def test_a_day_that_is_not_over_has_its_dividend_and_no_doubts(connect):
    events = {"dividends": {"1": {"date": new_york(TODAY), "amount": 0.25}}}
    bars = {date(2025, 2, 24): FLAT, TODAY: (10.0, None, 9.0, 10.5, 1000)}
    vendor, _ = connect(serve(chart(bars, hours(TODAY), **events)))
    history = vendor.prices("NVDA", date(2025, 2, 24), TODAY)
    assert [one.ex_date for one in history.dividends] == [TODAY]
    assert history.notes == ()
