"""Tables from the command line."""

import csv
import io
import json

import pytest

from arena.cli import run


def test_all_tables_are_written_to_a_folder_with_their_labels(arena, played, folder):
    ran = arena("export", "--home", played)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("REHEARSAL: ")
    assert "5 rows of standings: export/standings.csv\n" in ran.out
    with (folder / "export" / "standings.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rank"], row["contestant"], row["equity"]) for row in rows][:2] == [
        ("1", "momentum", "10032.22"),
        ("2", "value", "10030.43"),
    ]
    assert json.loads((folder / "export" / "datapackage.json").read_text())["resources"][0]["name"] == "chats"


def test_one_table_goes_to_stdout_or_to_a_file_whose_name_tells_the_format(played, folder, capsysbinary):
    assert run(["export", "--home", str(played), "--what", "fills", "--format", "csv", "--out", "-"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert [row["contestant"] for row in rows] == ["cautious", "momentum", "newsreader", "value"]
    assert run(["export", "--home", str(played), "--what", "fills", "--out", "some/fills.jsonl"]) == 0
    lines = (folder / "some" / "fills.jsonl").read_text().splitlines()
    assert [json.loads(line)["price"] for line in lines] == [row["price"] for row in rows]
    assert [path.name for path in (folder / "some").iterdir()] == ["fills.jsonl"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "-"), "stdout takes one table; name it with --what: chats, decisions, "),
        (("--out", "all.csv"), "all.csv takes one table; name it with --what: chats, "),
        (
            ("--what", "fills", "--out", "x.csv", "--format", "jsonl"),
            "--out x.csv is named like csv and --format is jsonl",
        ),
        (("--what", "bills"), "--what bills is no table; those there are: chats, decisions, "),
        (("--season", "winter"), "no season winter is stored; those that are: demo"),
        (("--format", "xlsx"), "Invalid value for '--format'"),
    ],
)
def test_what_cannot_be_written_so_is_a_mistake_and_nothing_is_written(arena, played, folder, words, said):
    ran = arena("export", "--home", played, *words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"arena: {said}")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_columns_are_told_without_a_store(arena, folder):
    ran = arena("export", "--columns", "--what", "fills")
    assert (ran.code, ran.err) == (0, "")
    assert "fills: a row an executed order" in ran.out
    assert "The recorded price of a share, dollars" in ran.out
    assert "standings: a row a contestant" in arena("export", "--columns").out
    assert list(folder.iterdir()) == []
