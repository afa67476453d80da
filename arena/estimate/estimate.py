"""What a round would cost, before anything is asked.

The real desk graph runs over the real facts, with a model client that answers at once in typical
lengths and counts: so every prompt has the size it would have, whatever the desk's settings are.
What no prompt can tell is assumed, and the assumptions are said with the result.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from agents.tools import TOOLS
from arena.config.contestants import Contestant, ModelContestant, RehearsalContestant
from arena.config.model import ArenaConfig
from arena.contest import RECURSION_LIMIT, Desk
from arena.estimate.client import (
    CHARACTERS_A_TOKEN,
    DECISION_TOKENS,
    LOOK_TOKENS,
    PLAN_TOKENS,
    REFLECTION_TOKENS,
    REPORT_TOKENS,
    SPEECH_TOKENS,
    VERDICT_TOKENS,
    CountedCall,
    EstimatingClient,
)
from arena.llm.prices import PriceList
from arena.records.base import Record, plain
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.rounds.referee import models_of
from graphs.kinds import build_kind

ASSUMPTIONS = (
    f"{CHARACTERS_A_TOKEN} characters of a prompt are one token",
    f"answers have {REPORT_TOKENS} tokens for a report, {SPEECH_TOKENS} for a speech, {VERDICT_TOKENS} for the "
    f"research verdict, {PLAN_TOKENS} for the trader's plan, {DECISION_TOKENS} for the decision, {REFLECTION_TOKENS} "
    f"for a reflection on past decisions, and {LOOK_TOKENS} for an analyst's look at the data, of which each takes "
    "one; thinking comes on top",
    "at most: the same calls, each of whose answers uses up max_tokens, thinking included",
    "retries and repairs are not counted, nor what a provider's prompt cache saves",
)


class Expected(Record):
    """What one contestant is expected to take."""

    contestant: str
    models: tuple[str, ...]
    """The model ids it speaks through."""
    desks: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    most_completion_tokens: int
    """With every answer as long as max_tokens lets it be."""
    dollars: Decimal | None
    """None where a model's price is unknown."""
    most_dollars: Decimal | None


class Estimate(Record):
    """What a round is expected to take."""

    contestants: tuple[Expected, ...]
    """In order of name; those whose desks have all decided already are left out."""
    assumptions: tuple[str, ...] = ASSUMPTIONS
    notes: tuple[str, ...] = ()
    dollars: Decimal
    """Of the contestants whose models' prices are known."""
    most_dollars: Decimal
    unknown: tuple[str, ...]
    """The contestants whose cost is unknown."""


async def estimate_round(
    config: ArenaConfig,
    contestants: Sequence[ModelContestant],
    briefs: Sequence[Brief],
    snapshots: Mapping[str, MarketSnapshot],
    prices: Callable[[Contestant], PriceList],
) -> Estimate:
    """Walk every brief's desk and price what it would ask. `snapshots` are those of the briefs, by hash."""
    house = _CountingHouse(contestants, snapshots)
    kinds = {kind: build_kind(kind, config.desk, house) for kind in {one.desk for one in contestants}}
    kind_of = {one.name: one.desk for one in contestants}
    for brief in briefs:
        await _walk(kinds[kind_of[brief.contestant]], brief)
    desks = Counter(brief.contestant for brief in briefs)
    rows = [
        _expected(one, desks[one.name], house.client(one.name).calls, prices) for one in contestants if desks[one.name]
    ]
    return Estimate(
        contestants=tuple(rows),
        notes=_gaps(snapshots.values()),
        dollars=plain(sum((row.dollars for row in rows if row.dollars is not None), Decimal(0))),
        most_dollars=plain(sum((row.most_dollars for row in rows if row.most_dollars is not None), Decimal(0))),
        unknown=tuple(row.contestant for row in rows if row.dollars is None),
    )


def _gaps(snapshots: Iterable[MarketSnapshot]) -> tuple[str, ...]:
    """A sentence for each snapshot of which the vendors failed to tell a part: its prompts come out too short."""
    failed = {
        s.ticker: [name for name, section in s.sections().items() if section.status == "error"] for s in snapshots
    }
    return tuple(
        f"the {', '.join(names)} of {ticker} could not be fetched (`arena data {ticker}` says why): its prompts are "
        "counted without them"
        for ticker, names in failed.items()
        if names
    )


class _CountingHouse:
    """A house of models that only count."""

    def __init__(self, contestants: Sequence[ModelContestant], snapshots: Mapping[str, MarketSnapshot]) -> None:
        looks = {tool.name: tool.usual for tools in TOOLS.values() for tool in tools}
        self._snapshots = snapshots
        self._clients: dict[str, EstimatingClient] = {}
        for one in contestants:
            deep, quick = models_of(one)
            self._clients[one.name] = EstimatingClient({"deep": deep, "quick": quick}, looks)

    def client(self, contestant: str) -> EstimatingClient:
        return self._clients[contestant]

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return self._snapshots[snapshot_hash]


async def _walk(desk: Desk, brief: Brief) -> None:
    """Run a desk over one brief, for what its client counts."""
    start = {"brief": brief.model_dump(mode="json")}
    async for _ in desk.astream(start, {"recursion_limit": RECURSION_LIMIT}, stream_mode="updates"):
        pass


def _expected(
    contestant: Contestant, desks: int, calls: Sequence[CountedCall], prices: Callable[[Contestant], PriceList]
) -> Expected:
    # A stand-in costs nothing by nature.
    priced = None if isinstance(contestant, RehearsalContestant) else prices(contestant)
    most = [call._replace(completion_tokens=contestant.max_tokens) for call in calls]
    return Expected(
        contestant=contestant.name,
        models=tuple(dict.fromkeys(models_of(contestant))),
        desks=desks,
        calls=len(calls),
        prompt_tokens=sum(call.prompt_tokens for call in calls),
        completion_tokens=sum(call.completion_tokens for call in calls),
        most_completion_tokens=sum(call.completion_tokens for call in most),
        dollars=_cost(calls, priced),
        most_dollars=_cost(most, priced),
    )


def _cost(calls: Sequence[CountedCall], prices: PriceList | None) -> Decimal | None:
    """Dollars for all calls; None where a model's price is unknown."""
    total = Decimal(0)
    if prices is None:
        return total
    for call in calls:
        cost = prices.cost(
            call.model, {"prompt_tokens": call.prompt_tokens, "completion_tokens": call.completion_tokens}
        )
        if cost is None:
            return None
        total += cost[0]
    return plain(total)
