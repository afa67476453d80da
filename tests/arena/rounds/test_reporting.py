"""The report of a season that was really played, by rehearsal desks on the simulated market."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from arena.app import Arena
from arena.errors import StoreError, UsageError
from arena.market import calendar
from arena.market import snapshot as snapshots
from arena.market.simulated import SimulatedVendor
from arena.metrics.benchmark import benchmark_of, grown
from arena.records.market import Split
from arena.rounds.reporting import newest_hashes, season_in_store
from arena.store import Store
from tests.arenas import november, rehearsal_arena

FIRST, LAST = date(2025, 10, 6), date(2025, 10, 13)
STYLES = {"cautious", "contrarian", "momentum", "newsreader", "value"}


@pytest.fixture(scope="module")
def weekly(tmp_path_factory):
    """The home of a season of two rounds, a week apart."""
    home = tmp_path_factory.mktemp("weekly") / "home"
    with Arena(rehearsal_arena(home), clock=november, record=False) as arena:
        for session in (FIRST, LAST):
            arena.run(["ACME"], as_of=session)
    return home


def reported(home, **options):
    with Arena(rehearsal_arena(home), clock=november, record=False) as arena:
        return arena.report(**options), arena.board()


def test_equity_has_a_point_a_session_at_the_closes_between_rounds(weekly):
    report, board = reported(weekly)
    ends = {row.contestant: row.equity for row in board.rows}
    assert {one.contestant for one in report.performances} == STYLES
    for one in report.performances:
        # 6 to 10 and 13 October, and the 14th, at whose open the last orders fill.
        assert [point.session.day for point in one.curve] == [6, 7, 8, 9, 10, 13, 14]
        assert [point.carried for point in one.curve] == [0] * 7
        assert one.curve[-1].equity == ends[one.contestant]
        assert one.labels == ("rehearsal", "simulated")


def test_decisions_are_judged_and_compared_from_what_is_stored(weekly):
    report, _ = reported(weekly)
    assert {pair.both for pair in report.agreements} == {2}
    assert len(report.agreements) == 10
    for one in report.performances:
        assert one.figure("coverage").value == 1
        assert one.figure("mean_confidence").rests_on == 2
        assert one.unjudged == 0


def test_a_longer_horizon_than_the_season_judges_nothing(weekly):
    report, _ = reported(weekly, horizon=30)
    assert {one.forecasts for one in report.performances} == {0}
    with pytest.raises(UsageError, match="a horizon of 0 sessions is none"):
        reported(weekly, horizon=0)


def test_a_benchmark_is_a_ticker_of_the_market(weekly):
    report, _ = reported(weekly, benchmark="QQQ")
    assert report.benchmark == "QQQ"
    assert reported(weekly)[0].benchmark is None


def test_the_same_season_gives_the_same_report(weekly):
    assert reported(weekly)[0] == reported(weekly)[0]


def test_facts_that_are_gone_are_said_and_what_was_held_has_its_closes(weekly, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(weekly, home)
    shutil.rmtree(home / "snapshots")
    report, _ = reported(home)
    assert any("ACME has only the closes kept while somebody held it" in note for note in report.notes)
    assert max(point.carried for one in report.performances for point in one.curve) == 0


def test_where_nothing_was_played_there_is_nothing_to_report(tmp_path):
    with pytest.raises(StoreError):
        reported(tmp_path / "nowhere")


class Unasked(SimulatedVendor):
    """A vendor that fails the test when it is asked for anything."""

    def prices(self, ticker, start, end):
        raise AssertionError(f"{ticker} was asked for")


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """The home of a planned season of two rounds, a week apart, with a benchmark of its own."""
    home = tmp_path_factory.mktemp("season") / "home"
    with Arena(rehearsal_arena(home), clock=november, record=False) as arena:
        arena.season_run(["ACME"], FIRST, date(2025, 10, 17), every="WEEK", benchmark="QQQ")
    return home


def offline(home, **options):
    with Arena(rehearsal_arena(home), clock=november, record=False, vendors=[Unasked(7)]) as arena:
        return arena.report(**options)


@pytest.mark.parametrize("named", [None, "QQQ", "qqq"])
def test_a_season_is_measured_against_its_own_benchmark_and_no_vendor_is_asked(season, named):
    report = offline(season, benchmark=named)
    assert report.benchmark == "QQQ"
    assert report.notes[0] == "measured against QQQ, the season's own benchmark, at the closes that are kept"
    assert not any("QQQ has no close" in note or "not kept" in note for note in report.notes)


def test_a_benchmark_at_kept_closes_is_the_one_its_vendor_tells(season):
    with Store.open_existing(season) as store:
        marks = [mark for mark in store.marks("trial") if mark.ticker == "QQQ"]
        actions = store.kept_actions("trial", "QQQ")
    told = SimulatedVendor(7).prices("QQQ", marks[0].session, marks[-1].session)
    assert marks[0].session == date(2025, 10, 9)
    assert (actions.dividends, actions.splits) == (told.dividends, told.splits)
    kept = grown("QQQ", [(mark.session, mark.close) for mark in marks], actions.dividends, actions.splits)
    assert kept == benchmark_of(told)


def test_none_goes_without_a_benchmark_and_says_so(season):
    report = offline(season, benchmark="none")
    assert report.benchmark is None
    assert report.notes[0] == "measured against no benchmark, as asked"


def test_another_benchmark_is_asked_for_and_named(season):
    report, _ = reported(season, benchmark="SPY")
    assert report.benchmark == "SPY"
    assert "measured against SPY, as asked, at the prices of simulated" in report.notes


def test_what_is_missing_of_the_benchmark_is_said(season, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(season, home)
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection, connection:
        connection.execute("DELETE FROM actions")
        connection.execute("DELETE FROM marks WHERE ticker = 'QQQ' AND session IN ('2025-10-09', '2025-10-14')")
    notes = offline(home).notes
    assert "dividends and splits of QQQ are not kept: its returns are those of its price as traded" in notes
    assert any(note.startswith("QQQ has no close of 1 of ") and note.endswith(": 2025-10-14") for note in notes)
    with closing(sqlite3.connect(home / "arena.sqlite")) as connection, connection:
        connection.execute("DELETE FROM marks WHERE ticker = 'QQQ'")
    report = offline(home)
    assert report.benchmark is None
    assert "measured against no benchmark: no close of QQQ, the season's own, is kept" in report.notes


def test_a_report_of_an_earlier_close_knows_nothing_later(season):
    early = offline(season, as_of=date(2025, 10, 14))
    assert early.last == date(2025, 10, 14)
    whole = offline(season)
    for one, later in zip(early.performances, whole.performances, strict=True):
        assert one.curve == later.curve[: len(one.curve)]
        assert one.figure("mean_confidence").rests_on == 1
    with Arena(rehearsal_arena(season), clock=november, record=False, vendors=[Unasked(7)]) as arena:
        ends = {row.contestant: row.equity for row in arena.board(as_of=date(2025, 10, 14)).rows}
    assert {one.contestant: one.curve[-1].equity for one in early.performances} == ends


@pytest.mark.slow
def test_splits_that_the_newest_facts_no_longer_show_are_those_that_were_booked(tmp_path):
    days = calendar.sessions_between(FIRST, date(2025, 10, 17))
    rows = [f"{day},{price},{price},{price},{price},9,{split}" for day, price, split in zip(
        days, (100, 100, 50, 50, 50, 50, 50, 50, 50, 50), ("", "", 2, "", "", "", "", "", "", ""), strict=True
    )]  # fmt: skip
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "ACME.csv").write_text("\n".join(("session,open,high,low,close,volume,split", *rows)))
    config = rehearsal_arena(
        tmp_path / "home",
        contestants=[{"name": "held", "kind": "baseline", "rule": "buy_and_hold"}],
        market={"vendors": ["files"], "files": {"folder": prices}, "sessions": 3},
    )
    with Arena(config, environ={}, clock=november, record=False) as arena:
        for session in days[:-1]:
            arena.run(["ACME"], as_of=session)
        (one,) = arena.report().performances
    assert one.figure("total_return").value == 0
    with Store.open_existing(config.home) as store:
        facts = snapshots.load(newest_hashes(store, "trial")["ACME"], config.home / "snapshots")
        season = season_in_store(store, "trial", config, {"ACME": facts})
    assert facts.prices.splits == ()
    assert season.splits["ACME"] == (Split(ex_date=days[2], ratio=2),)
    assert season.splits_since == {"ACME": days[-4]}
