"""Replicas side by side: a line a contestant, and the variance of their total returns split in two."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from arena.metrics import returns as r
from arena.metrics.definitions import SPLIT_DEFINITIONS
from arena.metrics.variance import LEAST_MODELS, LEAST_REPLICAS, Components, components
from arena.records.performance import Figure, ModelLine, Range, SplitName, VarianceSplit
from arena.records.replica import base_of, number_of

_ALIKE = "replicas did the same in every session"


def variance_split(by_session: Mapping[str, Mapping[date, float]]) -> VarianceSplit | None:
    """The split over the players' returns by session, of those alone who ask a model; None where nobody has replicas.

    All are compared over the sessions they share.
    """
    if all(number_of(name) is None for name in by_session):
        return None
    common = sorted(set.intersection(*map(set, by_session.values())))
    if not common:
        return VarianceSplit(sessions=0, models=(), figures=(), note="not enough data: no session is shared by all")
    totals: defaultdict[str, list[float]] = defaultdict(list)
    for name, returns in sorted(by_session.items()):
        totals[base_of(name)].append(r.total_return(np.array([returns[session] for session in common])) or 0.0)
    found = components(totals)
    few = f"not enough data: it takes {LEAST_MODELS} contestants with {LEAST_REPLICAS} replicas each"
    return VarianceSplit(
        sessions=len(common),
        models=tuple(sorted(map(_line, totals, totals.values()), key=lambda line: (-line.mean, line.contestant))),
        figures=tuple(_figures(found, sum(map(len, totals.values())))) if found else (),
        note="" if found else few,
    )


def _line(contestant: str, totals: Sequence[float]) -> ModelLine:
    return ModelLine(
        contestant=contestant,
        replicas=len(totals),
        mean=float(np.mean(totals)),
        spread=float(np.std(totals, ddof=1)) if len(totals) > 1 else None,
        low=min(totals),
        high=max(totals),
    )


def _figures(found: Components, replicas: int) -> Iterator[Figure]:
    below = f"estimated at {found.estimated_between:.3g}, which is below zero" if found.estimated_between < 0 else ""
    alike = _ALIKE if found.f is None else ""
    span = found.interval
    values: Mapping[SplitName, tuple[float | None, str]] = {
        "variance_between": (found.between, below),
        "variance_within": (found.within, alike),
        "intraclass_correlation": (found.share, alike),
        "f_ratio": (found.f, alike),
        "f_probability": (found.p, alike),
    }
    for name, (value, note) in values.items():
        words = SPLIT_DEFINITIONS[name]
        ranged = name == "intraclass_correlation" and span is not None
        yield Figure(
            name=name,
            unit=words.unit,
            value=value,
            range=Range(low=span.low, high=span.high, level=span.level) if ranged and span else None,
            rests_on=replicas,
            note=note,
            definition=words.text,
            source=words.source,
        )
