"""Rounds on other exchanges, around the clock, and in other currencies."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from arena.app import Arena
from arena.errors import DateError, UsageError
from arena.market.calendar import sessions_between
from arena.market.listings import listing_of
from arena.market.vendor import PartialVendor
from arena.records.market import PriceHistory
from tests.arena.market.scripted import bar
from tests.arenas import Clock, rehearsal_arena

SUNDAY = date(2025, 10, 12)
ENGLISH_HOLIDAY = date(2025, 8, 25)
"""New York trades on it."""


class Worldwide(PartialVendor):
    """Has a bar of every session of a ticker's own exchange, rising by a dollar, in its own currency."""

    name = "simulated"

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        listing = listing_of(ticker)
        sessions = sessions_between(date(2024, 1, 2), end, listing.calendar)
        bars = [bar(day, str(100 + place)) for place, day in enumerate(sessions)]
        found = PriceHistory(ticker=ticker, currency=listing.currency, bars=tuple(bars))
        return found.between(start, end)


def played(home: Path, *tickers: str, day: date, now: str):
    with Arena(rehearsal_arena(home), environ={}, vendors=[Worldwide()], clock=Clock(now)) as arena:
        return arena.run(list(tickers), as_of=day)


def test_a_cryptocurrency_is_decided_on_a_sunday_and_filled_at_mondays_open(tmp_path: Path) -> None:
    result = played(tmp_path, "BTC-USD", day=SUNDAY, now="2025-10-14T03:00:00")
    assert result.round.as_of == datetime(2025, 10, 13, tzinfo=UTC)
    assert {chat.outcome.kind for chat in result.chats} == {"decision"}
    assert {order.fills_on for order in result.orders} == {date(2025, 10, 13)}
    # The bar of Monday is the 651st of the series, counted from 100.
    assert {fill.price for fill in result.fills} == {Decimal(750)}


def test_a_foreign_listing_is_analysed_and_its_orders_are_rejected_with_the_reason(tmp_path: Path) -> None:
    result = played(tmp_path, "SAP.DE", day=date(2025, 10, 14), now="2025-10-16T21:00:00")
    assert {chat.outcome.kind for chat in result.chats} == {"decision"}
    assert result.round.as_of == datetime(2025, 10, 14, 15, 30, tzinfo=UTC)
    assert result.orders
    assert result.fills == ()
    assert {one.reason for one in result.rejections} == {
        "SAP.DE trades in EUR and books are kept in US dollars, without exchange rates"
    }
    assert {(row.cash, row.equity) for row in result.standings.rows} == {(10_000, 10_000)}
    brief = result.chats[0].calls[0].prompt[1].text
    assert "the close of 2025-10-14 (Frankfurt (Xetra))" in brief
    assert "What is decided here is recorded and not traded: SAP.DE trades in EUR" in brief


def test_an_exchange_rests_on_its_own_holidays(tmp_path: Path) -> None:
    with pytest.raises(DateError, match="2025-08-25 is an exchange holiday"):
        played(tmp_path, "VOD.L", day=ENGLISH_HOLIDAY, now="2025-10-16T21:00:00")
    assert played(tmp_path, "NVDA", day=ENGLISH_HOLIDAY, now="2025-10-16T21:00:00").chats


def test_tickers_with_different_closing_times_are_not_played_in_one_round(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="BTC-USD trades in UTC and NVDA in New York: a round has one closing time"):
        played(tmp_path, "NVDA", "BTC-USD", day=date(2025, 10, 14), now="2025-10-16T21:00:00")
    assert not list(tmp_path.iterdir())
