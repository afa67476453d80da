"""What a thousand small rounds leave on the disk, part by part, and what pruning gives back.

    python -m bench.growth [--rounds N] [--contestants N]

Five rehearsal contestants, or fewer, on one simulated ticker, a round at each session.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market import calendar
from arena.pruning import prune
from bench.lines import Line, print_lines

STYLES = ("momentum", "value", "contrarian", "cautious", "newsreader")
END = date(2025, 10, 14)

MOST = {"arena.sqlite": 700, "tape.sqlite": 100, "archive": 700, "snapshots": 100}
"""kB a round, of five desks on one ticker, as docs/scale.md states them."""

PER_DESK = frozenset({"arena.sqlite", "archive"})
"""What has as many things as there are desks."""


def growth(rounds: int = 1000, contestants: int = len(STYLES)) -> Iterator[Line]:
    """Play the rounds, measure, prune to half the tape, measure again."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        began = time.perf_counter()
        sizes = []
        # Two seasons, one after the other: what was planned of one is not planned otherwise.
        for half, last in (("first", calendar.session_back(END, rounds // 2)), ("second", END)):
            _play(home, half, last, rounds // 2, STYLES[:contestants])
            sizes.append({name: size_of(home / name) for name in MOST})
        yield Line(f"seconds a round, of {rounds}", (time.perf_counter() - began) / rounds, "s")
        for name, most in MOST.items():
            # A snapshot is as large however many see it, and most of the tape is what all are shown.
            share = contestants / len(STYLES) if name in PER_DESK else 1
            yield Line(f"{name}, a round", sizes[1][name] / rounds / 1000, "kB", most * share)
            yield Line(f"{name}, the second half to the first", sizes[1][name] / sizes[0][name] - 1, "times", 1.1)
        kept = sizes[1]["tape.sqlite"] // 2
        told = prune(home, keep_days=None, max_tape=kept, now=datetime.now(UTC)).parts[0]
        yield Line(f"chats pruned for a tape of {kept / 1e6:.1f} MB", told.things, "chats")
        yield Line("tape after it, to what was asked", size_of(home / "tape.sqlite") / kept, "times", 1.05)


def size_of(path: Path) -> int:
    """Bytes of a file with its write-ahead log, or of all files below a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


def _play(home: Path, season: str, last: date, sessions: int, styles: Sequence[str]) -> None:
    config = ArenaConfig.model_validate(
        {
            "season": season,
            "home": home,
            "contestants": [{"name": style, "kind": "rehearsal", "style": style} for style in styles],
            "market": {"vendors": ["simulated"]},
        }
    )
    with Arena(config, environ={}) as arena:
        arena.season_run(["NVDA"], calendar.session_back(last, sessions - 1), last, benchmark="none")


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=1000)
    options.add_argument("--contestants", type=int, default=len(STYLES), choices=range(1, len(STYLES) + 1))
    chosen = options.parse_args()
    print_lines(f"{chosen.rounds} rounds", growth(chosen.rounds, chosen.contestants))


if __name__ == "__main__":
    main()
