"""`arena season rescore`: the recorded season beside itself under other settings."""

import json

from arena.records.rescoring import RescoredSeason
from tests.arena.cli.configurations import REHEARSED, written

VALUE = "{name: value, kind: rehearsal, style: value}"


def test_a_season_is_shown_beside_itself_and_kept_under_another_name(arena, folder):
    config = written(folder, REHEARSED, VALUE)
    days = ("--from", "2025-10-06", "--to", "2025-10-07")
    assert arena("season", "run", *days, "--config", config, "--tickers", "NVDA").code == 0
    options = ("--config", config, "--slippage-bps", "20", "--fill", "next_close")
    ran = arena("season", "rescore", *options)
    assert (ran.code, ran.err) == (0, "")
    assert "The season trial at the close of 2025-10-08, re-priced beside as it was played" in ran.out
    assert "fill is next_close, was next_open; slippage_bps is 20, was 0" in ran.out
    assert "RESCORED" not in ran.out

    found = RescoredSeason.model_validate(json.loads(arena("season", "rescore", *options, "--json").out))
    assert {row.contestant for row in found.rows} == {"momentum", "value"}
    assert found.into is None
    assert found.recorded.rows != found.standings.rows

    kept = arena("season", "rescore", *options, "--into", "dearer")
    assert kept.out.startswith("REHEARSAL: ")
    assert "RESCORED: recorded decisions under other settings; nobody decided on these books." in kept.out
    assert "Kept as the season dearer." in kept.out
    assert "RESCORED: " in arena("board", "--config", config, "--season", "dearer").out
    assert "the decisions of trial" in arena("season", "show", "--config", config, "--season", "dearer").out
    assert arena("audit", "--config", config).code == 0


def test_what_cannot_be_a_setting_is_named_with_its_option(arena, folder):
    config = written(folder, REHEARSED)
    for option, value, said in (
        ("--slippage-bps", "much", "option --slippage-bps: trading.slippage_bps is 'much'; expected a number"),
        ("--position-limit", "2", "option --position-limit: trading.position_limit is '2'; expected at most 1"),
        ("--initial-margin", "1.1", "the maintenance margin of 1.3 is above the initial one of 1.1"),
        ("--fill", "yesterday", "Invalid value for '--fill'"),
    ):
        ran = arena("season", "rescore", "--config", config, option, value)
        assert (ran.code, ran.out) == (1, "")
        assert said in ran.err


def test_a_season_that_was_not_played_is_a_mistake(arena, folder):
    ran = arena("season", "rescore", "--config", written(folder, REHEARSED))
    assert (ran.code, ran.out) == (5, "")
    assert "no arena data" in ran.err
