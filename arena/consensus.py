"""What the contestants say together about one ticker: a plurality vote of those who decided.

Abstentions are set aside: they neither vote nor dilute the level. A tie is a HOLD without outliers,
for there is no majority to stand apart from.
"""

from collections.abc import Mapping
from datetime import date

from arena.errors import AbstentionReason
from arena.records.outcome import Action, Decision, ImportedDecision, Outcome
from arena.records.standing import Consensus

ACTIONS: tuple[Action, ...] = ("BUY", "SELL", "HOLD")


def consensus(ticker: str, session: date, outcomes: Mapping[str, Outcome]) -> Consensus:
    """The vote over `outcomes`, one a contestant by name; their order changes nothing."""
    decisions: dict[str, Decision | ImportedDecision] = {}
    abstentions: dict[str, AbstentionReason] = {}
    for contestant, outcome in sorted(outcomes.items()):
        if outcome.kind == "abstention":
            abstentions[contestant] = outcome.reason
        elif outcome.action is not None:
            decisions[contestant] = outcome
    votes = {action: sum(d.action == action for d in decisions.values()) for action in ACTIONS}
    top = max(votes.values())
    leaders = [action for action in ACTIONS if votes[action] == top]
    tie = bool(decisions) and len(leaders) > 1
    return Consensus(
        ticker=ticker,
        session=session,
        action=_action(decisions, leaders),
        tie=tie,
        level=top / len(decisions) if decisions else None,
        # In whole votes, so that seven of ten is exactly 0.7.
        high=bool(decisions) and not tie and 10 * top >= 7 * len(decisions),
        mean_confidence=_mean_confidence(decisions),
        votes=votes,
        outliers=() if tie else tuple(name for name, d in decisions.items() if d.action != leaders[0]),
        abstentions=abstentions,
    )


def _action(decisions: Mapping[str, Decision | ImportedDecision], leaders: list[Action]) -> Action | None:
    if not decisions:
        return None
    return leaders[0] if len(leaders) == 1 else "HOLD"


def _mean_confidence(decisions: Mapping[str, Decision | ImportedDecision]) -> float | None:
    told = [decision.confidence for decision in decisions.values() if decision.kind == "decision"]
    return min(1.0, sum(told) / len(told)) if told else None
