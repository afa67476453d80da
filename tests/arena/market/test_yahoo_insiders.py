"""Insiders' trades as Yahoo lists them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from arena.errors import NotCoveredError, VendorError
from tests.arena.market.yahoo_answers import body, serve, summary

START, END = date(2024, 8, 29), date(2025, 2, 25)


def trade(day: date, text: str, shares: int | None = 100, value: int | None = None, **fields: Any) -> dict[str, Any]:
    entry = {
        "maxAge": 1,
        "shares": {"raw": shares, "fmt": str(shares)},
        "transactionText": text,
        "filerName": "DOE JANE",
        "filerRelation": "Director",
        "startDate": {"raw": int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())},
        **fields,
    }
    return entry if value is None else {**entry, "value": {"raw": value, "fmt": str(value)}}


def listing(*trades: dict[str, Any]) -> dict[str, Any]:
    return summary("NVDA", insiderTransactions={"transactions": list(trades)})


@pytest.mark.real_data
def test_recorded_trades_are_read_with_their_side_and_mean_price(connect, recorded):
    vendor, server = connect(serve(body(recorded, "quoteSummary-all-AAPL.json")))
    found = vendor.insiders("AAPL", START, END)
    assert found.notes == ()
    assert len(found.trades) == 23
    newest = found.trades[0]
    assert (newest.traded, newest.filed, newest.insider) == (date(2025, 2, 3), None, "LEVINSON ARTHUR D")
    assert (newest.role, newest.side, newest.shares, newest.price) == ("Director", "sell", 1516, Decimal("226.35"))
    cook = next(one for one in found.trades if one.insider.startswith("COOK") and one.side == "sell")
    assert Decimal("223.75") <= cook.price <= Decimal("226.57")
    gift = next(one for one in found.trades if one.traded == date(2024, 11, 5))
    assert (gift.side, gift.price, gift.shares) == ("other", None, 8000)
    assert {one.traded for one in found.trades} <= {
        date.fromordinal(d) for d in range(START.toordinal(), END.toordinal())
    }
    assert sum("/quoteSummary/" in request.path for request in server.requests) == 1


def test_a_purchase_is_bought_and_an_exercise_is_neither(connect):
    vendor, _ = connect(
        serve(
            listing(
                trade(date(2025, 2, 3), "Purchase at price 1,010.50 per share.", 10, 10_105),
                trade(
                    date(2025, 2, 4), "Conversion of Exercise of derivative security at price 1.00 per share.", 10, 10
                ),
                trade(date(2025, 2, 5), ""),
            )
        )
    )
    found = vendor.insiders("NVDA", START, END).trades
    assert [(one.side, one.price) for one in found] == [
        ("other", None),
        ("other", Decimal("1.00")),
        ("buy", Decimal("1010.50")),
    ]


def test_a_trade_whose_shares_were_multiplied_by_a_split_is_left_out_and_counted(connect):
    vendor, _ = connect(
        serve(
            listing(
                trade(date(2025, 2, 3), "Sale at price 1200.00 - 1210.00 per share.", 1000, 120_500),
                trade(date(2025, 2, 4), "Sale at price 120.00 - 121.00 per share.", 1000, 120_500),
            )
        )
    )
    found = vendor.insiders("NVDA", START, END)
    assert [one.traded for one in found.trades] == [date(2025, 2, 4)]
    assert found.notes == ("1 trades are left out: their shares are not stated, or not those of the stated price",)
    assert vendor.insiders("NVDA", date(2025, 2, 4), END).notes == ()


def test_a_trade_of_an_unknown_number_of_shares_is_not_one_of_none(connect):
    vendor, _ = connect(serve(listing(trade(date(2025, 2, 3), "Sale at price 1.00 per share.", shares=None))))
    found = vendor.insiders("NVDA", START, END)
    assert (found.trades, len(found.notes)) == ((), 1)


@pytest.mark.real_data
def test_a_fund_has_no_insiders(connect, recorded):
    vendor, _ = connect(serve(body(recorded, "quoteSummary-all-QQQ.json")))
    assert vendor.insiders("QQQ", START, END).trades == ()


def test_a_window_from_before_yahoos_list_is_not_covered(connect):
    vendor, server = connect(serve(listing()))
    with pytest.raises(NotCoveredError, match="trades of the last two years only, not from 2023-04-06 on"):
        vendor.insiders("NVDA", date(2023, 4, 6), date(2023, 10, 1))
    assert server.requests == []
    assert vendor.insiders("NVDA", date(2023, 4, 7), date(2023, 10, 1)).trades == ()


@pytest.mark.parametrize("broken", [{"startDate": None}, {"filerName": None}, {"value": {"raw": "much"}}])
def test_a_trade_that_cannot_be_read_is_a_failure(connect, broken):
    vendor, _ = connect(serve(listing(trade(date(2025, 2, 3), "", **broken))))
    with pytest.raises(VendorError, match="yahoo failed at the insiders' trades of NVDA"):
        vendor.insiders("NVDA", START, END)
