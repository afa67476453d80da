"""A whole season in numbers: everybody's performance, who can be told from whom, and with what left out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from arena.metrics import returns as r
from arena.metrics.benchmark import Benchmark
from arena.metrics.equity import Curve, Point, equity_curves, ruined
from arena.metrics.masks import masked_pairs
from arena.metrics.opinions import Closes, Opinion, agreements, judge
from arena.metrics.performance import (
    LEAST_SESSIONS,
    SEED,
    Evidence,
    Yardstick,
    grown,
    performance,
    range_of,
    returns_of,
)
from arena.metrics.replicas import variance_split
from arena.metrics.resampling import LEVEL, interval
from arena.metrics.returns import Series
from arena.metrics.significance import groups, paired_difference
from arena.records.market import Split
from arena.records.performance import Agreement, Chance, Comparison, Placing, Range, SeasonReport
from arena.records.replica import listed
from arena.records.standing import Tally
from arena.records.trading import Fill, LedgerEvent, Mark

_NO_TWINS: Mapping[str, str] = MappingProxyType({})
_NO_SPLITS: Mapping[str, Sequence[Split]] = MappingProxyType({})
_NOBODY: Mapping[str, Curve] = MappingProxyType({})


class Season(NamedTuple):
    """All that a report is made of."""

    name: str
    events: Sequence[LedgerEvent]
    marks: Sequence[Mark]
    """As traded; one a ticker and session at most."""
    opinions: Sequence[Opinion]
    """The newest decision of each contestant on each ticker and session."""
    tallies: Sequence[Tally]
    sessions: Sequence[date]
    """The calendar's, in order, from the one before the first event to the last mark's."""
    cutoffs: Mapping[str, date]
    """Knowledge cutoffs by contestant, of those who state one."""
    splits: Mapping[str, Sequence[Split]] = _NO_SPLITS
    """By ticker, to compare prices across them."""
    splits_since: Mapping[str, date] = MappingProxyType({})
    """The session by ticker from which on `splits` has all of them; always where it is left out."""
    a_year: int = r.SESSIONS_A_YEAR
    random: Sequence[str] = ()
    """The contestants that trade by chance."""
    twins: Mapping[str, str] = _NO_TWINS
    """Masked contestants and the same ones without their mask, as they are configured."""


def season_report(season: Season, benchmark: Benchmark | None = None, horizon: int = 1) -> SeasonReport:
    """The report of a season; `horizon` is in how many sessions a decision is judged by the price.

    Contestants are compared over the sessions they share; those whose book was worth nothing at some close are
    ranked by what they came to, and compared with nobody. LedgerError where the events break an invariant.
    """
    curves = equity_curves(season.events, season.marks, season.sessions)
    agreed = agreements(season.opinions)
    whole = {name: curve for name, curve in curves.items() if ruined(curve.points) is None}
    lost = {name: curve for name, curve in curves.items() if name not in whole}
    returns = {name: returns_of(curve.points) for name, curve in whole.items()}
    yardstick = Yardstick(season.a_year, benchmark, _ratios(returns[n] for n, c in whole.items() if c.book.fills))
    evidence = _evidence(season, curves, agreed, horizon)
    latest = max((season.cutoffs[name] for name in curves if name in season.cutoffs), default=None)
    shared = _shared(whole)
    after = {name: _after(curve.points, latest) for name, curve in whole.items()} if latest else {}
    points = [point.session for curve in curves.values() for point in curve.points]
    return SeasonReport(
        season=season.name,
        first=min(points, default=None),
        last=max(points, default=None),
        least_sessions=LEAST_SESSIONS,
        horizon=horizon,
        benchmark=benchmark.name if benchmark else None,
        trials=len(yardstick.ratios),
        performances=tuple(performance(evidence[name], yardstick) for name in curves),
        standings=_standings(returns, lost),
        standings_after_cutoff=_standings({name: returns_of(points) for name, points in after.items()}),
        latest_cutoff=latest,
        chance=_chance(returns, season.random),
        replicas=variance_split(_of_models(season, whole)),
        masks=masked_pairs({name: _by_session(curve) for name, curve in whole.items()}, season.twins),
        differences=_differences(whole),
        groups=groups(shared, seed=SEED) if shared else (),
        agreements=agreed,
        benchmark_differences=_from_benchmark(whole, benchmark) if benchmark else (),
        notes=(
            *_few(returns, shared),
            *_few_by_chance(returns, season.random),
            *_lost(lost),
            *_contamination(season, curves, latest),
        ),
    )


def _ratios(returns: Iterable[Series]) -> list[float]:
    ratios = (r.sharpe(one, 1) for one in returns if one.size >= LEAST_SESSIONS)
    return [ratio for ratio in ratios if ratio is not None]


def _evidence(
    season: Season, curves: Mapping[str, Curve], agreed: Sequence[Agreement], horizon: int
) -> dict[str, Evidence]:
    closes, tallies = (
        Closes(season.marks, season.splits, season.splits_since),
        {tally.contestant: tally for tally in season.tallies},
    )
    said, fills = defaultdict(list), defaultdict(list)
    for opinion in season.opinions:
        said[opinion.contestant].append(opinion)
    for event in season.events:
        if isinstance(event, Fill):
            fills[event.contestant].append(event)
    return {
        name: Evidence(
            curve=curve,
            fills=fills[name],
            opinions=said[name],
            judged=judge(said[name], closes, season.sessions, horizon),
            tally=tallies.get(name, Tally(contestant=name)),
            cutoff=season.cutoffs.get(name),
            agreed=[pair.alike for pair in agreed if name in {pair.one, pair.other}],
        )
        for name, curve in curves.items()
    }


def _standings(returns: Mapping[str, Series], lost: Mapping[str, Curve] = _NOBODY) -> tuple[Placing, ...]:
    """By total return; those without a single session are left out."""
    found = {name: r.total_return(one) for name, one in returns.items()}
    found |= {name: grown(curve.points) for name, curve in lost.items()}
    totals = {name: total for name, total in found.items() if total is not None}
    return tuple(
        Placing(
            rank=1 + sum(other > totals[name] for other in totals.values()),
            contestant=name,
            sessions=len(lost[name].points) - 1 if name in lost else returns[name].size,
            total_return=totals[name],
            range=range_of(interval(returns[name], r.total_return, seed=SEED))
            if name in returns and returns[name].size >= LEAST_SESSIONS
            else None,
        )
        for name in sorted(totals, key=lambda name: (-totals[name], name))
    )


def _chance(returns: Mapping[str, Series], names: Sequence[str]) -> Chance | None:
    """The central part of the random contestants' total returns: a Monte Carlo reference of no skill."""
    totals = {name: r.total_return(returns[name]) for name in sorted(names) if name in returns}
    known = [total for total in totals.values() if total is not None]
    if len(known) < LEAST_SESSIONS:
        return None
    low, middle, high = np.quantile(known, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]).tolist()
    return Chance(contestants=tuple(totals), middle=middle, band=Range(low=low, high=high, level=LEVEL))


def _after(points: Sequence[Point], cutoff: date) -> Sequence[Point]:
    """The points whose returns are of sessions after the cutoff, with the one the first of them starts from."""
    known = sum(point.session <= cutoff for point in points)
    return points[max(known - 1, 0) :]


def _by_session(curve: Curve) -> dict[date, float]:
    sessions = [point.session for point in curve.points[1:]]
    return dict(zip(sessions, returns_of(curve.points).tolist(), strict=True))


def _of_models(season: Season, curves: Mapping[str, Curve]) -> dict[str, dict[date, float]]:
    """Returns by session of those who ask a model: a rule's replicas show what chance alone does."""
    rules = {tally.contestant for tally in season.tallies if "baseline" in tally.labels} | {*season.random}
    return {name: _by_session(curve) for name, curve in curves.items() if name not in rules}


def _shared(curves: Mapping[str, Curve]) -> dict[str, Series]:
    """Everybody's returns over the sessions all have; nobody's where those are too few to compare."""
    known = {name: _by_session(curve) for name, curve in curves.items() if len(curve.points) > LEAST_SESSIONS}
    common = sorted(set.intersection(*map(set, known.values()))) if known else []
    if len(common) < LEAST_SESSIONS:
        return {}
    return {name: np.array([found[session] for session in common]) for name, found in known.items()}


def _differences(curves: Mapping[str, Curve]) -> tuple[Comparison, ...]:
    known = {name: _by_session(curve) for name, curve in curves.items()}
    found = []
    for one, other in combinations(sorted(known), 2):
        common = sorted(known[one].keys() & known[other].keys())
        first, second = (np.array([known[name][session] for session in common]) for name in (one, other))
        found += _comparison(one, first, other, second)
    return tuple(found)


def _from_benchmark(curves: Mapping[str, Curve], benchmark: Benchmark) -> tuple[Comparison, ...]:
    found = []
    for name, curve in curves.items():
        known = benchmark.known(curve.points)
        others = benchmark.returns([point.session for point in known])
        if others is not None:
            found += _comparison(name, returns_of(known), benchmark.name, others)
    return tuple(found)


def _comparison(one: str, first: Series, other: str, second: Series) -> list[Comparison]:
    """The two over sessions they share; none where those are too few."""
    if first.size < LEAST_SESSIONS:
        return []
    gap = paired_difference(first, second, seed=SEED)
    low, high, level = gap.interval
    span = {"low": low, "high": high, "level": level}
    return [Comparison(one=one, other=other, sessions=first.size, mean=gap.mean, range=span, p=gap.p)]


def _few(returns: Mapping[str, Series], shared: Mapping[str, Series]) -> tuple[str, ...]:
    few = tuple(name for name, one in returns.items() if one.size < LEAST_SESSIONS)
    told = (f"not enough data for estimates, below {LEAST_SESSIONS} sessions: {listed(few)}",) if few else ()
    if len(returns) - len(few) > 1 and not shared:
        return (*told, f"no groups: the contestants share fewer than {LEAST_SESSIONS} sessions")
    return told


def _few_by_chance(returns: Mapping[str, Series], names: Sequence[str]) -> tuple[str, ...]:
    there = sum(name in returns for name in names)
    if not 0 < there < LEAST_SESSIONS:
        return ()
    return (f"no band of chance: its ends need {LEAST_SESSIONS} random contestants, and {there} competed",)


def _lost(lost: Mapping[str, Curve]) -> tuple[str, ...]:
    return tuple(
        f"{name} was worth nothing at the close of {ruined(curve.points)}, so it is compared with nobody"
        for name, curve in lost.items()
    )


def _contamination(season: Season, curves: Mapping[str, Curve], latest: date | None) -> tuple[str, ...]:
    notes = []
    masked = {tally.contestant for tally in season.tallies if "masked" in tally.labels}
    for name, curve in curves.items():
        cutoff = season.cutoffs.get(name)
        known = sum(cutoff is not None and point.session <= cutoff for point in curve.points[1:])
        if known:
            notes.append(
                f"{name} may have read what happened in {known} of {len(curve.points) - 1} sessions: "
                f"its model's knowledge ends {cutoff}{'; its desk saw them under a mask' if name in masked else ''}"
            )
    unstated = [name for name in curves if name not in season.cutoffs]
    if unstated and latest:
        notes.append(f"no knowledge cutoff is stated for {listed(unstated)}")
    if curves and latest is None:
        notes.append("no contestant states a knowledge cutoff, so nobody can tell what was foreknown")
    return tuple(notes)
