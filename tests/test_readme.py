"""The README and the pages under docs/ are true: their output is the program's, their commands and scripts run."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import configs
from arena.cli import run
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.conftest import PROJECT

PAGES = {path: path.read_text(encoding="utf-8") for path in (PROJECT / "README.md", *sorted(PROJECT.glob("docs/*.md")))}

# What installs or starts a server is run by .ci/run and by hand, not from inside a test.
NOT_RUN_HERE = {'pip install -e ".[studio]"', "arena studio", 'pip install -e ".[web]"', "arena serve"}


def blocks(language: str) -> list[str]:
    block = re.compile(rf"^```{language}\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
    return [found for page in PAGES.values() for found in block.findall(page)]


def commands() -> list[str]:
    lines = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line]


def without_ids(text: str) -> str:
    plain = re.sub(r"(demo\.2025-10-14\.\S+?)\.[0-9a-f]{8}", r"\1.ID", text)
    plain = re.sub(r"[0-9.]+ GB free", "some GB free", plain)
    # As many as there were sessions in the ten days before today.
    plain = re.sub(r"told [5-8] bars", "told some bars", plain)
    return "\n".join(line.rstrip() for line in plain.strip().splitlines())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARENA_HOME", raising=False)
    return tmp_path


@pytest.fixture
def openrouter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The five models' configuration as it is, but for the server's address and the market."""
    text = (Path(configs.__path__[0]) / "arena.yaml").read_text(encoding="utf-8")
    listed = [
        {
            "id": model,
            "context_length": 200_000,
            "pricing": {"prompt": "0.000003", "completion": "0.000015"},
            "supported_parameters": ["tools", "structured_outputs"],
        }
        for model in re.findall(r"^    model: (\S+)", text, flags=re.MULTILINE)
    ]
    with ModelServer(competent_model, models=listed) as server:
        text = text.replace("https://openrouter.ai/api/v1", server.base_url)
        # The simulated market stands alone, so the live feeds' chain goes with the other vendors.
        text = re.sub(r"^  chains:\n(?:    .*\n)+", "", text, flags=re.MULTILINE)
        yield re.sub(r"vendors:.*", "vendors: [simulated]", text)


def test_the_demo_prints_what_the_readme_shows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo"]) == 0
    (shown,) = blocks("text")
    assert without_ids(capsys.readouterr().out) == without_ids(shown)


@pytest.mark.slow
def test_the_readmes_commands_run(
    folder: Path, openrouter: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = folder / "arena.yaml"
    own.write_text(openrouter, encoding="utf-8")
    for command in commands():
        words = shlex.split(command)
        if command in NOT_RUN_HERE:
            continue
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            monkeypatch.setenv(name, value)
        elif words[0] == "make":
            subprocess.run(["make", "-n", words[1]], cwd=PROJECT, check=True, capture_output=True)
        elif words[:2] == ["python", "examples/compare_models.py"]:
            monkeypatch.setattr(sys, "argv", [str(PROJECT / words[1]), *words[2:]])
            runpy.run_path(str(PROJECT / words[1]), run_name="__main__")
        elif words[0] == "arena":
            if words[1:] == ["config", "init"]:
                own.unlink()
            if "ID" in words:
                run(["chat", "list", "--json"])
                chat_id = re.findall(r'"id": "([^"]+)"', capsys.readouterr().out)[0]
                words = [chat_id if word in ("ID", "OTHER_ID") else word for word in words]
            assert run(words[1:]) == 0, (command, capsys.readouterr().err)
            assert any(capsys.readouterr()), command
        else:
            pytest.fail(f"nothing here runs `{command}`")


def test_what_is_shown_of_commands_is_what_they_print(
    folder: Path, openrouter: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "arena.yaml").write_text(openrouter, encoding="utf-8")
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-0123456789")
    assert run(["models"]) == 0
    shown = blocks("console")
    assert len(shown) == 3
    for block in shown:
        command, _, printed = block.partition("\n")
        if "--replay" in command:
            assert run(["demo"]) == 0
        capsys.readouterr()
        assert run(shlex.split(command)[2:]) == 0
        assert without_ids(capsys.readouterr().out) == without_ids(printed)


def test_the_settings_shown_are_settings(folder: Path) -> None:
    for settings in blocks("yaml"):
        file = folder / "arena.yaml"
        file.write_text(
            f"contestants:\n  - {{name: m, kind: rehearsal, style: momentum}}\n{settings}", encoding="utf-8"
        )
        assert run(["config", "check", str(file)]) == 0


def test_the_readmes_script_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (script,) = blocks("python")
    exec(compile(script, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5 + 1 + 5
    assert lines[0].startswith("cautious decision ")


def test_every_file_that_is_linked_to_is_there_and_every_page_is_linked_to() -> None:
    link = re.compile(r"\]\((?!http)([^)#]+)[^)]*\)")
    linked = {(path.parent / found).resolve() for path, page in PAGES.items() for found in link.findall(page)}
    assert all(path.exists() for path in linked)
    assert linked >= PAGES.keys() - {PROJECT / "README.md"}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"`make (\w+)`", "".join(PAGES.values()))) | {
        c.split()[1] for c in commands() if c.startswith("make ")
    }
    assert {"demo", "test", "bench"} <= targets
    for target in targets:
        subprocess.run(["make", "-n", target], cwd=PROJECT, check=True, capture_output=True, env=dict(os.environ))
