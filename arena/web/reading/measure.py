"""What the pages measure a season against: its own benchmark, or, of an import, the one it brought with it."""

from collections.abc import Sequence
from datetime import date

from arena.metrics.benchmark import Benchmark
from arena.metrics.report import Season
from arena.rounds.measure import at_kept_closes, own_benchmark
from arena.store import Store


def benchmark_ticker(store: Store, stored: Season) -> str | None:
    """What was planned, or, without a plan, the one ticker that has closes and that nobody decided on or traded."""
    if store.plan(stored.name) is not None:
        return own_benchmark(store, stored.name)
    traded = {getattr(event, "ticker", None) for event in stored.events}
    asked = {ticker for round_ in store.rounds(stored.name) for ticker in round_.tickers}
    others = sorted({mark.ticker for mark in stored.marks} - traded - asked)
    return others[0] if len(others) == 1 else None


def measured_against(
    store: Store, season: str, ticker: str | None, sessions: Sequence[date]
) -> tuple[Benchmark | None, tuple[str, ...]]:
    """A ticker's kept closes as a benchmark over the sessions, and what is missing of it; no vendor is asked."""
    if ticker is None or not sessions:
        return None, ()
    return at_kept_closes(store, season, ticker, sessions)
