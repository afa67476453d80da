import json

import pytest

from arena.config.loading import load


def test_show_names_every_setting_its_value_and_where_it_was_given(arena, folder):
    ran = arena("config", "show", "--config", "demo", "--season", "mine", "--home", "here", "--as-of", "2025-10-10")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ran.code == 0
    assert ["season", "mine", "option", "--season"] in lines
    assert ["home", "here", "option", "--home"] in lines
    assert ["as_of", "2025-10-10", "option", "--as-of"] in lines
    assert ["contestants.value.style", "value", "configs/demo.yaml:14"] in lines
    assert ["trading.fill", "next_open", "default"] in lines
    assert list(folder.iterdir()) == []


def test_show_has_aligned_columns(arena):
    lines = arena("config", "show", "--config", "demo").out.splitlines()
    value, origin = lines[0].index("Value"), lines[0].index("Origin")
    assert all(line[value - 1] == " " and line[origin - 1] == " " for line in lines if len(line) > origin)


def test_show_as_json(arena):
    rows = json.loads(arena("config", "show", "--config", "demo", "--json").out)
    assert {"path": "trading.start_cash", "value": "10000", "origin": "default"} in rows


def test_the_folders_own_file_comes_before_the_packaged_one(arena, folder):
    (folder / "arena.yaml").write_text("season: own\ncontestants: [{name: m, kind: rehearsal, style: value}]\n")
    rows = json.loads(arena("config", "show", "--json").out)
    assert {"path": "season", "value": "own", "origin": "arena.yaml:1"} in rows


def test_check_says_what_a_valid_file_holds(arena, folder):
    (folder / "own.yaml").write_text("contestants: [{name: m, kind: rehearsal, style: value}]\n")
    ran = arena("config", "check", "own.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "own.yaml is valid: 1 contestant (m), market from yahoo, alpha_vantage\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["arena: own.yaml is empty; it needs at least `contestants`"]),
        (
            "seasn: x\ncontestants: [{name: m, kind: rehearsal, style: slow}]\n",
            ["arena: own.yaml:1: ", "arena: own.yaml:2: "],
        ),
    ],
)
def test_check_says_all_that_is_wrong_a_line_each(arena, folder, text, said):
    (folder / "own.yaml").write_text(text)
    ran = arena("config", "check", "own.yaml")
    assert (ran.code, ran.out) == (1, "")
    lines = ran.err.splitlines()
    assert len(lines) == len(said)
    assert all(line.startswith(beginning) for line, beginning in zip(lines, said, strict=True))


def test_init_writes_a_file_that_is_valid(arena, folder):
    ran = arena("config", "init")
    assert (ran.code, ran.out) == (0, "")
    assert load(folder / "arena.yaml", {}).config.season == "main"
    assert arena("config", "check", "arena.yaml").code == 0


def test_init_replaces_nothing_without_force(arena, folder):
    (folder / "mine.yaml").write_text("precious")
    ran = arena("config", "init", "mine.yaml")
    assert (ran.code, ran.out, ran.err) == (1, "", "arena: mine.yaml is already there; --force replaces it\n")
    assert (folder / "mine.yaml").read_text() == "precious"
    assert arena("config", "init", "mine.yaml", "--force").code == 0
    assert "contestants:" in (folder / "mine.yaml").read_text()


def test_init_makes_no_folders(arena, folder):
    ran = arena("config", "init", "nowhere/arena.yaml")
    assert (ran.code, ran.err) == (1, "arena: nowhere/arena.yaml cannot be written: No such file or directory\n")
    assert list(folder.iterdir()) == []
