"""One contestant's season: its curve, its trades and its decisions as figures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from arena.metrics import returns as r
from arena.metrics import trading
from arena.metrics.benchmark import Benchmark
from arena.metrics.calibration import brier, reliability
from arena.metrics.definitions import DEFINITIONS
from arena.metrics.equity import Curve, Point, equity_points, ruined
from arena.metrics.opinions import Judgement, Opinion, mean_confidence
from arena.metrics.resampling import Interval, interval
from arena.metrics.returns import Series
from arena.metrics.significance import deflated_sharpe
from arena.records.performance import Drawdown, Figure, FigureName, Performance, Range, ReliabilityBin
from arena.records.standing import Tally
from arena.records.trading import Fill

LEAST_SESSIONS = 20
"""Returns below which nothing is estimated, and forecasts below which nothing is said of calibration: about a month.

Lo, "The Statistics of Sharpe Ratios", Financial Analysts Journal 58(4), 2002: with 20 returns the standard error of
a Sharpe ratio a year is still about 3.5.
"""

SEED = 0
"""Of every bootstrap, so that the same season gives the same report."""


_NO_SESSION, _NO_TRADE = "no session has passed yet", "no trade was closed yet"
_NEVER_MOVED, _NEVER_FELL, _NEVER_TRADED = "equity never moved", "equity never fell", "it never traded"
_OF_RETURNS: tuple[FigureName, ...] = ("annualised_return", "volatility", "sharpe", "deflated_sharpe", "sortino")
_TO_RISK: tuple[FigureName, ...] = ("sharpe", "deflated_sharpe", "sortino", "calmar")


class Evidence(NamedTuple):
    """All that is known of one contestant's season."""

    curve: Curve
    fills: Sequence[Fill]
    opinions: Sequence[Opinion]
    judged: Judgement
    tally: Tally
    cutoff: date | None
    agreed: Sequence[float]
    """How often it agreed with each other contestant, 0 to 1."""


class Yardstick(NamedTuple):
    """What is the same for all contestants."""

    a_year: int
    """Sessions a year."""
    benchmark: Benchmark | None
    ratios: Sequence[float]
    """Everybody's Sharpe ratios a session, of those with enough sessions who have traded."""


class _Found(NamedTuple):
    value: float | None
    missing: str = ""
    """Why there is no value."""
    note: str = ""
    """What the value leaves out."""
    rests_on: int | None = None
    range: Range | None = None


def returns_of(points: Sequence[Point]) -> Series:
    """The returns between a curve's points, which are all above zero."""
    return r.simple_returns([float(point.equity) for point in points])


def grown(points: Sequence[Point]) -> float | None:
    """The total return of a curve that may have fallen to zero or below; None for one of a single point."""
    return float(points[-1].equity / points[0].equity - 1) if len(points) > 1 else None


def performance(evidence: Evidence, yardstick: Yardstick) -> Performance:
    """One contestant's season in figures, each with what it means."""
    points, cutoff = evidence.curve.points, evidence.cutoff
    found = {**_of_returns(points, yardstick), **_of_trades(evidence), **_of_decisions(evidence)}
    if not evidence.curve.book.fills:
        # Interest on cash that was never risked has hardly any spread: a ratio to it would look like certain skill.
        found |= {name: found[name]._replace(value=None, missing=_NEVER_TRADED, range=None) for name in _TO_RISK}
    size = max(len(points) - 1, 0)
    enough = len(evidence.judged.forecasts) >= LEAST_SESSIONS
    return Performance(
        contestant=evidence.curve.book.contestant,
        labels=evidence.tally.labels,
        figures=tuple(_figure(name, found[name], size) for name in DEFINITIONS),
        drawdown=drawdown(points),
        curve=equity_points(points, cutoff),
        reliability=tuple(
            ReliabilityBin(**one._asdict()) for one in (reliability(evidence.judged.forecasts) if enough else ())
        ),
        forecasts=len(evidence.judged.forecasts),
        unjudged=evidence.judged.unjudged,
        cost=evidence.tally.cost,
        knowledge_cutoff=cutoff,
        known_sessions=sum(cutoff is not None and point.session <= cutoff for point in points[1:]),
    )


def range_of(found: Interval | None) -> Range | None:
    """An interval as a record."""
    return None if found is None else Range(low=found.low, high=found.high, level=found.level)


def drawdown(points: Sequence[Point]) -> Drawdown | None:
    """The deepest fall with its dates; None where equity never fell."""
    equity = [float(point.equity) for point in points]
    if (places := r.deepest(equity)) is None:
        return None
    high, low, recovered = places
    return Drawdown(
        depth=equity[low] / equity[high] - 1,
        high=points[high].session,
        low=points[low].session,
        recovered=None if recovered is None else points[recovered].session,
    )


def _figure(name: FigureName, found: _Found, size: int) -> Figure:
    words = DEFINITIONS[name]
    value, note, spread = found.value, found.note if found.value is not None else found.missing, found.range
    if words.estimate and name != "brier_score" and size < LEAST_SESSIONS:
        value, spread, note = None, None, f"not enough data: {size} sessions of {LEAST_SESSIONS}"
    return Figure(
        name=name,
        unit=words.unit,
        value=value,
        range=spread,
        rests_on=found.rests_on,
        note=note,
        definition=words.text,
        source=words.source,
    )


def _of_returns(points: Sequence[Point], yardstick: Yardstick) -> Mapping[FigureName, _Found]:
    carried = sum(point.carried > 0 for point in points)
    old = f"{carried} of {len(points)} sessions rest on a price of an earlier one" if carried else ""
    if (end := ruined(points)) is not None:
        return _of_ruin(points, end, old)
    returns, a_year = returns_of(points), yardstick.a_year
    enough = returns.size >= LEAST_SESSIONS

    def yearly(figure: Callable[[Series, int], float | None]) -> Callable[[Series], float | None]:
        return lambda some: figure(some, a_year)

    def ranged(figure: Callable[[Series], float | None]) -> Range | None:
        return range_of(interval(returns, figure, seed=SEED)) if enough else None

    found: dict[FigureName, _Found] = {
        "total_return": _Found(r.total_return(returns), _NO_SESSION, old, range=ranged(r.total_return)),
        "annualised_return": _Found(r.annualised_return(returns, a_year)),
        "volatility": _Found(r.volatility(returns, a_year)),
        "sharpe": _Found(r.sharpe(returns, a_year), _NEVER_MOVED, range=ranged(yearly(r.sharpe))),
        "deflated_sharpe": _Found(deflated_sharpe(returns, yardstick.ratios), _NEVER_MOVED),
        "sortino": _Found(r.sortino(returns, a_year), _NEVER_FELL),
        "calmar": _Found(r.calmar(returns, a_year), _NEVER_FELL),
        "maximum_drawdown": _Found(r.depth(returns), _NO_SESSION, old),
        **_against(points, returns, yardstick),
    }
    return {
        name: one if one.rests_on is not None else one._replace(rests_on=returns.size) for name, one in found.items()
    }


def _of_ruin(points: Sequence[Point], end: date, old: str) -> Mapping[FigureName, _Found]:
    """What is left to be said of a book that was worth nothing at some close: what it came to, and how deep it fell."""
    why = f"equity fell to zero or below at the close of {end}: returns have no base since"
    fall, size = drawdown(points), len(points) - 1
    found = {
        **dict.fromkeys((*_OF_RETURNS, "calmar", "alpha", "beta"), _Found(None, why)),
        "total_return": _Found(grown(points), note=old),
        "maximum_drawdown": _Found(fall.depth if fall else None, note=old),
    }
    return {name: one._replace(rests_on=size) for name, one in found.items()}


def _against(points: Sequence[Point], returns: Series, yardstick: Yardstick) -> Mapping[FigureName, _Found]:
    benchmark = yardstick.benchmark
    if benchmark is None:
        return dict.fromkeys(("alpha", "beta"), _Found(None, "no benchmark was named"))
    known = benchmark.known(points)
    others = benchmark.returns([point.session for point in known])
    if others is None:
        return dict.fromkeys(("alpha", "beta"), _Found(None, f"{benchmark.name} has no price at the start"))
    if others.size < returns.size and others.size < LEAST_SESSIONS:
        few = f"not enough data: {benchmark.name} has closes of {others.size} sessions of {LEAST_SESSIONS}"
        return dict.fromkeys(("alpha", "beta"), _Found(None, few, rests_on=others.size))
    alpha, beta = r.alpha_beta(returns[: others.size], others, yardstick.a_year)
    still = f"{benchmark.name} never moved"
    cut = f"{benchmark.name} has no close after {known[-1].session}" if others.size < returns.size else ""
    return {
        "alpha": _Found(alpha, still, cut, rests_on=others.size),
        "beta": _Found(beta, still, cut, rests_on=others.size),
    }


def _of_trades(evidence: Evidence) -> Mapping[FigureName, _Found]:
    points, book, cost = evidence.curve.points, evidence.curve.book, evidence.tally.cost
    after = float((points[-1].equity - cost.known) / book.start_cash - 1) if points else None
    at_most = f"at most: what {cost.unknown_calls} calls cost is unknown" if cost.unknown_calls else ""
    closed = book.closed_trades
    rate, factor = trading.win_rate(closed), trading.profit_factor(closed)
    return {
        "win_rate": _Found(rate, _NO_TRADE, rests_on=len(closed)),
        "profit_factor": _Found(factor, "no trade lost" if closed else _NO_TRADE, rests_on=len(closed)),
        "turnover": _Found(trading.turnover(evidence.fills, points), _NO_SESSION, rests_on=len(evidence.fills)),
        "exposure": _Found(trading.exposure(points), _NO_SESSION, rests_on=max(len(points) - 1, 0)),
        "return_after_cost": _Found(after, _NO_SESSION, at_most),
    }


def _of_decisions(evidence: Evidence) -> Mapping[FigureName, _Found]:
    forecasts, tally, agreed = evidence.judged.forecasts, evidence.tally, evidence.agreed
    asked = tally.decisions + tally.abstentions
    said = sum(one.confidence is not None for one in evidence.opinions)
    few = f"not enough data: {len(forecasts)} judged decisions of {LEAST_SESSIONS}"
    score = brier(forecasts) if len(forecasts) >= LEAST_SESSIONS else None
    return {
        "mean_confidence": _Found(mean_confidence(evidence.opinions), "no decision states a confidence", rests_on=said),
        "brier_score": _Found(score, few, rests_on=len(forecasts)),
        "coverage": _Found(tally.decisions / asked if asked else None, "nothing was asked", rests_on=asked),
        "agreement": _Found(float(np.mean(agreed)) if agreed else None, "nobody else decided on the same"),
    }
