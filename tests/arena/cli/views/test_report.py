import io

import pytest
from rich.console import Console

from arena.cli.views.report import report_view
from arena.metrics.benchmark import benchmark_of
from arena.metrics.report import season_report
from tests.arena.metrics.test_report import LUCKY, PRICES, replicated, season
from tests.arena.trading import bar, day, history


def drawn(report, width=120):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    console.print(report_view(report, width))
    return console.file.getvalue()


def test_groups_differences_and_both_standings_are_shown():
    shown = drawn(season_report(season(("idle", "reader"), cutoffs={"reader": day(9)}, buyers={"reader"})))
    assert "Without what a model may have read: sessions after 2025-10-22 alone" in shown
    assert "Groups that cannot be told apart, best first" in shown
    assert "Paired differences, mean a session" in shown
    assert "- profit factor of idle, reader: no trade was closed yet" in shown


def test_everybody_is_compared_with_the_benchmark():
    told = history(*(bar(n, price) for n, price in enumerate(PRICES)))
    lines = drawn(season_report(season(), benchmark_of(told))).splitlines()
    assert [line.split()[:2] for line in lines if " NVDA " in line] == [["a", "NVDA"], ["b", "NVDA"]]


def test_many_contestants_are_shown_a_few_at_a_time():
    shown = drawn(season_report(season([f"c{n}" for n in range(7)])))
    assert "Figures, continued" in shown
    assert max(len(line) for line in drawn(season_report(season()), width=80).splitlines()) <= 80


def test_nobody_is_said_to_be_nobody():
    empty = season()._replace(events=(), marks=(), sessions=())
    assert "Nobody has been through a session yet." in drawn(season_report(empty))


def test_the_band_of_chance_stands_under_the_standings():
    names = [f"r{n:02d}" for n in range(20)]
    shown = drawn(season_report(season(names, sessions=5, buyers=())._replace(random=names)))
    assert "By chance: +0.00% to +0.00%, +0.00% in the middle, of 20 random ones" in shown


def test_replicas_are_shown_with_mean_and_spread_and_what_their_variance_is_made_of():
    shown = drawn(season_report(replicated(LUCKY)))
    assert "Replicas: total returns over 9 sessions that all share" in shown
    assert "Variance between models and within a model" in shown
    assert "intraclass correlation" in shown
    assert "Shrout and Fleiss" in shown
    few = drawn(season_report(season(("a~1", "a~2", "b"), sessions=5)))
    assert "not enough data: it takes 2 contestants with 2 replicas each" in few
    assert "Replicas" not in drawn(season_report(season()))


def test_a_masked_contestant_is_shown_beside_its_twin():
    pairs = season(("plain", "veiled"), buyers={"plain"})._replace(twins={"veiled": "plain"})
    shown = drawn(season_report(pairs))
    assert "With the mask and without: mean a session of the masked less the unmasked" in shown
    assert "veiled (masked) and plain" in shown
    assert "With the mask" not in drawn(season_report(season()))


@pytest.mark.slow
def test_pairs_with_the_band_of_chance_are_left_out_and_that_is_said():
    names = [f"r{n:02d}" for n in range(20)]
    shown = drawn(season_report(season([*names, "model", "other"], sessions=21)._replace(random=names)))
    pairs = shown.partition("Paired differences")[2].partition("What the figures mean")[0]
    assert "model" in pairs
    assert "r01" not in pairs
    assert "- agreement with random contestants and paired differences from them are left out here" in shown
