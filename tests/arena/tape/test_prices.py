"""Prices from the tape: every payment of a day, by the newest word on it."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from arena.config.market import MarketSettings
from arena.market.market import SourcedHistory
from arena.tape.prices import TapeMarket
from tests.arena.trading import bar, day, history


def test_two_dividends_of_one_day_are_both_told_and_a_correction_replaces_them():
    first = history(bar(1, 100), dividends=[(1, "0.25"), (1, 3)])
    corrected = history(bar(2, 100), dividends=[(2, "0.5")])
    told = [SourcedHistory(source="files", history=one) for one in (first, corrected)]
    market = TapeMarket(
        MarketSettings(vendors=("simulated",)), lambda: datetime(2025, 11, 1, tzinfo=UTC), prices=told, snapshots=()
    )
    found = asyncio.run(market.history("NVDA", day(0), day(5)))
    assert [paid.amount for paid in found.history.dividends] == [Decimal("0.25"), 3, Decimal("0.5")]
