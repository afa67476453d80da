import json
from datetime import date

import pytest

from arena.app import Arena
from arena.records.market import SECTIONS, MarketSnapshot

OWN = (
    "contestants:\n  - {name: momentum, kind: rehearsal, style: momentum}\n"
    "market:\n  vendors: [files]\n  files: {folder: prices}\n"
)


@pytest.fixture
def own(folder):
    """A configuration over a file of two days' prices; returns the file."""
    (folder / "prices").mkdir()
    file = folder / "prices" / "NVDA.csv"
    file.write_text("Date,Open,High,Low,Close,Volume\n2025-10-13,10,12,9,11,100\n2025-10-14,11,12.5,10,12,200\n")
    (folder / "own.yaml").write_text(OWN)
    return file


def test_it_shows_what_the_models_are_shown(arena, folder):
    ran = arena("data", "nvda", "--config", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("SIMULATED: the market is invented; ")
    for part in (
        "NVDA at the close of 2025-10-14 (2025-10-14 20:00 UTC)",
        "Simulated NVDA Corp.",
        "these prices are simulated",
        "The last 10 bars, as traded, in USD",
        "Indicators at 2025-10-14",
        "The newest statements",
        "8 articles",
        "The newest 7 of 11 social days",
    ):
        assert part in ran.out
    assert list(folder.iterdir()) == []


def test_json_is_one_document_of_the_record_and_the_text_names_its_hash(arena):
    ran = arena("data", "NVDA", "--config", "demo", "--as-of", "2025-10-10", "--json")
    snapshot = MarketSnapshot.model_validate(json.loads(ran.out))
    assert str(snapshot.session) == "2025-10-10"
    assert snapshot.hash in arena("data", "NVDA", "--config", "demo", "--as-of", "2025-10-10").out


def test_a_section_nobody_answered_says_so(arena, own):
    ran = arena("data", "NVDA", "--config", "own.yaml", "--as-of", "2025-10-14")
    assert ran.code == 0, ran.err
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line and not line.startswith(" ")}
    assert " ok " in rows["prices"]
    assert " ok " not in rows["news"]
    assert "SIMULATED" not in ran.out


def test_a_mistake_is_exit_code_1(arena, folder):
    for argv, sentence in (
        (("../x", "--config", "demo"), "arena: '../x' is not a ticker: "),
        (("NVDA", "--config", "demo", "--as-of", "2025-10-11"), "arena: 2025-10-11 is a Saturday; "),
    ):
        ran = arena("data", *argv)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(sentence)
    assert list(folder.iterdir()) == []


def test_every_section_is_listed_with_its_source_and_times(arena):
    lines = arena("data", "NVDA", "--config", "demo").out.splitlines()
    rows = {line.split()[0]: line for line in lines if line and line.split()[0] in SECTIONS}
    assert tuple(rows) == SECTIONS
    assert rows["prices"].split()[1:6] == ["ok", "simulated", "2025-10-14", "20:00", "UTC"]
    assert rows["prices"].rstrip().endswith("UTC  260 bars")


@pytest.mark.parametrize("words", [("DIFF",), ("show", "diff"), ("--json", "diff")])
def test_a_ticker_of_a_commands_name_is_reached_in_capitals_after_show_or_after_an_option(arena, words):
    ran = arena("data", *words, "--config", "demo")
    assert ran.code == 0, ran.err
    assert "Simulated DIFF Corp." in ran.out


def test_the_help_names_the_short_form_and_the_commands(arena):
    ran = arena("data", "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Usage: arena data [OPTIONS] TICKER | COMMAND [ARGS]..." in ran.out
    assert "`arena data NVDA` is short for `arena data show NVDA`" in " ".join(ran.out.split())
    assert "--plot" in arena("data", "NVDA", "--help").out


def test_plot_draws_the_prices_without_colours_where_nobody_looks(arena):
    ran = arena("data", "NVDA", "--config", "demo", "--plot")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    at = ran.out.splitlines().index("260 closes in USD, adjusted for splits")
    drawn = ran.out.splitlines()[at + 1 : at + 16]
    assert "█" in drawn[-2]
    assert drawn[-1].split() == ["2024-10-01", "2025-10-14"]
    assert max(map(len, drawn)) <= 120


def test_plot_is_for_people_and_json_for_programs(arena, folder):
    ran = arena("data", "NVDA", "--config", "demo", "--plot", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: --json and --plot exclude each other")


def test_a_ticker_without_prices_has_no_picture(arena, own):
    own.write_text("Date,Open,High,Low,Close,Volume\n2025-10-30,10,12,9,11,100\n")
    ran = arena("data", "NVDA", "--config", "own.yaml", "--as-of", "2025-10-14", "--plot")
    assert ran.code == 0, ran.err
    assert "There are no prices to draw." in ran.out


def test_an_edited_file_is_seen_and_its_change_told(arena, folder, own):
    words = ("NVDA", "--config", "own.yaml", "--as-of", "2025-10-14", "--json")
    (folder / "before.json").write_text(arena("data", *words).out)
    same = arena("data", "diff", "before.json", "before.json")
    assert (same.code, same.err) == (0, "")
    assert same.out.startswith("Equal: both are the snapshot ")
    own.write_text(own.read_text().replace("12,200", "12.25,200").replace("2025-10-13,", "2025-10-10,"))
    (folder / "after.json").write_text(arena("data", *words).out)
    ran = arena("data", "diff", "before.json", "after.json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[0].startswith("Not equal: ")
    assert "  ~ bars 2025-10-14: close 12 -> close 12.25" in ran.out
    assert "  + bars 2025-10-10: session 2025-10-10, open 10, high 12, low 9, close 11, volume 100" in ran.out
    assert "  - bars 2025-10-13: " in ran.out
    told = json.loads(arena("data", "diff", "before.json", "after.json", "--json").out)
    assert told["equal"] is False
    assert {
        "section": "prices",
        "what": "bars 2025-10-14",
        "before": "close 12",
        "after": "close 12.25",
    } in told["changes"]


def test_recordings_are_named_by_hash_beginning_of_it_or_chat(arena, played):
    home = ("--home", str(played))
    chat = json.loads(arena("chat", "list", "--json", *home).out)[0]["id"]
    snapshot = json.loads(arena("chat", "show", chat, "--json", *home).out)["snapshot_hash"]
    for one, other in ((snapshot, snapshot[:8]), (chat, snapshot), (chat[:-3], chat)):
        ran = arena("data", "diff", one, other, *home)
        assert (ran.code, ran.out) == (0, f"Equal: both are the snapshot {snapshot[:12]}.\n"), ran.err


def test_a_recording_that_is_not_there_is_exit_code_1(arena, played):
    ran = arena("data", "diff", "nobody", "nobody", "--home", str(played))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: no chat nobody; ")


def test_a_file_that_is_no_snapshot_is_said_to_be_none(arena, folder):
    (folder / "x.json").write_text("{}")
    ran = arena("data", "diff", "x.json", "x.json")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err == "arena: x.json does not hold a snapshot; it is damaged or of another version\n"


def test_refreshing_leaves_the_facts_that_somebody_decided_on_and_says_so(arena, folder, own):
    home = ("--config", "own.yaml", "--home", str(folder / "home"))
    before = arena("run", "NVDA", "--as-of", "2025-10-14", *home)
    assert before.code == 0, before.err
    with Arena.load("own.yaml", {"home": str(folder / "home")}) as kept:
        shown = kept.snapshot("NVDA", date(2025, 10, 14)).hash
    own.write_text(own.read_text().replace("12,200", "12.25,200"))
    ran = arena("data", "NVDA", "--as-of", "2025-10-14", "--refresh", *home)
    assert ran.err == "note: a round has been decided on these facts; they stay as they were, and no vendor was asked\n"
    assert shown in ran.out


def test_a_chats_id_or_a_hash_shows_what_was_seen(arena, played):
    (row, *_) = json.loads(arena("chat", "list", "--home", played, "--json").out)
    chat = json.loads(arena("chat", "show", row["id"], "--home", played, "--json").out)
    by_id, by_hash = (arena("data", name, "--home", played) for name in (row["id"], chat["snapshot_hash"]))
    assert by_id.out == by_hash.out
    assert chat["snapshot_hash"] in by_id.out
    assert arena("data", row["id"], "--home", played, "--refresh").code == 1
    assert "no chat" in arena("data", "there.is.no.such.chat", "--home", played).err
