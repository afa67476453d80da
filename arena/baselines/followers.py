"""Rules that go by how the others voted, and so decide after them. NoGroundsError where nobody decided."""

import random as chance

from arena.baselines.situation import NoGroundsError, Situation, enter_or_leave
from arena.records.outcome import Action, Decision
from arena.records.standing import Consensus


def consensus(situation: Situation) -> Decision:
    """Do what most contestants said: in with an equal share after a BUY, out after a SELL.

    The wisdom of the crowd: Surowiecki, "The Wisdom of Crowds", 2004. A tie is a HOLD.
    """
    vote = _vote(situation)
    votes = ", ".join(f"{number} {action}" for action, number in vote.votes.items())
    return enter_or_leave(situation, vote.action or "HOLD", f"the consensus is {vote.action} ({votes})")


def random(situation: Situation, seed: int, frequency: float | None) -> Decision:
    """Trade by chance: as often as the others voted to trade on the ticker, or by `frequency`, and either way alike.

    The contestant without a clue that luck is measured by: Malkiel, "A Random Walk Down Wall Street", 1973. What it
    does on a ticker at a session hangs on the seed alone; it buys an equal share when out, and sells all when in.
    """
    often = _frequency(_vote(situation)) if frequency is None else frequency
    draw = chance.Random(f"{seed}:{situation.brief.session}:{situation.brief.ticker}")  # noqa: S311 -- no secret
    trades, up = draw.random() < often, draw.random() < 0.5
    signal: Action = "HOLD" if not trades else "BUY" if up else "SELL"
    return enter_or_leave(situation, signal, f"drawn by chance, with a trade {often:.0%} of the time")


def _vote(situation: Situation) -> Consensus:
    vote = situation.vote
    if vote is None or vote.action is None:
        raise NoGroundsError(f"nobody decided on {situation.brief.ticker}, so there is no vote to go by")
    return vote


def _frequency(vote: Consensus) -> float:
    return (vote.votes["BUY"] + vote.votes["SELL"]) / sum(vote.votes.values())
