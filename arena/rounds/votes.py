"""Who votes: in the consensus a model counts once, however many contestants stand on it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from arena.config.contestants import BaselineContestant, Contestant
from arena.config.model import ArenaConfig
from arena.config.twins import unmasked_twin
from arena.records.chat import Label
from arena.records.replica import base_of, listed, number_of

_RULE = "a rule"
_BY_LABEL: Mapping[Label, str] = {"baseline": _RULE, "single": "a desk of one agent", "masked": "a masked desk"}
"""What somebody whose settings are no longer known was."""


class Electorate:
    """The contestants that have a vote, and why others have none."""

    def __init__(self, config: ArenaConfig) -> None:
        competing = [contestant for contestant in config.contestants if contestant.enabled]
        self._players = {player.name: _what(player, competing) for player in config.players}
        self._bases = {base_of(name) for name in self._players}

    def has_vote(self, contestant: str, labels: Iterable[Label] = ()) -> bool:
        """Whether a contestant's word counts. One that is configured no longer is judged by the labels of its chat."""
        return not self._why_not(contestant, labels)

    def notes(self, names: Iterable[str]) -> tuple[str, ...]:
        """A sentence on those of the names that stand beside the vote; none on rules, whose label says it."""
        silent: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            silent[self._why_not(name)].append(name)
        told = [f"{listed(silent[why])} ({why})" for why in sorted(silent.keys() - {"", _RULE})]
        return (f"without a vote, for a model counts once: {', '.join(told)}",) if told else ()

    def _why_not(self, contestant: str, labels: Iterable[Label] = ()) -> str:
        """What the contestant is that it has no vote; empty where it has one."""
        if contestant in self._players:
            return self._players[contestant]
        if base_of(contestant) in self._bases:
            return "played before its replicas were configured otherwise"
        return _of(contestant, labels)


def _what(player: Contestant, competing: Iterable[Contestant]) -> str:
    """What a player is that it has no vote; a masked one has it unless the same competes without its mask."""
    if isinstance(player, BaselineContestant):
        return _RULE
    twin = unmasked_twin(player, competing)
    masked = f"{twin} under a mask" if twin else ""
    return _of(player.name, ("single",) if player.desk == "single" else ()) or masked


def _of(name: str, labels: Iterable[Label]) -> str:
    """What somebody without a vote is, by name and labels."""
    if known := next((_BY_LABEL[label] for label in labels if label in _BY_LABEL), ""):
        return known
    return "a replica after the first" if (number_of(name) or 1) > 1 else ""
