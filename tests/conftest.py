"""What every test may lean on: the recorded data, and no way out but loopback."""

import os
import signal
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded real data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("ARENA_TEST_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recorded data at {folder}; set ARENA_TEST_DATA to its folder")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:
    """Also where a shell started the tests in its background, which ignores it, and so would all they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as where there is no terminal, whoever runs the tests, and no key leaks in."""
    for variable in ("COLUMNS", "LINES", "ARENA_HOME", "OPENROUTER_API_KEY", "ALPHAVANTAGE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
