"""Seasons re-priced from what is kept of them: no model, no vendor, and nothing of the season changed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.app import Arena
from arena.audit import audit_season
from arena.errors import UsageError, VendorError
from arena.market.simulated import SimulatedVendor
from arena.records.market import Dividend, PriceHistory
from arena.records.outcome import ImportedDecision
from arena.store import Store
from tests.arena.season.test_engine import MONDAY, NOVEMBER, TUESDAY, WEDNESDAY, arena_at, trial
from tests.arena.store.chat import make_chat
from tests.arenas import Clock

pytestmark = pytest.mark.slow

VALUE = {"name": "value", "kind": "rehearsal", "style": "value"}
IMPORTED = ImportedDecision(action="BUY", rating="buy 10 NVDA", reasoning="")
RULE = {"name": "coin", "kind": "baseline", "rule": "random", "frequency": 0.9}


class Silent(SimulatedVendor):
    """The simulated market behind a line that is cut."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        raise VendorError("the line is cut")


def season_of(home: Path, **settings: object):
    return trial(home, VALUE, RULE, **{"trading": {"commission_bps": 5, "position_limit": "0.6"}, **settings})


def played(home: Path, end: date = WEDNESDAY, *, record: bool = True, **settings: object) -> None:
    with Arena(season_of(home, **settings), environ={}, clock=Clock(NOVEMBER), record=record) as arena:
        arena.season_run(["NVDA", "AAPL"], MONDAY, end)


def ledger(home: Path, season: str = "trial"):
    with Store.open_existing(home) as store:
        return store.events(season)


def rescored(home: Path, *, vendor: SimulatedVendor | None = None, **changes: object):
    vendors = [vendor or Silent(7)]
    with Arena(season_of(home), environ={}, vendors=vendors, clock=Clock(NOVEMBER), record=False) as arena:
        return arena.season_rescore(**changes)


def test_with_nothing_changed_it_comes_to_the_same_without_any_vendor(tmp_path: Path) -> None:
    played(tmp_path, date(2025, 10, 17))
    before = ledger(tmp_path)
    found = rescored(tmp_path)
    assert found.changed == ()
    assert found.standings == found.recorded
    assert [(row.moved, row.equity - row.recorded_equity) for row in found.rows] == [(0, 0)] * 3
    assert ledger(tmp_path) == before


def test_what_is_changed_is_changed_and_the_rest_is_as_it_was_played(tmp_path: Path) -> None:
    played(tmp_path)
    found = rescored(tmp_path, slippage_bps=Decimal(100), fill="next_close")
    assert [(one.name, one.recorded, one.rescored) for one in found.changed] == [
        ("fill", "next_open", "next_close"),
        ("slippage_bps", "0", "100"),
    ]
    assert (found.settings["commission_bps"], found.settings["position_limit"]) == ("5", "0.6")
    assert found.session == date(2025, 10, 9)
    assert all(row.trades for row in found.rows if row.recorded_trades)


def test_it_is_kept_as_a_season_that_board_report_and_audit_serve(tmp_path: Path) -> None:
    played(tmp_path)
    kept = rescored(tmp_path, into="dearer", slippage_bps=Decimal(50), cash_rate=Decimal("0.05"))
    with Arena(season_of(tmp_path), environ={}, clock=Clock(NOVEMBER), record=False) as arena:
        board = arena.board("dearer")
        report = arena.report("dearer")
        chats = {chat.id for chat in arena.chats()}
        own = arena.report("trial")
    assert board == kept.standings
    assert all("rescored" in row.labels for row in board.rows)
    assert all("rescored" not in row.labels for row in kept.recorded.rows)
    assert {row.decisions for row in board.rows} == {6}
    for figure in ("mean_confidence", "coverage", "agreement"):
        assert [one.figure(figure) for one in report.performances] == [one.figure(figure) for one in own.performances]
    events = ledger(tmp_path, "dearer")
    assert {event.chat_id for event in events if event.kind == "order"} <= chats
    assert {event.kind for event in events} >= {"opened", "order", "fill", "interest"}
    audit = audit_season(tmp_path, "dearer")
    assert (audit.findings, audit.notes) == ((), ())
    with arena_at(trial(tmp_path, season="dearer")) as arena:
        summary = arena.season_show().summary
    assert summary.rescoring is not None
    assert summary.rescoring.origin == "trial"


def test_it_is_measured_against_the_same_benchmark_with_the_same_dividends(tmp_path: Path) -> None:
    class Paying(SimulatedVendor):
        """SPY pays a tenth of its price on Tuesday."""

        def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
            told = super().prices(ticker, start, end)
            paid = [Dividend(ex_date=bar.session, amount=bar.close / 10) for bar in told.bars if bar.session == TUESDAY]
            return told.model_copy(update={"dividends": tuple(paid)}) if ticker == "SPY" else told

    with Arena(season_of(tmp_path), environ={}, vendors=[Paying(7)], clock=Clock(NOVEMBER)) as arena:
        arena.season_run(["NVDA", "SPY"], MONDAY, WEDNESDAY)
        own = arena.board()
        arena.season_rescore(into="dearer", slippage_bps=Decimal(50))
        rescored_board, report = arena.board("dearer"), arena.report("dearer")
    assert own.benchmark is not None
    assert rescored_board.benchmark == own.benchmark
    assert report.benchmark == "SPY"
    assert not any("dividends" in note for note in report.notes)


def test_keeping_the_same_again_changes_nothing_and_another_under_its_name_is_refused(tmp_path: Path) -> None:
    played(tmp_path)
    first = rescored(tmp_path, into="dearer", slippage_bps=Decimal(50))
    before = ledger(tmp_path, "dearer")
    assert rescored(tmp_path, into="dearer", slippage_bps=Decimal(50)) == first
    assert ledger(tmp_path, "dearer") == before
    for name in ("dearer", "trial"):
        with pytest.raises(UsageError, match=f"a season {name} is already stored, and it is another one"):
            rescored(tmp_path, into=name, slippage_bps=Decimal(60))
    with pytest.raises(UsageError, match="'a b' names no season"):
        rescored(tmp_path, into="a b")
    assert ledger(tmp_path, "dearer") == before


def test_nothing_is_played_or_settled_in_a_rescored_season(tmp_path: Path) -> None:
    played(tmp_path)
    rescored(tmp_path, into="dearer", slippage_bps=Decimal(50))
    with arena_at(trial(tmp_path, season="dearer")) as arena:
        for play in (
            lambda: arena.run(["NVDA"], as_of=date(2025, 10, 9)),
            lambda: arena.season_run(["NVDA"], date(2025, 10, 9), date(2025, 10, 9)),
            arena.season_settle,
        ):
            with pytest.raises(UsageError, match="the season dearer holds the decisions of trial under other settings"):
                play()
        with pytest.raises(UsageError, match="the season dearer is itself rescored; re-price trial"):
            arena.season_rescore()


def test_an_order_beyond_the_recorded_season_is_told_to_wait(tmp_path: Path) -> None:
    played(tmp_path, trading={"fill": "same_close"})
    found = rescored(tmp_path, fill="next_open")
    waiting = sum(row.pending_orders for row in found.standings.rows)
    assert waiting > 0
    assert f"{waiting} orders wait for a price that is not kept: the recorded season ends before it" in found.notes


def test_without_a_tape_the_vendors_are_asked_and_what_they_do_not_tell_is_named(tmp_path: Path) -> None:
    played(tmp_path, record=False)
    assert (
        rescored(tmp_path, vendor=SimulatedVendor(7)).standings
        == rescored(tmp_path, vendor=SimulatedVendor(7)).recorded
    )
    cut = rescored(tmp_path)
    assert any(
        "NVDA has no prices on the tape, and none could be had, so its orders wait" in note for note in cut.notes
    )
    assert sum(row.trades for row in cut.standings.rows) == 0


def test_a_season_that_is_not_there_or_has_no_sizes_is_refused(tmp_path: Path) -> None:
    played(tmp_path)
    with (
        arena_at(trial(tmp_path, season="winter")) as arena,
        pytest.raises(UsageError, match="no season winter is stored; those that are: trial"),
    ):
        arena.season_rescore()
    with Store.open_existing(tmp_path) as store:
        store.save_chat(make_chat(season="foreign", outcome=IMPORTED))
        round_ = store.rounds("trial")[0]
        store.save_round(round_.model_copy(update={"season": "foreign"}))
    with (
        arena_at(trial(tmp_path, season="foreign")) as arena,
        pytest.raises(UsageError, match="the season foreign was imported, and its decisions carry no size"),
    ):
        arena.season_rescore()
