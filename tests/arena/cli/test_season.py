import json

import pytest

from arena.records.season import SeasonReport, SeasonSummary, SeasonView, SettledSeason
from tests.arena.cli.configurations import REHEARSED, contestant, written

DATES = ("--from", "2025-10-06", "--to", "2025-10-07")


def test_a_season_tells_a_line_a_round_and_shows_its_leaderboard(arena, folder):
    config = written(folder, REHEARSED)
    ran = arena("season", "run", *DATES, "--config", config, "--tickers", "NVDA", "AAPL")
    assert ran.code == 0
    first, second = ran.err.splitlines()
    assert first.startswith("2025-10-06 (1 of 2): 1 BUY, 0 SELL, 1 HOLD; 1 order, 1 filled; ")
    assert second.startswith("2025-10-07 (2 of 2): ")
    assert "; 2 researched ahead; " in second
    assert ran.out.startswith("REHEARSAL: ")
    assert "Leaderboard of the season trial at the close of 2025-10-08" in ran.out
    assert "Season trial: 2 rounds played (4 desks), 0 to come" in ran.out

    again = arena("season", "resume", "--config", config)
    assert again.code == 0
    assert again.err == "picked up: 2 of 2 rounds are over, the last of them 2025-10-07\n"
    assert "nothing to do: every round of the season is over" in again.out

    shown = arena("season", "show", "--config", config)
    assert "2025-10-06 to 2025-10-07, every DAY" in shown.out
    assert "2 rounds over from 2025-10-06 to 2025-10-07, 0 to come" in shown.out
    listed = arena("season", "list", "--config", config)
    assert [" ".join(line.split()) for line in listed.out.splitlines()][-1] == (
        "trial 2 0 2025-10-06 2025-10-07 DAY AAPL, NVDA"
    )
    settled = arena("season", "settle", "--config", config)
    assert "Settled through 2025-10-08: nothing was due" in settled.out


def test_each_command_prints_its_record_as_one_json_document(arena, folder):
    config = written(folder, REHEARSED)
    ran = arena("season", "run", *DATES, "--config", config, "--tickers", "NVDA,AAPL", "--json")
    report = SeasonReport.model_validate(json.loads(ran.out))
    assert report.plan.tickers == ("AAPL", "NVDA")
    assert len(report.rounds) == 2
    shown = SeasonView.model_validate(json.loads(arena("season", "show", "--config", config, "--json").out))
    listed = json.loads(arena("season", "list", "--config", config, "--json").out)
    assert [SeasonSummary.model_validate(summary) for summary in listed] == [shown.summary]
    settled = SettledSeason.model_validate(json.loads(arena("season", "settle", "--config", config, "--json").out))
    assert settled.standings == shown.standings


@pytest.mark.slow
def test_how_far_research_runs_ahead_is_an_option(arena, folder):
    config = written(folder, REHEARSED)
    ran = arena("season", "run", *DATES, "--config", config, "--tickers", "NVDA", "--ahead", "0")
    assert "researched ahead" not in ran.err
    assert arena("season", "resume", "--config", config, "--ahead", "3").code == 0
    mistaken = arena("season", "resume", "--config", config, "--ahead", "-1")
    assert mistaken.code == 1
    assert "limits.ahead is -1; expected at least 0" in mistaken.err


def test_a_season_in_which_some_abstained_exits_as_a_round_does(arena, folder):
    config = written(folder, REHEARSED, contestant("garbled"))
    ran = arena("season", "run", "--from", "2025-10-06", "--to", "2025-10-06", "--config", config, "--tickers", "NVDA")
    assert ran.code == 3
    assert "; 1 abstention; " in ran.err


def test_a_tick_needs_tickers_at_first_and_does_nothing_twice(arena, folder):
    config = written(folder, REHEARSED)
    ran = arena("season", "tick", "--config", config)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "arena: the season trial has not begun: name its tickers with --tickers\n"
    assert arena("season", "tick", "NVDA", "--config", config).code == 0
    again = arena("season", "tick", "--config", config)
    assert again.code == 0
    assert "0 rounds played" in again.out
    assert "nothing to do: the round of" in again.out


def test_what_cannot_be_played_is_a_mistake_that_leaves_nothing(arena, folder):
    config = written(folder, REHEARSED)
    before = sorted(folder.iterdir())
    for words, said in (
        (("--from", "Monday", "--tickers", "NVDA"), "--from Monday is not a date"),
        ((*DATES, "--tickers", "NVDA", "--every", "MONTH"), "Invalid value for '--every'"),
        (DATES, "name at least one ticker"),
        (("--from", "2025-10-07", "--to", "2025-10-06", "--tickers", "NVDA"), "would end before it begins"),
    ):
        ran = arena("season", "run", *words, "--config", config)
        assert (ran.code, ran.out) == (1, "")
        assert said in ran.err
    assert sorted(folder.iterdir()) == before


def test_without_data_the_way_on_is_named(arena, folder):
    for command in ("list", "show", "settle"):
        ran = arena("season", command)
        assert (ran.code, ran.out) == (5, "")
        assert ran.err.endswith("no arena data at arena-data; run `arena demo` or `arena run` first\n")
    assert list(folder.iterdir()) == []
    assert arena("season", "resume").code == 1
