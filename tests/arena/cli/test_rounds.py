import json

import pytest

from arena.records.standing import RoundResult
from tests.arena.cli.configurations import REHEARSED, contestant, written


def test_the_demo_shows_labels_decisions_consensus_trades_and_standings(arena, folder):
    ran = arena("demo")
    assert ran.code == 0
    assert ran.out.startswith("REHEARSAL: the contestants are rule-driven stand-ins, not models.\nSIMULATED: ")
    for part in (
        "NVDA at the close of 2025-10-14",
        "Consensus: ",
        "Trades",
        "Leaderboard of the season demo",
        "🥇 gold",
    ):
        assert part in ran.out
    assert (folder / "arena-data" / "arena.sqlite").exists()
    assert ran.out.splitlines()[-1].startswith("  arena chat show demo.2025-10-14.NVDA.")
    shown = arena(*ran.out.splitlines()[-1].split()[1:])
    assert shown.code == 0
    assert all(len(line) <= 120 for line in ran.out.splitlines())


def test_a_desk_says_one_line_when_it_starts_and_one_when_it_ends(arena, folder):
    file = written(folder, REHEARSED)
    lines = arena("run", "NVDA", "--config", file).err.splitlines()
    assert lines[0] == "NVDA momentum: started"
    assert lines[1].startswith("NVDA momentum: BUY 0.63 (confidence 0.77) after ")
    assert lines[1].endswith(" s, 16 calls, cost $0")
    assert len(lines) == 2


def test_a_round_decided_before_is_said_to_be_and_changes_nothing(arena):
    first = arena("demo", "--json")
    again = arena("demo")
    assert "This round was decided earlier; nothing was traded again." in again.out
    assert again.err == ""
    after = RoundResult.model_validate(json.loads(arena("demo", "--json").out))
    before = RoundResult.model_validate(json.loads(first.out))
    assert after.standings == before.standings
    assert after.fills == before.fills
    assert len(after.replayed) == len(before.chats) == 5


def test_some_abstentions_are_exit_code_3(arena, folder):
    ran = arena("run", "NVDA", "--config", written(folder, REHEARSED, contestant("garbled")))
    assert ran.code == 3
    assert "REHEARSAL: rule-driven stand-ins, not models, are: momentum\n" in ran.out
    assert "Abstained: garbled (unparseable)" in ran.out
    assert "NVDA garbled: abstained, unparseable after " in ran.err
    assert "cost unknown" in ran.err
    (line,) = [line for line in ran.out.splitlines() if " garbled " in line and "unknown" in line]
    assert "0% of 1" in line


def test_only_abstentions_are_exit_code_4_with_json_too(arena, folder):
    file = written(folder, contestant("garbled"), contestant("worse"))
    ran = arena("run", "NVDA", "--config", file, "--json")
    assert ran.code == 4
    result = RoundResult.model_validate(json.loads(ran.out))
    assert [chat.outcome.kind for chat in result.chats] == ["abstention", "abstention"]
    shown = arena("run", "NVDA", "--config", file)
    assert shown.code == 4
    assert "Consensus: none, nobody with a vote decided" in shown.out
    assert "No orders." in shown.out


def test_where_a_model_failed_the_doctor_is_named(arena, folder):
    dead = "endpoints:\n  gone: {base_url: 'http://127.0.0.1:9/v1'}\nlimits: {retries: 0}\n"
    file = written(folder, "{name: one, endpoint: gone, model: maker/one}", more=dead)
    ran = arena("run", "NVDA", "--config", file)
    assert ran.code == 4
    assert ran.err.splitlines()[-1].startswith("note: a model failed: `arena doctor --config ")
    assert "a model failed" not in arena("run", "NVDA", "--config", written(folder, REHEARSED)).err


def test_json_is_one_document_of_the_record(arena):
    ran = arena("demo", "--json")
    result = RoundResult.model_validate(json.loads(ran.out))
    assert result.model_dump(mode="json") == json.loads(ran.out)
    assert result.round.tickers == ("NVDA",)


def test_options_choose_date_season_home_and_contestants(arena, folder):
    options = ("--config", "demo", "--as-of", "2025-10-10", "--season", "mine", "--home", "elsewhere")
    ran = arena("run", "nvda", "AAPL", *options, "--contestant", "value", "--contestant", "cautious", "--json")
    round_ = json.loads(ran.out)["round"]
    assert (round_["season"], round_["session"], round_["tickers"]) == ("mine", "2025-10-10", ["AAPL", "NVDA"])
    assert round_["contestants"] == ["cautious", "value"]
    assert [path.name for path in folder.iterdir()] == ["elsewhere"]
    shown = arena("run", "nvda", "AAPL", *options, "--contestant", "value")
    assert shown.out.splitlines()[-1].endswith(" --home elsewhere")


def test_a_hostile_text_reaches_no_terminal(arena, folder):
    ran = arena(
        "run", "NVDA", "--config", written(folder, contestant("hostile", "tests.arena.cli.configurations:Hostile"))
    )
    assert ran.code == 4
    assert not {"\x1b", "\x07", "\x9b"} & set(ran.out + ran.err)
    assert "[bold red]boom[/]" in ran.out
    assert "[bold red]boom[/] :smile:" in ran.err
    assert "owned" not in ran.out + ran.err


def test_ctrl_c_is_exit_code_130(arena, folder):
    file = written(folder, contestant("stopped", "tests.arena.cli.configurations:Interrupting"))
    ran = arena("run", "NVDA", "--config", file)
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("note: what was decided is kept; the same command goes on from there\narena: interrupted\n")


def mistakes(folder):
    (folder / "broken.yaml").write_text("season: [\n")
    (folder / "unknown.yaml").write_text("seasn: x\ncontestants: []\n")
    (folder / "prices").mkdir()
    written(folder, REHEARSED)


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["../../etc/x", "--config", "demo"], "arena: '../../etc/x' is not a ticker: "),
        (["NVDA"], "arena: claude needs the key in OPENROUTER_API_KEY, which is not set: "),
        (["NVDA", "--as-of", "14.10.2025"], "arena: --as-of 14.10.2025 is not a date; write it as YYYY-MM-DD"),
        (["NVDA", "--as-of", "20251014"], "arena: --as-of 20251014 is not a date; "),
        (["NVDA", "--as-of", "2025-02-30"], "arena: --as-of 2025-02-30 is no day of the calendar"),
        (["NVDA", "--config", "demo", "--as-of", "2025-10-11"], "arena: 2025-10-11 is a Saturday; the last session "),
        (["NVDA", "--config", "demo", "--as-of", "2049-10-13"], "arena: "),
        (["NVDA", "--config", "demo", "--contestant", "claude"], "arena: no contestant claude; "),
        (["NVDA", "--config", "nowhere.yaml"], "arena: no file nowhere.yaml; "),
        (["NVDA", "--config", "broken.yaml"], "arena: broken.yaml:2:1: not valid YAML: "),
        (["NVDA", "--config", "unknown.yaml"], "arena: unknown.yaml:1: "),
        (["NVDA", "--config", "demo", "--season", "a/b"], "arena: option --season: "),
    ],
)
def test_a_mistake_is_exit_code_1_and_writes_nothing(arena, folder, argv, sentence):
    mistakes(folder)
    before = sorted(folder.rglob("*"))
    ran = arena("run", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(sentence)
    assert all(line.startswith("arena: ") for line in ran.err.splitlines())
    assert sorted(folder.rglob("*")) == before


def test_a_ticker_no_vendor_knows_is_a_mistake_that_writes_nothing(arena, folder):
    (folder / "prices").mkdir()
    file = written(folder, REHEARSED)
    file.write_text(file.read_text().replace("vendors: [simulated]", "vendors: [files]\n  files: {folder: prices}"))
    before = sorted(folder.rglob("*"))
    ran = arena("run", "NVDA", "--config", file)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: no vendor knows NVDA")
    assert sorted(folder.rglob("*")) == before


def test_a_damaged_store_is_exit_code_5(arena, folder):
    (folder / "arena-data").mkdir()
    (folder / "arena-data" / "arena.sqlite").write_text("not a database" * 100)
    ran = arena("demo")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("arena: arena-data/arena.sqlite is damaged or not a database")
