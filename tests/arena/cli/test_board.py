import json
from datetime import UTC, datetime

from arena.app import Arena
from arena.config.loading import load
from arena.records.performance import SeasonReport
from arena.records.standing import Standings
from tests.arena.cli.configurations import REHEARSED, written


def test_the_only_season_stored_is_shown_when_the_configured_one_is_empty(arena, played):
    ran = arena("board", "--home", played)
    assert ran.code == 0
    assert ran.err == "note: nothing was played in the season main yet; this is demo, the only one stored\n"
    assert ran.out.startswith("REHEARSAL: ")
    assert "Leaderboard of the season demo at the close of 2025-10-15" in ran.out


def test_the_season_named_is_shown_without_a_note(arena, played):
    ran = arena("board", "--home", played, "--season", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert "Leaderboard of the season demo" in ran.out


def test_a_season_that_is_not_there_is_a_mistake_that_names_those_that_are(arena, played):
    ran = arena("board", "--home", played, "--season", "winter")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "arena: nothing was played in the season winter yet; name one of those stored with --season: demo\n"
    )


def test_of_several_seasons_none_is_guessed(arena, folder):
    for season in ("one", "two"):
        arena("run", "NVDA", "--config", written(folder, REHEARSED, season=season))
    ran = arena("board")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("name one of those stored with --season: one, two\n")


def test_json_is_one_document_of_the_record(arena, played):
    ran = arena("board", "--home", played, "--json")
    standings = Standings.model_validate(json.loads(ran.out))
    assert [row.rank for row in standings.rows] == [1, 2, 3, 4, 5]


def test_without_data_nothing_is_made_and_the_way_on_is_named(arena, folder):
    ran = arena("board")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err == "arena: no arena data at arena-data; run `arena demo` or `arena run` first\n"
    assert list(folder.iterdir()) == []


def pending_round(folder):
    """A simulated season whose order waits for a session that is long past by now."""
    file = written(folder, REHEARSED)
    evening = datetime(2025, 10, 14, 21, tzinfo=UTC)
    with Arena(load(file, {}).config, clock=lambda: evening) as played:
        result = played.run(["NVDA"])
    assert (len(result.orders), result.fills) == (1, ())
    return file


def test_orders_that_are_due_are_settled_by_their_own_market(arena, folder):
    ran = arena("board", "--config", pending_round(folder), "--json")
    (row,) = Standings.model_validate(json.loads(ran.out)).rows
    assert (row.trades, row.pending_orders) == (1, 0)


def test_a_real_market_never_prices_a_simulated_seasons_orders(arena, folder):
    pending_round(folder)
    ran = arena("board", "--season", "trial", "--json")
    standings = Standings.model_validate(json.loads(ran.out))
    assert [(row.trades, row.pending_orders) for row in standings.rows] == [(0, 1)]
    assert standings.notes == (
        "the due orders of the season trial wait: it is played on the simulated market of seed 7, "
        "not on real prices (yahoo, alpha_vantage)",
    )


def test_the_full_board_says_what_every_figure_means_and_estimates_nothing_from_a_day(arena, played):
    ran = arena("board", "--home", played, "--season", "demo", "--full")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("REHEARSAL: ")
    assert "Standings of the season demo, 2025-10-14 to 2025-10-15" in ran.out
    sharpe = [line for line in ran.out.splitlines() if line.startswith("sharpe")]
    assert sharpe[0].count("not enough") == 5
    assert "Journal of Portfolio Management" in sharpe[1]
    assert "- alpha and beta are against nothing: name a ticker with --benchmark" in ran.out


def test_the_full_board_is_a_report_as_json(arena, played):
    ran = arena("board", "--config", "demo", "--home", played, "--full", "--benchmark", "QQQ", "--json")
    report = SeasonReport.model_validate_json(ran.out)
    assert (report.season, report.benchmark, len(report.performances)) == ("demo", "QQQ", 5)


def test_a_season_is_not_measured_against_another_market(arena, played):
    ran = arena("board", "--home", played, "--season", "demo", "--full", "--benchmark", "QQQ")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "arena: the season demo is played on the simulated market of seed 7, and a benchmark would come from "
        "real prices (yahoo, alpha_vantage): name the season's configuration with --config\n"
    )


def test_a_benchmark_belongs_to_the_full_board(arena, played):
    ran = arena("board", "--home", played, "--benchmark", "QQQ")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "arena: --benchmark and --horizon are for the full report: add --full\n"
