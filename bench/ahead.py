"""What it saves that the research of later rounds runs ahead, with a model that takes its time.

    python -m bench.ahead [--delay SECONDS] [--sessions N] [--contestants N] [--tickers N]

A loopback server answers every call after the delay. A desk's longest chain is seven calls: four of research, three
of those who trade. So the least a season can take follows from how far research runs ahead, and is printed beside
what it took. The market is simulated; the model client, the graphs, the store and the tape are real.
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market import calendar
from bench.competent_model import competent_model
from bench.model_server import ModelServer

RESEARCH, REST = 4, 3
"""Calls on the longest chain of each half of a desk: an analyst asks twice, and every debate is one round."""

TICKERS = ("AAPL", "AMZN", "MSFT", "NVDA", "TSLA")
START = date(2025, 7, 1)


def main() -> None:
    """Measure, and print the times beside their bounds."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--delay", type=float, default=0.5, help="seconds every model call takes")
    options.add_argument("--sessions", type=int, default=10)
    options.add_argument("--contestants", type=int, default=5)
    options.add_argument("--tickers", type=int, default=2)
    chosen = options.parse_args()
    size = {"sessions": chosen.sessions, "contestants": chosen.contestants, "tickers": chosen.tickers}
    print(", ".join(f"{number} {name}" for name, number in size.items()), f"and {chosen.delay:g} s a call")
    print("ahead    seconds    bound    ratio    of the time without    by arithmetic")
    with ModelServer(competent_model, delay=chosen.delay) as server, tempfile.TemporaryDirectory() as folder:
        # The first season of a process pays for imports and the calendar; it is not what is measured.
        played(server.base_url, Path(folder) / "warm-up", ahead=0, sessions=1, contestants=1, tickers=1)
        took, least = {}, {}
        for ahead in (0, 1, 2):
            took[ahead] = played(server.base_url, Path(folder) / str(ahead), ahead=ahead, **size)
            least[ahead] = chosen.delay * bound(chosen.sessions, ahead)
            ratio, saved, expected = took[ahead] / least[ahead], took[ahead] / took[0], least[ahead] / least[0]
            print(
                f"{ahead:5}{took[ahead]:11.2f}{least[ahead]:9.2f}{ratio:9.2f}{saved:23.2f}{expected:17.2f}", flush=True
            )


def bound(rounds: int, ahead: int) -> int:
    """The calls on the longest chain of a season of so many rounds whose research runs so far ahead.

    A round begins when the one before is over and its research is done; its research begins with the round that is
    `ahead` before it, or with the first.
    """
    began, over = [0], RESEARCH + REST
    for number in range(1, rounds):
        researched = began[max(0, number - ahead)] + RESEARCH if ahead else over + RESEARCH
        began.append(max(over, researched))
        over = began[-1] + REST
    return over


def played(base_url: str, home: Path, *, ahead: int, sessions: int, contestants: int, tickers: int) -> float:
    """The seconds a season took."""
    config = ArenaConfig.model_validate(
        {
            "season": "bench",
            "home": home,
            "endpoints": {"loopback": {"base_url": base_url}},
            "contestants": [
                {"name": f"contestant-{number}", "endpoint": "loopback", "model": f"maker/model-{number}"}
                for number in range(contestants)
            ],
            "market": {"vendors": ["simulated"]},
            "limits": {"ahead": ahead},
        }
    )
    end = calendar.session_back(START, 1 - sessions)
    with Arena(config, environ={}) as arena:
        began = time.perf_counter()
        arena.season_run(TICKERS[:tickers], START, end, benchmark="none")
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
