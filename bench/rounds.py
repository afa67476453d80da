"""Rounds against the loopback model, held to the bound: calls on the longest chain times the delay of a call."""

from collections.abc import Iterator

from bench.lines import Line
from bench.playing import Played, measured
from bench.sampling import CLIENT_AND_GRAPH


def desk() -> Iterator[Line]:
    """One desk, a second a call."""
    yield from _lines(measured(contestants=1), ratio=1.05)


def five() -> Iterator[Line]:
    """Five contestants on one ticker, a second a call."""
    played = measured(contestants=5)
    yield from _lines(played, ratio=1.05, chain=7, characters=80_000)
    yield Line("CPU of the whole round", played.cpu, "s", 0.4)


def turns() -> Iterator[Line]:
    """The same with `debate.style: turns`."""
    yield from _lines(measured(contestants=5, style="turns"), ratio=1.05, chain=10, characters=80_000)


def long_answers() -> Iterator[Line]:
    """Five contestants whose answers have 6,000 characters."""
    yield from _lines(measured(contestants=5, characters=6000), ratio=1.05, chain=7, characters=110_000)


def twenty() -> Iterator[Line]:
    """Twenty contestants on one ticker."""
    yield from _lines(measured(contestants=20), ratio=1.1, chain=7)


def many() -> Iterator[Line]:
    """Five contestants by a hundred tickers, five seconds a call: five hundred desks at once."""
    played = measured(contestants=5, tickers=100, delay=5.0, sampled=1)
    yield from _lines(played, ratio=1.15, chain=7)
    a_desk = {part: 1000 * cpu / played.desks for part, cpu in played.cpu_by_part.items()}
    asking = sum(cpu for part, cpu in a_desk.items() if part in CLIENT_AND_GRAPH)
    yield Line("CPU a desk, client and graph", asking, "ms", 60)
    yield from (Line(f"CPU a desk: {part}", cpu, "ms") for part, cpu in a_desk.items())
    yield Line("resident memory, at the most", played.peak, "MB", 700)


def _lines(played: Played, *, ratio: float, chain: int | None = None, characters: int | None = None) -> Iterator[Line]:
    yield Line("calls on the longest chain", played.chain, "calls", chain)
    yield Line(f"wall time to {played.chain} calls of {played.delay:g} s", played.ratio, "times", ratio)
    yield Line("desks without a decision", played.desks - played.decided, "desks", 0)
    yield Line("calls that failed", played.failed_calls, "calls", 0)
    yield Line("requests a desk", played.requests / played.desks, "requests")
    yield Line("prompt characters a desk", played.prompt_characters / played.desks, "characters", characters)
    yield Line("CPU a desk, with its share of the round", 1000 * played.cpu / played.desks, "ms")
