"""How much faster rounds are whose desks run in workers: a load of nothing but CPU, by rehearsal desks without delay.

    python -m bench.ray [--tickers N] [--rounds N]

Each measurement is a process of its own that plays a round to warm up, and then some more, of which the quickest
counts: on a machine that does other things too the others say less. Nothing is faster than the cores allow, nor than
what stays in the arena's process allows, which the CPU it takes for a desk tells.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market import calendar
from bench.lines import Line, print_lines
from bench.machine import cores, told

STYLES = ("momentum", "value", "contrarian", "cautious", "newsreader")
TICKERS, ROUNDS = 12, 3
START = date(2025, 9, 2)


class Played(NamedTuple):
    """What rounds took."""

    start: float
    """Seconds of the round to warm up, the start of cluster and workers included."""
    seconds: float
    """Of the quickest round after it."""
    cpu: float
    """Seconds of CPU of the arena's own process in that round."""
    loop: float
    """Of which on the event loop's thread, where one thing happens after the other."""
    desks: int


def workers(tickers: int = TICKERS, rounds: int = ROUNDS) -> Iterator[Line]:
    """Desks in workers of a Ray cluster on this machine, without any delay."""
    if find_spec("ray") is None:
        yield Line("without the extra ray nothing is measured", 0, "")
        return
    here = _measured(0, tickers, rounds)
    yield Line("cores", cores(), "")
    yield Line("desks a second, one process", here.desks / here.seconds, "desks")
    yield Line("CPU a desk, one process", 1000 * here.cpu / here.desks, "ms")
    yield Line("of which on the event loop, one process", 1000 * here.loop / here.desks, "ms")
    for number in dict.fromkeys((1, cores())):
        there = _measured(number, tickers, rounds)
        count = f"{number} worker{'s' if number > 1 else ''}"
        yield Line(f"desks a second, {count}", there.desks / there.seconds, "desks")
        yield Line(f"speed-up by {count}, where {cores()} is all there can be", here.seconds / there.seconds, "times")
        yield Line(f"CPU a desk that stays in the arena's process, {count}", 1000 * there.cpu / there.desks, "ms")
        yield Line(f"of which on the event loop, {count}", 1000 * there.loop / there.desks, "ms")
        yield Line(f"speed-up that the event loop leaves room for, {count}", here.loop / there.loop, "times")
        yield Line(f"first round, start of {count} included", there.start, "s")


def main() -> int:
    """Measure, and print the figures as they come in."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tickers", type=int, default=TICKERS)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--one", type=int, metavar="WORKERS", help="measure only this, 0 for none, as JSON")
    chosen = options.parse_args()
    if chosen.one is not None:
        sys.stdout.write(json.dumps(_played(chosen.one, chosen.tickers, chosen.rounds)))
        return 0
    return 0 if print_lines(f"ray: {told()}", workers(chosen.tickers, chosen.rounds)) else 1


def _measured(number: int, tickers: int, rounds: int) -> Played:
    given = [f"--one={number}", f"--tickers={tickers}", f"--rounds={rounds}"]
    done = subprocess.run([sys.executable, "-m", "bench.ray", *given], stdout=subprocess.PIPE, check=True)
    return Played(*json.loads(done.stdout))


def _played(number: int, tickers: int, rounds: int) -> Played:
    names = [f"T{place:02d}" for place in range(tickers)]
    sessions = calendar.sessions_between(START, calendar.session_back(START, -rounds))
    with tempfile.TemporaryDirectory() as folder, Arena(_config(Path(folder), number), environ={}) as arena:
        took = []
        for session in sessions:
            began = time.monotonic(), time.process_time(), time.thread_time()
            result = arena.run(names, as_of=session)
            ended = time.monotonic(), time.process_time(), time.thread_time()
            seconds, cpu, loop = (end - start for start, end in zip(began, ended, strict=True))
            took.append((seconds, cpu, loop, len(result.chats)))
    return Played(took[0][0], *min(took[1:]))


def _config(home: Path, number: int) -> ArenaConfig:
    return ArenaConfig.model_validate(
        {
            "home": home,
            "contestants": [{"name": style, "kind": "rehearsal", "style": style} for style in STYLES],
            "market": {"vendors": ["simulated"]},
            "memory": {"enabled": False},
            **({"executor": {"kind": "ray", "workers": number}} if number else {}),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
