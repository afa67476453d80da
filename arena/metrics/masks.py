"""Masked contestants beside the same ones without a mask: a control for what a model remembers of its season."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from arena.metrics import returns as r
from arena.metrics.performance import LEAST_SESSIONS, SEED
from arena.metrics.returns import Series
from arena.metrics.significance import paired_difference
from arena.records.performance import MaskedPair, Range
from arena.records.replica import meant_by

_DEFINITION = (
    "mean return a session of the masked contestant less that of the same contestant without a mask; a model that "
    "remembers nothing trades both alike"
)
_SOURCE = "stationary bootstrap of the paired differences: Politis and Romano, JASA 89(428), 1994"


def masked_pairs(by_session: Mapping[str, Mapping[date, float]], twins: Mapping[str, str]) -> tuple[MaskedPair, ...]:
    """A pair for each masked contestant and its twin, as configured, of which both have returns on a shared session."""
    return tuple(_pairs(by_session, twins))


def _pairs(by_session: Mapping[str, Mapping[date, float]], twins: Mapping[str, str]) -> Iterator[MaskedPair]:
    for masked, unmasked in sorted(twins.items()):
        sides = [[by_session[name] for name in meant_by(one, by_session)] for one in (masked, unmasked)]
        everybody = [set(returns) for side in sides for returns in side]
        common = sorted(set.intersection(*everybody)) if all(sides) else []
        if common:
            yield _pair(masked, unmasked, *(_mean(side, common) for side in sides))


def _mean(side: Sequence[Mapping[date, float]], sessions: Sequence[date]) -> Series:
    """The mean return of the replicas, session by session."""
    returns: Series = np.array([[one[session] for session in sessions] for one in side])
    means: Series = returns.mean(axis=0)
    return means


def _pair(masked: str, unmasked: str, mine: Series, others: Series) -> MaskedPair:
    enough = mine.size >= LEAST_SESSIONS
    gap = paired_difference(mine, others, seed=SEED) if enough else None
    return MaskedPair(
        masked=masked,
        unmasked=unmasked,
        sessions=mine.size,
        masked_return=r.total_return(mine) or 0.0,
        unmasked_return=r.total_return(others) or 0.0,
        difference=float((mine - others).mean()),
        range=Range(low=gap.interval.low, high=gap.interval.high, level=gap.interval.level) if gap else None,
        p=gap.p if gap else None,
        definition=_DEFINITION,
        source=_SOURCE,
    )
