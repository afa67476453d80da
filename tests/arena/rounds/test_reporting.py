"""The report of a season that was really played, by rehearsal desks on the simulated market."""

from datetime import date

import pytest

from arena.app import Arena
from arena.errors import StoreError, UsageError
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
    import shutil

    home = tmp_path / "home"
    shutil.copytree(weekly, home)
    shutil.rmtree(home / "snapshots")
    report, _ = reported(home)
    assert any("ACME has only the closes kept while somebody held it" in note for note in report.notes)
    assert max(point.carried for one in report.performances for point in one.curve) == 0


def test_where_nothing_was_played_there_is_nothing_to_report(tmp_path):
    with pytest.raises(StoreError):
        reported(tmp_path / "nowhere")
