"""What the pages measure a season against; no vendor is asked for it."""

from collections.abc import Sequence
from datetime import date

from arena.metrics.benchmark import Benchmark
from arena.rounds.measure import at_kept_closes
from arena.store import Store


def measured_against(
    store: Store, season: str, ticker: str | None, sessions: Sequence[date]
) -> tuple[Benchmark | None, tuple[str, ...]]:
    """A ticker's kept closes as a benchmark over the sessions, and what is missing of it; no vendor is asked."""
    if ticker is None or not sessions:
        return None, ()
    return at_kept_closes(store, season, ticker, sessions)
