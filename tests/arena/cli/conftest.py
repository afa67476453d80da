"""The command line in-process, in an empty folder, and one demo round for all who only read."""

import contextlib
import io
from typing import NamedTuple

import pytest

from arena.cli import run


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, and an environment without the arena's variables."""
    for name in ("ARENA_HOME", "OPENROUTER_API_KEY", "ALPHAVANTAGE_API_KEY"):
        # Set first, so that what a .env brings in is taken out again.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def arena(folder, capsys):
    """Runs one command line."""

    def call(*argv):
        capsys.readouterr()
        code = run([str(word) for word in argv])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """The home of a demo round, to read only."""
    home = tmp_path_factory.mktemp("played") / "home"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run(["demo", "--home", str(home)]) == 0
    return home
