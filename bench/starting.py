"""How long the command line takes to answer: medians of whole processes, with their byte code cached."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.lines import Line

RUNS = 9

ARENA = Path(sys.executable).with_name("arena")

IMPORTS = ("arena.app", "arena.cli", "arena.store")


def starting() -> Iterator[Line]:
    """`arena --help`, `arena board` on a stored season, and what modules take to import."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = _surroundings(Path(folder))
        home = Path(folder) / "home"
        _seconds(surroundings, str(ARENA), "demo", "--home", str(home))
        for name, bound, words in (
            ("arena --help", 0.25, ("--help",)),
            ("arena board, of a stored season", 0.6, ("board", "--season", "demo", "--home", str(home))),
        ):
            yield Line(name, _median(surroundings, str(ARENA), *words), "s", bound)
        nothing = _median(surroundings, "-c", "pass")
        yield Line("python, doing nothing", nothing, "s")
        for module in IMPORTS:
            yield Line(f"import {module}, beyond that", _median(surroundings, "-c", f"import {module}") - nothing, "s")


def _surroundings(folder: Path) -> Mapping[str, str]:
    """The environment, with a cache of byte code of its own: whatever is set here, and nothing is left behind."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "byte-code")}


def _median(surroundings: Mapping[str, str], *words: str) -> float:
    _seconds(surroundings, *words)
    return round(statistics.median(_seconds(surroundings, *words) for _ in range(RUNS)), 3)


def _seconds(surroundings: Mapping[str, str], *words: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], env=dict(surroundings), capture_output=True, check=True)
    return time.perf_counter() - began
