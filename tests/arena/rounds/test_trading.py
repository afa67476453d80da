"""From decisions to fills: pending until the price exists, settled by whoever finds it, never twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.app import Arena
from arena.errors import StoreError, VendorError
from arena.market import calendar
from arena.market.simulated import SimulatedVendor
from arena.records.market import PriceHistory
from arena.store import Store
from tests.arenas import Clock, rehearsal_arena

pytestmark = pytest.mark.slow

TUESDAY_EVENING = "2025-10-14T21:00:00"
WEDNESDAY_EVENING = "2025-10-15T21:00:00"


def test_an_order_waits_for_its_price_and_the_board_settles_it(tmp_path: Path) -> None:
    clock = Clock(TUESDAY_EVENING)
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=clock) as arena:
        played = arena.run(["NVDA"])
        assert played.orders
        assert played.fills == ()
        assert {row.pending_orders for row in played.standings.rows} == {0, 1}
        assert {row.equity for row in played.standings.rows} == {Decimal(10_000)}

        clock.set("2025-10-15T15:00:00")  # the open has been, but the session is not over
        assert sum(row.pending_orders for row in arena.board().rows) == len(played.orders)

        clock.set(WEDNESDAY_EVENING)
        board = arena.board()
        assert sum(row.trades for row in board.rows) == len(played.orders)
        assert board.session == date(2025, 10, 15)
        assert arena.board() == board
    opens = SimulatedVendor(7).prices("NVDA", date(2025, 10, 15), date(2025, 10, 15)).bars[0].open
    with Store.open_existing(tmp_path) as store:
        fills = [event for event in store.events("trial") if event.kind == "fill"]
    assert {fill.price for fill in fills} == {opens}


def test_the_next_round_settles_what_the_last_left_pending(tmp_path: Path) -> None:
    clock = Clock(TUESDAY_EVENING)
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=clock) as arena:
        first = arena.run(["NVDA"])
        clock.set(WEDNESDAY_EVENING)
        second = arena.run(["AAPL"])
    trades = {row.contestant: row.trades for row in second.standings.rows}
    assert sum(trades.values()) == len(first.orders)
    assert {fill.ticker for fill in second.fills} <= {"AAPL"}


class Outage(SimulatedVendor):
    """The simulated market, whose prices can be cut off from a day on."""

    out = False

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        if self.out:
            raise VendorError("the exchange feed is down")
        return super().prices(ticker, start, end)


def test_when_no_vendor_has_the_price_the_order_waits_and_the_board_says_so(tmp_path: Path) -> None:
    clock = Clock(TUESDAY_EVENING)
    with Arena(rehearsal_arena(tmp_path), environ={}, vendors=[Outage(7)], clock=clock) as arena:
        played = arena.run(["NVDA"])
    down = Outage(7)
    down.out = True
    clock.set(WEDNESDAY_EVENING)
    with Arena(rehearsal_arena(tmp_path), environ={}, vendors=[down], clock=clock) as arena:
        board = arena.board()
        assert sum(row.pending_orders for row in board.rows) == len(played.orders)
        assert any("NVDA could not be priced through 2025-10-15, so its orders wait" in note for note in board.notes)
    with Arena(rehearsal_arena(tmp_path), environ={}, vendors=[Outage(7)], clock=clock) as arena:
        assert sum(row.trades for row in arena.board().rows) == len(played.orders)


class Delisted(SimulatedVendor):
    """The simulated market, on which nothing trades after 2025-10-14."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        return super().prices(ticker, start, min(end, date(2025, 10, 14)))


def test_an_order_whose_price_never_comes_lapses_and_frees_its_cash(tmp_path: Path) -> None:
    clock = Clock(TUESDAY_EVENING)
    with Arena(rehearsal_arena(tmp_path), environ={}, vendors=[Delisted(7)], clock=clock) as arena:
        assert arena.run(["NVDA"]).orders
        clock.set("2025-10-20T21:00:00")
        assert sum(row.pending_orders for row in arena.board().rows) > 0
        clock.set("2025-11-20T21:00:00")
        assert sum(row.pending_orders for row in arena.board().rows) == 0
        later = arena.run(["AAPL"], as_of=date(2025, 11, 19))
    assert all((row.cash, row.pending_orders) == (10_000, 0) for row in later.standings.rows)
    with Store.open_existing(tmp_path) as store:
        reasons = {event.reason for event in store.events("trial") if event.kind == "rejection"}
    assert reasons == {"no price of NVDA since 2025-10-14; the order lapsed after 14 days"}


def test_a_ticker_played_after_anothers_dividend_still_trades(tmp_path: Path) -> None:
    paying = next(
        (dividend.ex_date, ticker)
        for ticker in ("KO", "PEP", "XOM", "JNJ", "PG", "T", "VZ", "IBM", "MMM", "CVX")
        for dividend in SimulatedVendor(7).prices(ticker, date(2024, 1, 2), date(2024, 12, 31)).dividends
    )
    ex_date, ticker = paying
    config = rehearsal_arena(tmp_path, trading={"position_limit": "0.3"})
    with Arena(config, environ={}, clock=Clock("2025-11-20T12:00:00")) as arena:
        before = calendar.session_back(ex_date, 1)
        arena.run([ticker], as_of=calendar.session_back(ex_date, 6))
        arena.run(["ZZZ"], as_of=before)
        late = arena.run([ticker], as_of=before)
    assert len(late.chats) == 5
    assert late.standings.rows


def test_two_arenas_over_one_home_trade_once(tmp_path: Path) -> None:
    with (
        Arena(rehearsal_arena(tmp_path), environ={}, clock=Clock(WEDNESDAY_EVENING)) as one,
        Arena(rehearsal_arena(tmp_path), environ={}, clock=Clock(WEDNESDAY_EVENING)) as other,
    ):
        first = one.run(["NVDA"], as_of=date(2025, 10, 14))
        second = other.run(["NVDA"], as_of=date(2025, 10, 14))
    assert second.fills == first.fills
    assert second.standings == first.standings
    assert len(second.replayed) == 5


@pytest.mark.slow
def test_the_books_add_up_after_a_week_of_rounds_with_costs_and_limits(tmp_path: Path) -> None:
    trading = {"position_limit": "0.4", "slippage_bps": 10, "commission_bps": 5}
    days = [date(2025, 10, day) for day in (13, 14, 15, 16, 17, 20)]
    with Arena(rehearsal_arena(tmp_path, trading=trading), environ={}, clock=Clock("2025-11-20T12:00:00")) as arena:
        for day in days:
            result = arena.run(["NVDA", "AAPL", "MSFT"], as_of=day)
    with Store.open_existing(tmp_path) as store:
        events = store.events("trial")
    for row in result.standings.rows:
        changes = [event.cash_change for event in events if event.contestant == row.contestant and event.kind == "fill"]
        paid = [
            event.cash_change for event in events if event.contestant == row.contestant and event.kind == "dividend"
        ]
        assert abs(row.cash - (10_000 + sum(changes) + sum(paid))) < Decimal("0.0001")
        assert row.equity == row.cash + sum(position.shares * position.mark for position in row.positions)
        assert row.coverage == 1.0
        assert row.decisions == 18
    assert result.standings.session == date(2025, 10, 21)


@pytest.mark.parametrize("rule", ["next_open", "next_close", "same_close"])
def test_each_fill_rule_fills_at_its_own_price(tmp_path: Path, rule: str) -> None:
    config = rehearsal_arena(tmp_path, trading={"fill": rule})
    with Arena(config, environ={}, clock=Clock(WEDNESDAY_EVENING)) as arena:
        result = arena.run(["NVDA"], as_of=date(2025, 10, 14))
    bars = SimulatedVendor(7).prices("NVDA", date(2025, 10, 14), date(2025, 10, 15)).bars
    expected = {"next_open": bars[1].open, "next_close": bars[1].close, "same_close": bars[0].close}[rule]
    assert {fill.price for fill in result.fills} == {expected}
    optimistic = any("optimistic" in note for note in result.standings.notes)
    assert optimistic == (rule == "same_close")


def test_the_board_of_a_place_with_nothing_in_it_says_what_to_do(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path / "home"), environ={}) as arena, pytest.raises(StoreError, match="arena demo"):
        arena.board()
    assert not (tmp_path / "home").exists()
