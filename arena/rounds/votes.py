"""Who votes: in the consensus a model counts once, however many contestants stand on it."""

from collections.abc import Collection, Iterable, Mapping

from arena.config.model import ArenaConfig, BaselineContestant, Contestant
from arena.records.chat import Label

_BASELINE = "a rule"
_SINGLE = "a desk of one agent"

_BY_LABEL: Mapping[Label, str] = {"baseline": _BASELINE, "single": _SINGLE}


def voiceless(config: ArenaConfig) -> dict[str, str]:
    """The configured contestants that have no vote, by name, each with what it is."""
    found = {one.name: _why(one) for one in config.contestants}
    return {name: why for name, why in sorted(found.items()) if why}


def has_vote(contestant: str, labels: Iterable[Label], silent: Collection[str]) -> bool:
    """Whether a contestant's word counts; one that is configured no longer is judged by its chat's labels.

    `silent` are the configured ones without a vote.
    """
    return contestant not in silent and not any(label in _BY_LABEL for label in labels)


def unheard(names: Iterable[str], silent: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence on those of the names that stand beside the vote; none on rules, whose label says it."""
    told = [f"{name} ({silent[name]})" for name in sorted(names) if silent.get(name, _BASELINE) != _BASELINE]
    return (f"without a vote, for a model counts once: {', '.join(told)}",) if told else ()


def _why(contestant: Contestant) -> str:
    """What the contestant is that it has no vote; empty where it has one."""
    if isinstance(contestant, BaselineContestant):
        return _BASELINE
    return _SINGLE if contestant.desk == "single" else ""
