"""What a season is measured against: its own benchmark, at the closes that are kept."""

from collections.abc import Sequence
from datetime import date

from arena.metrics.benchmark import Benchmark
from arena.metrics.report import Season
from arena.records.trading import Mark
from arena.store import Store


def benchmark_of_season(store: Store, stored: Season) -> Benchmark | None:
    """The season's own benchmark; None where it has none, or no close of it is kept."""
    ticker = _ticker(store, stored)
    return None if ticker is None else kept_benchmark(stored, ticker)


def kept_benchmark(stored: Season, ticker: str) -> Benchmark | None:
    """A ticker's closes as a benchmark, at its price as traded; None where none is kept."""
    closes = [mark for mark in stored.marks if mark.ticker == ticker]
    return _grown(ticker, closes) if closes else None


def _ticker(store: Store, stored: Season) -> str | None:
    """What was planned, or, of an import, the one ticker that has closes and was never decided on."""
    if (plan := store.plan(stored.name)) is not None:
        return plan.benchmark
    traded = {getattr(event, "ticker", None) for event in stored.events}
    asked = {ticker for round_ in store.rounds(stored.name) for ticker in round_.tickers}
    others = sorted({mark.ticker for mark in stored.marks} - traded - asked)
    return others[0] if len(others) == 1 else None


def _grown(ticker: str, marks: Sequence[Mark]) -> Benchmark:
    closes: dict[date, float] = {mark.session: float(mark.close) for mark in marks}
    sessions = tuple(sorted(closes))
    first = closes[sessions[0]]
    return Benchmark(name=ticker, sessions=sessions, levels=tuple(closes[day] / first for day in sessions))
