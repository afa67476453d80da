"""Short sales, margin calls, interest and delisted holdings through whole rounds, from the desk to the board."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.app import Arena
from arena.audit import audit_season
from arena.config.model import ArenaConfig
from arena.market.simulated import SimulatedVendor
from arena.records.market import Bar, PriceHistory
from arena.store import Store
from tests.arenas import Clock, rehearsal_arena

pytestmark = pytest.mark.slow

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 10, day) for day in (14, 15, 16, 17))
ONE = {"name": "contrarian", "kind": "rehearsal", "style": "contrarian"}


class Squeezed(SimulatedVendor):
    """The simulated market, in which NVDA costs 2.3 times as much from Thursday on."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        told = super().prices(ticker, start, end)
        if ticker != "NVDA":
            return told
        return told.model_copy(update={"bars": tuple(self._dearer(bar) for bar in told.bars)})

    @staticmethod
    def _dearer(bar: Bar) -> Bar:
        if bar.session < THURSDAY:
            return bar
        prices = {name: getattr(bar, name) * Decimal("2.3") for name in ("open", "high", "low", "close")}
        return bar.model_copy(update=prices)


class Gone(SimulatedVendor):
    """The simulated market, on which NVDA trades no more after Wednesday."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        return super().prices(ticker, start, min(end, WEDNESDAY) if ticker == "NVDA" else end)


def shorting(home: Path, **more: object) -> ArenaConfig:
    return rehearsal_arena(home, contestants=[ONE], trading={"short_selling": True, **more})


def events_of(home: Path):
    with Store.open_existing(home) as store:
        return store.events("trial")


def test_a_desk_that_may_sells_short_what_it_does_not_hold(tmp_path: Path) -> None:
    with Arena(shorting(tmp_path), environ={}, clock=Clock("2025-10-15T21:00:00")) as arena:
        result = arena.run(["NVDA"], as_of=TUESDAY)
    (fill,), (row,) = result.fills, result.standings.rows
    assert (fill.side, row.positions[0].shares) == ("SELL", -fill.shares)
    assert row.cash == 10_000 + fill.shares * fill.price
    assert row.equity == row.cash - fill.shares * row.positions[0].mark
    assert audit_season(tmp_path, "trial").findings == ()


def test_a_margin_call_is_made_covered_and_told_and_the_books_pass_the_audit(tmp_path: Path) -> None:
    clock = Clock("2025-10-14T21:00:00")
    with Arena(shorting(tmp_path), environ={}, vendors=[Squeezed(7)], clock=clock) as arena:
        arena.run(["NVDA"])
        clock.set("2025-10-16T21:00:00")
        called = arena.run(["AAPL"])
        assert [note for note in called.notes if "margin call at the close of 2025-10-16" in note]
        brief = next(call for call in called.chats[0].calls if call.node == "trader").prompt[-1].text
        assert "margin is called: NVDA will be covered at the next open" in brief
        clock.set("2025-10-17T21:00:00")
        board = arena.board()
    (row,) = board.rows
    assert [position.ticker for position in row.positions if position.ticker == "NVDA"] == []
    assert "contrarian had margin called once, last at the close of 2025-10-16" in board.notes
    kinds = [event.kind for event in events_of(tmp_path)]
    assert kinds.count("margin_call") == 1
    audit = audit_season(tmp_path, "trial")
    assert (audit.findings, [note for note in audit.notes if "called" in note]) == ((), [])


def test_interest_and_fees_come_with_every_session_whether_anything_is_held_or_not(tmp_path: Path) -> None:
    idle = {"name": "idle", "kind": "baseline", "rule": "sma_cross", "fast": 2, "slow": 3}
    rates = {"cash_rate": "0.0365", "borrow_rate": "0.073"}
    config = rehearsal_arena(tmp_path, contestants=[ONE, idle], trading={"short_selling": True, **rates})
    with Arena(config, environ={}, clock=Clock("2025-10-20T21:00:00")) as arena:
        arena.season_run(["NVDA"], TUESDAY, FRIDAY)
        settled = arena.season_settle()
    events = events_of(tmp_path)
    paid = {
        name: [e for e in events if e.kind == "interest" and e.contestant == name] for name in ("contrarian", "idle")
    }
    spans = [(TUESDAY, WEDNESDAY), (WEDNESDAY, THURSDAY), (THURSDAY, FRIDAY), (FRIDAY, date(2025, 10, 20))]
    assert all([(event.since, event.until) for event in mine] == spans for mine in paid.values())
    fees = [event for event in events if event.kind == "borrow_fee"]
    assert {event.contestant for event in fees} == {"contrarian"}
    assert settled.through == date(2025, 10, 20)
    assert audit_season(tmp_path, "trial").findings == ()


def test_the_terms_of_a_book_are_those_it_was_opened_under_and_a_round_under_others_says_so(tmp_path: Path) -> None:
    with Arena(shorting(tmp_path), environ={}, clock=Clock("2025-10-15T21:00:00")) as arena:
        arena.run(["NVDA"], as_of=TUESDAY)
    long_only = rehearsal_arena(tmp_path, contestants=[ONE])
    with Arena(long_only, environ={}, clock=Clock("2025-10-15T21:00:00")) as arena:
        later = arena.run(["NVDA"], as_of=WEDNESDAY)
    assert any("the books of contrarian were opened under other settings" in note for note in later.notes)
    prompt = next(call for call in later.chats[0].calls if call.node == "trader").prompt[-1].text
    assert "Rules: long or short, whole shares" in prompt


def test_a_delisted_holding_stays_at_its_last_price_and_is_shown_as_such(tmp_path: Path) -> None:
    clock = Clock("2025-10-14T21:00:00")
    with Arena(rehearsal_arena(tmp_path), environ={}, vendors=[Gone(7)], clock=clock) as arena:
        arena.run(["NVDA"])
        clock.set("2025-11-20T21:00:00")
        later = arena.run(["AAPL"], as_of=date(2025, 11, 18))
        board = arena.board()
    close = SimulatedVendor(7).prices("NVDA", WEDNESDAY, WEDNESDAY).bars[0].close
    held = [position for row in board.rows for position in row.positions if position.ticker == "NVDA"]
    assert held
    assert {(position.carried, position.marked, position.mark) for position in held} == {(True, WEDNESDAY, close)}
    others = [position for row in board.rows for position in row.positions if position.ticker == "AAPL"]
    assert {position.carried for position in others} <= {False}
    assert "NVDA is marked at 2025-10-15's close, its last" in board.notes
    for chat in later.chats:
        prompt = next(call for call in chat.calls if call.node == "trader").prompt[-1].text
        assert ("worth" in prompt.partition("# Your book\n")[2].partition("\nRules:")[0]) == any(
            row.positions for row in board.rows if row.contestant == chat.contestant
        )
    assert all(row.equity == row.cash + sum(p.value for p in row.positions) for row in board.rows)
