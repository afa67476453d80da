"""Rounds in which nobody could be asked: they say nothing of the models, and are not over."""

from collections import Counter
from collections.abc import Sequence

from arena.errors import AbstentionReason
from arena.records.chat import ModelChat
from arena.rounds.research import not_used
from arena.store import Store

OUTAGE: frozenset[AbstentionReason] = frozenset({"timeout", "rate_limited", "budget", "provider_error", "internal"})
"""Reasons that say nothing of a model's mind: it could not be asked, or not be heard."""


def outage(chats: Sequence[ModelChat]) -> str:
    """Why no desk of a round could be asked; empty where any could.

    Baselines have no desk: they decide whatever has become of the endpoints.
    """
    desks = [chat for chat in chats if "baseline" not in chat.labels]
    reasons = Counter(chat.outcome.reason for chat in desks if chat.outcome.kind == "abstention")
    if not desks or sum(reasons.values()) < len(desks) or reasons.keys() - OUTAGE:
        return ""
    told = ", ".join(f"{reason} ({number})" for reason, number in sorted(reasons.items()))
    return f"every desk of its round abstained: {told}"


def put_failed_aside(store: Store, season: str) -> tuple[str, ...]:
    """Put research aside that failed while nobody could be asked, so that its desks are asked; a sentence on it."""
    failed = [ready.id for ready in store.ready_research(season) if ready.failure in OUTAGE]
    why = "it failed when no model could be asked"
    return (not_used(store.put_research_aside(failed, why), "of later rounds", why),) if failed else ()
