import json
import os
import subprocess
import sys

import pytest

HEAVY = (
    *("langgraph", "langchain_core", "pandas", "numpy", "yaml", "pydantic", "sqlite_utils", "rich", "dotenv"),
    "ray",
)


def in_process_of_its_own(code, folder):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_help_answers_without_anything_heavy(tmp_path):
    code = f"""
import sys
from arena.cli import run
code = run(["--help"])
print(code, [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    ran = in_process_of_its_own(code, tmp_path)
    assert ran.stderr == "0 []\n"
    for command in (
        "demo",
        "run",
        "board",
        "data",
        "models",
        "doctor",
        "studio",
        "chat",
        "export",
        "config",
        "version",
    ):
        assert f"\n  {command} " in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_installed_program_exits_with_the_code_and_leaves_no_traceback(tmp_path):
    code = "import sys; from arena.cli import main; sys.argv = ['arena', 'run', 'NVDA', '--as-of', 'x']; main()"
    ran = in_process_of_its_own(code, tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "arena: --as-of x is not a date; write it as YYYY-MM-DD, such as 2025-10-14\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["run"], "Missing argument 'TICKER...'; see `arena run --help`"),
        (["run", "NVDA", "--confg", "x"], "No such option: --confg"),
        (["demo", "--season", "x"], "No such option: --season"),
        (["rnu"], "No such command 'rnu'"),
        (["chat"], "Missing command; see `arena chat --help`"),
        (["chat", "list", "--limit", "0"], "Invalid value for '--limit'"),
        (["chat", "list", "--limit", "many"], "Invalid value for '--limit'"),
        (["chat", "show", "x", "--stage", "judge"], "Invalid value for '--stage'"),
        (["data"], "Missing argument 'TICKER'; see `arena data show --help`"),
        (["data", "diff", "x"], "Missing argument 'B'; see `arena data diff --help`"),
        (["data", "NVDA", "AMD"], "Got unexpected extra argument(s) (AMD)"),
    ],
)
def test_a_mistyped_command_line_is_exit_code_1_in_one_sentence(arena, folder, argv, sentence):
    ran = arena(*argv)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"arena: {sentence}")
    assert ran.err.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_no_command_shows_the_help(arena):
    ran = arena()
    assert ran.code == 0
    assert ran.out.startswith("Usage: arena ")


@pytest.mark.parametrize("argv", [["version"], ["--version"]])
def test_the_version_names_release_and_sources(arena, argv):
    ran = arena(*argv)
    assert ran.code == 0
    assert ran.out.startswith("modelchat-arena 0.")
    assert "+" in ran.out


def test_keys_and_home_come_from_the_folders_env_file(arena, folder):
    (folder / ".env").write_text("ARENA_HOME=from-the-file\nALPHAVANTAGE_API_KEY=\n")
    ran = arena("config", "show", "--json")
    assert {"path": "home", "value": "from-the-file", "origin": "environment ARENA_HOME"} in json.loads(ran.out)


def test_the_environment_wins_over_the_env_file(arena, folder, monkeypatch):
    monkeypatch.setenv("ARENA_HOME", "from-outside")
    (folder / ".env").write_text("ARENA_HOME=from-the-file\n")
    arena("config", "show", "--json")
    assert os.environ["ARENA_HOME"] == "from-outside"


def test_an_env_file_that_is_no_text_is_named(arena, folder):
    (folder / ".env").write_bytes(b"KEY=\xff\n")
    ran = arena("config", "show")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "arena: .env: byte 5 is not UTF-8; save the file as UTF-8\n"


def test_a_word_from_the_command_line_commands_no_terminal(arena):
    ran = arena("demo", "\x1b[31m[bold]x")
    assert ran.code == 1
    assert "\x1b" not in ran.err
    assert "[bold]x" in ran.err
