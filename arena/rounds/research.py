"""What becomes of research that was run ahead when its round is opened."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from arena.config.contestants import Contestant
from arena.config.model import ArenaConfig
from arena.records.chat import Cost
from arena.records.desk import Brief
from arena.records.masking import MaskedBrief
from arena.records.research import Research
from arena.records.standing import Round
from arena.rounds.facts import basis_of
from arena.rounds.state import key_of
from arena.store import Store
from arena.store.research import ReadyResearch


def put_unusable_aside(
    store: Store,
    config: ArenaConfig,
    round_: Round,
    briefs: Mapping[str, Brief],
    *,
    shown: Mapping[tuple[str, str], MaskedBrief],
    decided: Collection[str],
) -> tuple[str, ...]:
    """Put aside what no desk of the round can go on from; returns a sentence for each reason.

    `briefs` are those of the round, by `ticker/contestant`, and `decided` names those whose desk has ended before;
    `shown` is what masked ones get in their place, by ticker and contestant.
    """
    players = {player.name: player for player in config.players if player.name in round_.contestants}
    unusable: defaultdict[str, list[str]] = defaultdict(list)
    for ready in store.ready_research(round_.season, round_.session):
        key = key_of(ready.ticker, ready.contestant)
        if key not in briefs:
            continue
        why = _unusable(ready, briefs[key], basis_of(config, players[ready.contestant]), ended=key in decided)
        if not why and (masked := shown.get((ready.ticker, ready.contestant))) is not None:
            research = store.research(round_.season, round_.session, ready.ticker, ready.contestant)
            why = "" if research is None or _masked_alike(research, masked.brief) else "the mask has changed"
        if why:
            unusable[why].append(ready.id)
    return tuple(
        not_used(store.put_research_aside(ids, why), f"of {round_.session}", why)
        for why, ids in sorted(unusable.items())
    )


def ready_research(
    store: Store, config: ArenaConfig, contestant: Contestant, brief: Brief, shown: Brief | None
) -> Research | None:
    """The research that a desk can go on from; None where none is ready, or only such as it cannot go on from.

    The settings may be others than those the round was opened under: a run that was interrupted goes on in another.
    """
    research = store.research(brief.season, brief.session, brief.ticker, brief.contestant)
    if research is None or research.basis != basis_of(config, contestant):
        return None
    fits = research.brief.snapshot_hash == brief.snapshot_hash and _masked_alike(research, shown)
    return research if fits else None


def not_used(put_aside: Sequence[Research], of: str, why: str) -> str:
    """A sentence on research that was put aside: how much, why, and what it cost."""
    cost = sum((one.cost for one in put_aside), Cost())
    spent = f"${cost.known}{' or more' if cost.unknown_calls else ''}"
    if len(put_aside) == 1:
        return f"1 research half {of} is not used, since {why}: it is kept, and the {spent} it cost is spent"
    halves = f"{len(put_aside)} research halves {of} are not used"
    return f"{halves}, since {why}: they are kept, and the {spent} they cost is spent"


def _unusable(ready: ReadyResearch, brief: Brief, basis: str, *, ended: bool) -> str:
    """Why a desk cannot go on from it; empty where it can."""
    if ended:
        return "the desk had ended without it"
    if ready.basis != basis:
        return "settings, prompts or code have changed"
    return "the facts have changed" if ready.snapshot_hash != brief.snapshot_hash else ""


def _masked_alike(research: Research, shown: Brief | None) -> bool:
    """Whether the research was shown the ticker and the facts that the rest of its desk is shown."""
    if research.shown is None or shown is None:
        return research.shown is shown
    return (research.shown.ticker, research.shown.snapshot_hash) == (shown.ticker, shown.snapshot_hash)
