"""One round against the loopback model, measured: a process of its own for each, so that memory and CPU are its own.

    python -m bench.playing [--contestants N] [--tickers N] [--delay SECONDS] [--characters N] [--style turns]

Before the round that is measured, one desk runs on another ticker without any delay: it pays for imports, the
calendar, the graphs and the store, which a process pays for once. Prints the measurement as JSON.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import NamedTuple

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.records.chat import ModelCall
from arena.records.standing import RoundResult
from bench.sampling import sampled
from bench.server_process import ServerProcess

WARM_UP = date(2025, 10, 13)
"""A session before the one that is measured, which everybody plays: what a contestant's first desk takes beside any
other, its graph and its tools among it, is start-up."""


class Played(NamedTuple):
    """What one round took."""

    desks: int
    decided: int
    calls: int
    failed_calls: int
    """Calls without an answer, and attempts that were made again."""
    chain: int
    """Calls on the longest chain of any desk: none of them begins before the one before has ended."""
    delay: float
    """Seconds a call."""
    seconds: float
    cpu: float
    """Seconds of CPU of the whole process, all its threads, during the round."""
    peak: int
    """The most resident memory of the process, in MB."""
    requests: int
    prompt_characters: int
    cpu_by_part: dict[str, float]
    """Seconds of CPU by part, where the round was sampled; together they are `cpu`."""

    @property
    def bound(self) -> float:
        """Seconds below which nothing can come: the longest chain of calls."""
        return self.chain * self.delay

    @property
    def ratio(self) -> float:
        """Wall-clock time to the bound."""
        return self.seconds / self.bound if self.bound else 0.0


def measured(**options: object) -> Played:
    """Play a round in a process of its own; the options are those of the command line."""
    given = [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run([sys.executable, "-m", "bench.playing", *given], stdout=subprocess.PIPE, check=True)
    return Played(**json.loads(done.stdout))


def main() -> None:
    """Play the round, and print what it took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--contestants", type=int, default=5)
    options.add_argument("--tickers", type=int, default=1)
    options.add_argument("--delay", type=float, default=1.0)
    options.add_argument("--characters", type=int, default=2400)
    options.add_argument("--style", choices=("parallel", "turns"), default="parallel")
    options.add_argument("--sampled", type=int, default=0, help="1 says where the CPU goes, by part")
    options.add_argument("--profile", type=Path, help="write the functions' CPU here, for pstats")
    chosen = options.parse_args()
    with ServerProcess(chosen.characters) as server, tempfile.TemporaryDirectory() as folder:
        config = configuration(server.base_url, Path(folder), chosen.contestants, chosen.style)
        with Arena(config, environ={}) as arena:
            arena.run(["WARM"], as_of=WARM_UP)
            server.answer_after(chosen.delay)
            with sampled() if chosen.sampled else nullcontext() as samples:
                main = time.thread_time()
                result, seconds, cpu = _measured(arena, ticker_names(chosen.tickers), chosen.profile)
                main = time.thread_time() - main
        counts = server.answer_after(0.0)
    by_part = samples.shared_out(main, cpu - main) if samples else {}
    told = _told(result, seconds, cpu, chosen.delay)._replace(cpu_by_part=by_part, **counts._asdict())
    print(json.dumps(told._asdict()))


def configuration(base_url: str, home: Path, contestants: int, style: str) -> ArenaConfig:
    """So many contestants behind the loopback endpoint, on the simulated market; all desks at once."""
    return ArenaConfig.model_validate(
        {
            "home": home,
            "as_of": "2025-10-14",
            "endpoints": {"loopback": {"base_url": base_url}},
            "contestants": [
                {"name": f"contestant-{number:02d}", "endpoint": "loopback", "model": f"maker/model-{number}"}
                for number in range(contestants)
            ],
            "desk": {"debate": {"style": style}, "risk": {"style": style}},
            "market": {"vendors": ["simulated"]},
            "limits": {"desks": 500, "round_seconds": None},
        }
    )


def ticker_names(count: int) -> list[str]:
    """So many tickers, which the simulated market makes up."""
    return [f"T{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(count)]


def longest_chain(calls: Sequence[ModelCall]) -> int:
    """The most calls of which none begins before the one before has ended: earliest end first finds them."""
    spans = sorted((call.started.timestamp() + (call.latency or 0.0), call.started.timestamp()) for call in calls)
    chain, ended = 0, 0.0
    for end, began in spans:
        if began >= ended:
            chain, ended = chain + 1, end
    return chain


def _measured(arena: Arena, tickers: list[str], profile: Path | None) -> tuple[RoundResult, float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    if profile is None:
        result = arena.run(tickers)
    else:
        import cProfile  # noqa: PLC0415 -- only for who asks

        with cProfile.Profile(time.thread_time) as profiler:
            result = arena.run(tickers)
        profiler.dump_stats(profile)
    return result, time.perf_counter() - began, time.process_time() - cpu


def _told(result: RoundResult, seconds: float, cpu: float, delay: float) -> Played:
    calls = [call for chat in result.chats for call in chat.calls]
    return Played(
        desks=len(result.chats),
        decided=sum(chat.outcome.kind == "decision" for chat in result.chats),
        calls=len(calls),
        failed_calls=sum((call.status != "ok") + len(call.retries) for call in calls),
        chain=max(longest_chain(chat.calls) for chat in result.chats),
        delay=delay,
        seconds=round(seconds, 3),
        cpu=round(cpu, 3),
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        requests=0,
        prompt_characters=0,
        cpu_by_part={},
    )


if __name__ == "__main__":
    main()
