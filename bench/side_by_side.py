"""How much longer twenty contestants take than one, when every model call takes a second.

    python -m bench.side_by_side [--delay SECONDS] [--contestants N]

A loopback server answers every call after the delay, so the time of a lone desk is that of its longest
chain of calls. What twenty desks at once take beyond it is the arena's own doing: the target is a ratio
of at most 1.2. The market is simulated; the model client, the graphs, the store and the archive are real.
"""

import argparse
import tempfile
import time
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.standing import RoundResult
from bench.competent_model import competent_model
from bench.model_server import ModelServer

TARGET = 1.2


def main() -> None:
    """Measure, and print the ratio beside its target."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--delay", type=float, default=1.0, help="seconds every model call takes")
    options.add_argument("--contestants", type=int, default=20)
    chosen = options.parse_args()
    with ModelServer(competent_model, delay=chosen.delay) as server, tempfile.TemporaryDirectory() as folder:
        # The first round of a process pays for imports and the calendar; it is not what is measured.
        played(1, server.base_url, Path(folder) / "warm-up")
        one, result = played(1, server.base_url, Path(folder) / "one")
        many, results = played(chosen.contestants, server.base_url, Path(folder) / "many")
    decided = sum(chat.outcome.kind == "decision" for chat in results.chats)
    calls = len(result.chats[0].calls)
    print(f"one contestant          {one:6.2f} s  ({calls} calls, {one / chosen.delay:.2f} delays)")
    print(f"{chosen.contestants:3d} contestants         {many:6.2f} s  ({decided} decided)")
    print(f"ratio                   {many / one:6.2f}    (target: at most {TARGET})")


def played(contestants: int, base_url: str, home: Path) -> tuple[float, RoundResult]:
    """The seconds one round of so many contestants took, and what came of it."""
    config = ArenaConfig.model_validate(
        {
            "home": home,
            "as_of": "2025-10-14",
            "endpoints": {"loopback": {"base_url": base_url}},
            "contestants": [
                {"name": f"contestant-{number:02d}", "endpoint": "loopback", "model": f"maker/model-{number}"}
                for number in range(contestants)
            ],
            "market": {"vendors": ["simulated"]},
        }
    )
    with Arena(config, environ={}) as arena:
        began = time.perf_counter()
        result = arena.run(["NVDA"])
        return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
