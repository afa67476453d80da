"""Contestants that differ in nothing but their mask."""

from collections.abc import Iterable

from arena.config.contestants import BaselineContestant, Contestant

_OWN = {"name", "enabled", "replicas", "mask", "knowledge_cutoff"}
"""Settings that twins need not share: they change nothing of what a model is asked but the mask."""


def unmasked_twin(contestant: Contestant, others: Iterable[Contestant]) -> str | None:
    """The name of the first of the others that is the same contestant without its mask; None where there is none."""
    if isinstance(contestant, BaselineContestant) or not contestant.mask:
        return None
    mine = contestant.model_dump(exclude=_OWN)
    for other in others:
        if isinstance(other, BaselineContestant) or other.mask:
            continue
        if other.model_dump(exclude=_OWN) == mine:
            return other.name
    return None
