"""Where the CPU goes, by part: a sample of the main thread's stack for every four milliseconds of CPU that are used.

The clock is the process's CPU, so that waiting is not counted. A sample counts for the innermost frame that
belongs to a known part; what the standard library does counts for who called it. What other threads use (the
store's, the tape's, asyncio's own) is told as one sum.
"""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

EVERY = 0.004

PARTS: tuple[tuple[str, str], ...] = (
    ("HTTP client", "/httpx2/"),
    ("HTTP client", "/httpcore2/"),
    ("HTTP client", "/h11/"),
    ("HTTP client", "/anyio/"),
    ("HTTP client", "/aiohttp/"),
    ("HTTP client", "/arena/llm/transport.py"),
    ("model client", "/arena/llm/"),
    ("openai package", "/openai/"),
    ("langchain-openai", "/langchain_openai/"),
    ("LangChain", "/langchain_core/"),
    ("LangSmith", "/langsmith/"),
    ("LangGraph", "/langgraph/"),
    ("pydantic", "/pydantic/"),
    ("roles and prompts", "/agents/"),
    ("roles and prompts", "/prompts/"),
    ("check of figures", "/arena/evidence/"),
    ("tape", "/arena/tape/"),
    ("trace and record", "/arena/trace.py"),
    ("trace and record", "/arena/call_records.py"),
    ("trace and record", "/arena/calls.py"),
    ("trace and record", "/arena/contest.py"),
    ("trace and record", "/arena/transcript.py"),
    ("trace and record", "/arena/records/"),
    ("market", "/arena/market/"),
    ("round", "/arena/rounds/"),
    ("round", "/graphs/"),
    ("store", "/arena/store/"),
    ("event loop", "/asyncio/base_events.py"),
)
"""A part by what is in the path of its files, the first that fits."""

_WAITING = "/selectors.py"
OTHER_THREADS = "other threads"

CLIENT_AND_GRAPH = frozenset(
    {
        "HTTP client",
        "model client",
        "openai package",
        "langchain-openai",
        "LangChain",
        "LangSmith",
        "LangGraph",
        "pydantic",
        "roles and prompts",
        "event loop",
    }
)
"""What it takes to ask the models and to go from role to role: not the facts, the checks, the record and the store."""


class Samples:
    """What was seen."""

    def __init__(self) -> None:
        self.by_part: Counter[str] = Counter()
        self.by_function: Counter[str] = Counter()

    def shared_out(self, main: float, others: float) -> dict[str, float]:
        """The seconds of CPU of the main thread by part, the most first, and those of all other threads together.

        The kernel counts in ticks of the whole process, so samples are shares of what the main thread did.
        """
        whole = self.by_part.total() or 1
        shares = {part: round(main * count / whole, 4) for part, count in self.by_part.most_common()}
        return {**shares, OTHER_THREADS: round(others, 4)}

    def take(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 -- a signal's handler
        """Count what the main thread is doing."""
        if frame is not None and frame.f_code.co_filename.endswith(_WAITING):
            return
        while frame is not None:
            if part := part_of(frame.f_code.co_filename):
                self.by_part[part] += 1
                self.by_function[f"{part}: {frame.f_code.co_filename[-40:]} {frame.f_code.co_qualname}"] += 1
                return
            frame = frame.f_back
        self.by_part["the rest"] += 1


@cache
def part_of(file: str) -> str | None:
    """The part a file belongs to; None for one of no part."""
    return next((part for part, path in PARTS if path in file), None)


@contextmanager
def sampled() -> Iterator[Samples]:
    """Sample what runs inside, in the main thread."""
    samples = Samples()
    before = signal.signal(signal.SIGPROF, samples.take)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield samples
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
