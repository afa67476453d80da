"""Insiders' trades."""

from datetime import date
from decimal import Decimal

from tests.arena.market.alpha_vantage.answers import END, START, serve, transaction
from tests.arena.market.alpha_vantage.server import (
    functions,
)


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
