import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from arena.app import Arena
from arena.cli import run
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
    assert "measured against no benchmark: the season keeps the closes of none; name a ticker" in ran.out


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


def test_the_board_of_an_earlier_close_shows_what_was_known_by_then(arena, played):
    ran = arena("board", "--home", played, "--season", "demo", "--as-of", "2025-10-14", "--json")
    standings = Standings.model_validate(json.loads(ran.out))
    assert {row.contestant: (row.equity, row.trades, row.pending_orders) for row in standings.rows} == {
        name: (10_000, 0, orders)
        for name, orders in {"cautious": 1, "contrarian": 0, "momentum": 1, "newsreader": 1, "value": 1}.items()
    }
    assert standings.session == date(2025, 10, 14)
    full = arena("board", "--home", played, "--season", "demo", "--as-of", "2025-10-14", "--full", "--json")
    report = SeasonReport.model_validate_json(full.out)
    assert {len(one.curve) for one in report.performances} == {1}
    # A Saturday shows the Friday's close, and a close later than the season its last.
    late = arena("board", "--home", played, "--season", "demo", "--as-of", "2025-10-18", "--json")
    assert late.out == arena("board", "--home", played, "--season", "demo", "--json").out


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2025-10-13", "the season demo begins with the session of 2025-10-14; nobody stood anywhere on 2025-10-13"),
        ("2999-01-01", "2999-01-01 is in the future; the season demo has got to 2025-10-15"),
        ("soon", "--as-of soon is not a date; write it as YYYY-MM-DD, such as 2025-10-14"),
    ],
)
@pytest.mark.parametrize("full", [(), ("--full",)])
def test_a_day_of_which_there_is_no_board_is_a_mistake(arena, played, day, why, full):
    ran = arena("board", "--home", played, "--season", "demo", "--as-of", day, *full)
    assert (ran.code, ran.out, ran.err) == (1, "", f"arena: {why}\n")


def test_everybodys_equity_is_drawn_on_one_scale(arena, played):
    ran = arena("board", "--home", played, "--season", "demo")
    shown = ran.out.partition("\nEquity\n")[2].splitlines()
    lines = {line.split()[0]: line.split()[-1] for line in shown[2:7]}
    assert lines == {"momentum": "▁█", "value": "▁█", "newsreader": "▁▅", "cautious": "▁▃", "contrarian": "▁▁"}
    assert shown[7] == "2025-10-14 to 2025-10-15; ▁ is $10,000.00, █ is $10,032.22"


def test_a_terminal_without_blocks_has_digits(arena, played, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw := io.BytesIO(), encoding="ascii", errors="replace"))
    assert run(["board", "--home", str(played), "--season", "demo"]) == 0
    sys.stdout.flush()
    assert "1 is $10,000.00, 8 is $10,032.22" in raw.getvalue().decode("ascii")


def test_what_is_stored_is_shown_without_anything_heavy(played):
    heavy = (
        "numpy",
        "pandas",
        "pyarrow",
        "exchange_calendars",
        "langgraph",
        "langchain_core",
        "sqlite_utils",
        "openai",
    )
    code = f"""
import sys
from arena.cli import run
home = ("--home", {str(played)!r})
shown = ["board", "--season", "demo"], ["chat", "list"], ["chat", "search", "trend"]
codes = [run([*words, *home]) for words in shown]
print(codes, [name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.endswith("[0, 0, 0] []\n")
