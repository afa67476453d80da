"""What a round of a season came to."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import get_args

from arena.records.chat import ModelChat
from arena.records.outcome import Action
from arena.records.season import PlayedRound, SeasonPlan
from arena.records.standing import RoundResult
from arena.season.outage import outage


def nobody_was_asked(plan: SeasonPlan, chats: Sequence[ModelChat]) -> bool:
    """Whether the round was played to its end, and in vain, before."""
    return len(chats) == len(plan.tickers) * len(plan.contestants) and bool(outage(chats))


def played_round(
    result: RoundResult, *, number: int, of: int | None, ready: Collection[str], seconds: float
) -> PlayedRound:
    """The round in a line; `ready` are the ids of the research there was for it."""
    actions = Counter(chat.outcome.action for chat in result.chats if chat.outcome.kind == "decision")
    return PlayedRound(
        session=result.round.session,
        number=number,
        of=of,
        desks=len(result.chats),
        earlier=len(result.replayed),
        researched=sum(chat.id in ready for chat in result.chats),
        decisions={action: actions[action] for action in get_args(Action)},
        abstentions=len(result.chats) - sum(actions.values()),
        orders=len(result.orders),
        fills=len(result.fills),
        seconds=round(seconds, 3),
    )
