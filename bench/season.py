"""What a season takes: time, memory and store size, and what resuming it costs.

    python -m bench.season [--sessions N] [--tickers N] [--prices FOLDER]

Five rehearsal contestants over ten tickers and sixty sessions, with the `files` vendor: over invented prices that are
written to a folder first, or over the folder of Alpha Vantage files that is named. The season is killed half way
and resumed, so that both the whole and what a resumption adds are measured.
"""

import argparse
import csv
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market import calendar
from arena.market.simulated import SimulatedVendor
from arena.records.season import PlayedRound
from bench.lines import Line

TICKERS = ("AAPL", "AMD", "AMZN", "AVGO", "GOOGL", "META", "MSFT", "NFLX", "NVDA", "TSLA")
STYLES = ("momentum", "value", "contrarian", "cautious", "newsreader")
START = date(2025, 7, 1)
HISTORY = date(2024, 5, 1)


def main() -> None:
    """Measure, and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sessions", type=int, default=60)
    options.add_argument("--tickers", type=int, default=len(TICKERS))
    options.add_argument("--prices", type=Path, help="a folder for the files vendor; invented ones when left out")
    options.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--until", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.home is not None:
        play(chosen.home, chosen.prices, chosen.sessions, chosen.tickers, chosen.until)
        return
    with tempfile.TemporaryDirectory() as folder:
        prices = chosen.prices or written(Path(folder) / "prices", chosen.tickers)
        home = Path(folder) / "home"
        asked = [f"--sessions={chosen.sessions}", f"--tickers={chosen.tickers}", f"--prices={prices}", f"--home={home}"]
        half = chosen.sessions // 2
        print(f"{len(STYLES)} contestants, {chosen.tickers} tickers, {chosen.sessions} sessions, files vendor")
        for name, until in ((f"to session {half}, then killed", half), ("resumed to the end", None), ("again", None)):
            began = time.perf_counter()
            process = [sys.executable, "-m", "bench.season", *asked, *([f"--until={until}"] if until else [])]
            told = subprocess.run(process, capture_output=True, text=True, check=until is None).stdout.strip()
            print(f"{name:28} {time.perf_counter() - began:7.1f} s  {told}")
        print(f"{'store':28} {sizes(home)}")


def season() -> Iterator[Line]:
    """A season of sixty sessions: five rehearsal contestants, two tickers, the `files` vendor."""
    sessions, tickers = 60, 2
    with tempfile.TemporaryDirectory() as folder:
        prices, home = written(Path(folder) / "prices", tickers), Path(folder) / "home"
        asked = [f"--sessions={sessions}", f"--tickers={tickers}", f"--prices={prices}", f"--home={home}"]
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-m", "bench.season", *asked], capture_output=True, text=True, check=True
        )
        yield Line("the whole season", time.perf_counter() - began, "s")
        first, last, peak = map(float, re.findall(r"(?:first|last|peak) ([\d.]+)", told.stdout))
        yield Line("the last round to the first", last / first, "times", 1.5)
        yield Line("resident memory, at the most", peak, "MB", 500)
        yield Line("store, archive, tape and snapshots", sum(map(_bytes, _parts(home).values())) / 1e6, "MB")


def play(home: Path, prices: Path, count: int, tickers: int, until: int | None) -> None:
    """Play the season in this process, which ends itself as kill -9 would after so many rounds."""
    config = ArenaConfig.model_validate(
        {
            "season": "bench",
            "home": home,
            "contestants": [{"name": style, "kind": "rehearsal", "style": style} for style in STYLES],
            "market": {"vendors": ["files"], "files": {"folder": prices}},
            "trading": {"position_limit": "0.3"},
        }
    )
    seconds: list[float] = []

    def on_round(played: PlayedRound) -> None:
        seconds.append(played.seconds)
        if until is not None and played.number >= until:
            tell(seconds)
            os.kill(os.getpid(), signal.SIGKILL)

    end = calendar.session_back(START, 1 - count)
    with Arena(config, environ={}) as arena:
        arena.season_run(TICKERS[:tickers], START, end, on_round=on_round, benchmark="none")
        tell(seconds)


def tell(seconds: list[float]) -> None:
    """One line on what this process took."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pace = f"first {seconds[0]:.2f} s, last {seconds[-1]:.2f} s a round" if seconds else "no round to play"
    print(f"{len(seconds)} rounds, {pace}, peak {peak:.0f} MB", flush=True)


def written(folder: Path, tickers: int) -> Path:
    """A folder of invented prices, as traded, for the files vendor."""
    folder.mkdir()
    end = calendar.session_back(START, -80)
    for ticker in TICKERS[:tickers]:
        history = SimulatedVendor(7).prices(ticker, HISTORY, end)
        paid = {dividend.ex_date: dividend.amount for dividend in history.dividends}
        split = {one.ex_date: one.ratio for one in history.splits}
        with (folder / f"{ticker}.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("session", "open", "high", "low", "close", "volume", "dividend", "split"))
            for bar in history.bars:
                more = paid.get(bar.session, 0), split.get(bar.session, "")
                rows.writerow((bar.session, bar.open, bar.high, bar.low, bar.close, bar.volume, *more))
    return folder


def sizes(home: Path) -> str:
    """What the home's parts take on disk."""
    return ", ".join(f"{name} {_bytes(path) / 1e6:.1f} MB" for name, path in _parts(home).items())


def _parts(home: Path) -> dict[str, Path]:
    return {name: home / name for name in ("arena.sqlite", "tape.sqlite", "archive", "snapshots")}


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(f.stat().st_size for f in path.rglob("*") if f.is_file())


if __name__ == "__main__":
    main()
