"""The labels a chat bears, from who plays and on what facts."""

from collections.abc import Iterator

from arena.config.contestants import BaselineContestant, Contestant, RehearsalContestant
from arena.records.chat import Label
from arena.records.market import MarketSnapshot


def labels_of(contestant: Contestant, snapshot: MarketSnapshot) -> tuple[Label, ...]:
    """Everything that must not be mistaken for a real model's full desk on a real market."""
    return tuple(_labels(contestant, snapshot))


def _labels(contestant: Contestant, snapshot: MarketSnapshot) -> Iterator[Label]:
    if isinstance(contestant, RehearsalContestant):
        yield "rehearsal"
    if snapshot.simulated:
        yield "simulated"
    if isinstance(contestant, BaselineContestant):
        yield "baseline"
        return
    if contestant.desk == "single":
        yield "single"
    if contestant.mask:
        yield "masked"
